import CoreMetrics
import Synchronization

/// Keeps metrics and writes them in Prometheus' text format (version 0.0.4).
///
/// Labels become names of Prometheus' character set. Timers and recorders become histograms with fixed buckets; timers count in seconds.
/// Metrics live as long as the process: their number is bounded by the code that makes them, never by what comes from outside.
public final class PrometheusMetrics: MetricsFactory {
  private struct Key: Hashable {
    var name: String
    var labels: String
  }

  private let series = Mutex<[Key: PrometheusSeries]>([:])
  private let descriptions: [String: String]

  /// - Parameter descriptions: What each metric means, by its label; written as its `HELP`.
  public init(descriptions: [String: String] = [:]) {
    self.descriptions = Dictionary(
      descriptions.map { (Self.name($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// All metrics as a scrape gets them, sorted by name.
  public func text() -> String {
    let all = series.withLock { series in
      series.map { ($0.key, $0.value) }
        .sorted { ($0.0.name, $0.0.labels) < ($1.0.name, $1.0.labels) }
    }
    var text = ""
    var last = ""
    for (key, series) in all {
      if key.name != last {
        if let description = descriptions[key.name] {
          text += "# HELP \(key.name) \(description)\n"
        }
        text += "# TYPE \(key.name) \(series.kind)\n"
        last = key.name
      }
      series.write(name: key.name, labels: key.labels, to: &text)
    }
    return text
  }

  private func find<Series: PrometheusSeries>(
    _ label: String, _ dimensions: [(String, String)], or make: () -> Series
  ) -> Series {
    let labels = dimensions.map { "\(Self.name($0.0))=\"\(Self.escaped($0.1))\"" }
    let key = Key(name: Self.name(label), labels: labels.joined(separator: ","))
    return series.withLock { series in
      // A name that is a counter here and a gauge there is a slip: the later one is kept apart, unwritten.
      if let known = series[key] { return known as? Series ?? make() }
      let new = make()
      series[key] = new
      return new
    }
  }

  static func name(_ label: String) -> String {
    String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

extension PrometheusMetrics {
  public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    find(label, dimensions) { CounterSeries() }
  }

  public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    find(label, dimensions) { GaugeSeries() }
  }

  public func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    find(label, dimensions) { HistogramSeries(bounds: HistogramSeries.counts, scale: 1) }
  }

  public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    find(label, dimensions) { HistogramSeries(bounds: HistogramSeries.seconds, scale: 1e-9) }
  }

  public func destroyCounter(_ handler: any CounterHandler) {}
  public func destroyMeter(_ handler: any MeterHandler) {}
  public func destroyRecorder(_ handler: any RecorderHandler) {}
  public func destroyTimer(_ handler: any TimerHandler) {}
}
