import Logging
import Testing

@testable import Telemetry

@Suite("The log")
struct LogTests {
  private func line(_ format: LineLogHandler.Format, _ message: Logger.Message) -> String {
    var handler = LineLogHandler(label: "test", format: format, level: .info)
    handler[metadataKey: "worker"] = "w-1"
    let event = LogEvent(
      level: .warning, message: message, metadata: ["code": "a\"b"], source: nil, file: "",
      function: "", line: 1)
    return handler.line(event, at: "2026-11-20T08:00:00.000Z")
  }

  @Test("a line of text has time, level, message and what belongs to it, in order")
  func text() {
    #expect(
      line(.text, "it went wrong")
        == #"2026-11-20T08:00:00.000Z warning  it went wrong code=a\"b worker=w-1"#)
  }

  @Test("a line of JSON has the same as members")
  func json() {
    #expect(
      line(.json, "it went wrong")
        == #"{"time":"2026-11-20T08:00:00.000Z","level":"warning","logger":"test","#
        + #""message":"it went wrong","code":"a\"b","worker":"w-1"}"#)
  }

  @Test(
    "what came from outside cannot begin a line of its own",
    arguments: LineLogHandler.Format.allCases)
  func escaped(format: LineLogHandler.Format) {
    let line = line(format, "a\nb\u{1B}[0m\u{7F}")
    #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F })
    #expect(line.contains(#"a\nb\u001b[0m\u007f"#))
  }
}
