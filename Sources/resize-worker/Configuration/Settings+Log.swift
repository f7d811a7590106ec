import Logging
import Telemetry

extension Settings {
  /// The log of this process, on standard error.
  /// - Parameter worker: Stands in every line.
  func logger(worker: String? = nil) -> Logger {
    let format = text(.logFormat).flatMap(LineLogHandler.Format.init) ?? .text
    let level = text(.logLevel).flatMap { Logger.Level(rawValue: $0) } ?? .info
    var logger = Logger(label: "resize-worker") { label in
      LineLogHandler(label: label, format: format, level: level)
    }
    if let worker { logger[metadataKey: "worker"] = "\(worker)" }
    return logger
  }
}
