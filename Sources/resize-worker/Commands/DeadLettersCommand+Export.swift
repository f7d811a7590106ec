import AMQP
import ArgumentParser
import Contracts
import Foundation
import Resizing
import Storage

extension DeadLettersCommand {
  /// `dead-letters export`
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write dead letters to a file in JSON, a line each; they stay where they are.",
      discussion: """
        A line has what `list --json` has, the AMQP properties and headers, and the body: as text \
        in "body" where it is UTF-8, else in base64 in "bodyBase64". An export that fails leaves no \
        file.

        Examples:
          resize-worker dead-letters export --all --output dead-letters.jsonl
          resize-worker dead-letters export --reason MalformedRequest | jq -r .body
        """)

    @OptionGroup(title: "Which") var selection: DeadLetterSelection
    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("A new file. (else standard output)", valueName: "file"))
    var output: String?
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Broker") var broker: BrokerFlags

    func run() async throws {
      let settings = try configuration.settings(broker)
      let file = try output.map { (path) throws(Problem) in try NewFile(path) }
      let letters: [FoundDeadLetter]
      do {
        letters = try await written(to: file, settings)
        if letters.isEmpty { try selection.requireAll(in: letters) }
        try file?.close()
      } catch {
        file?.remove()
        throw error
      }
      OutputChannel.error.line(
        "\(letters.count.counted("dead letter")) written" + (output.map { " to \($0)" } ?? ""))
      try selection.requireAll(in: letters)
    }

    private func written(
      to file: NewFile?, _ settings: Settings
    ) async throws -> [FoundDeadLetter] {
      let now = Moment.now
      var letters: [FoundDeadLetter] = []
      var reading = DeadLetterReading(settings)
      try await reading.each(limit: .max) { letter, delivery in
        guard selection.includes(letter, at: now) else { return true }
        letters.append(letter)
        var writer = JSONWriter()
        writer.value(letter.exported(from: delivery))
        let line = writer.bytes + [UInt8(ascii: "\n")]
        if let file { try file.write(line) } else { OutputChannel.standard.write(line) }
        return true
      }
      return letters
    }
  }

  /// `dead-letters log`
  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Who did what to dead letters, the latest first.",
      discussion: """
        What was about a resize that there is stands in its timeline as well: see `status`.

        Examples:
          resize-worker dead-letters log
          resize-worker dead-letters log --limit 1000 --json | jq -r .by
        """)

    @Option(help: "So many at most, 1 to 1000000.") var limit = RowLimit(50)
    @Flag(help: "Print JSON, a line an action.") var json = false
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup(title: "Database") var store: StoreFlags

    func run() async throws {
      let settings = try configuration.settings(store)
      let actions = try await settings.withStore { try await $0.actions(limit: limit.count) }
      if json {
        for action in actions { OutputChannel.standard.json(action.json) }
        return
      }
      guard !actions.isEmpty else {
        return OutputChannel.standard.line("nobody has done anything to a dead letter")
      }
      var table = TextTable(
        .init("AT"), .init("WHO"), .init("DID"), .init("MESSAGE", leftOut: 3), .init("REQUEST"),
        .init("QUEUE", leftOut: 1), .init("REASON"), .init("DETAIL", leftOut: 2))
      for action in actions {
        table.append(
          .init(action.at.instant.rfc3339), .init(action.by), .init(action.action),
          .init(action.messageId ?? ""), .init(action.requestId ?? ""), .init(action.queue ?? ""),
          .init(action.reasonCode ?? ""), .init(action.detail ?? ""))
      }
      OutputChannel.standard.write(table.text(settings.style))
    }
  }
}

extension OperatorAction {
  fileprivate var json: JSONValue {
    .object(some: [
      ("at", .string(at.rfc3339)), ("by", .string(by)), ("action", .string(action)),
      ("messageId", messageId.map { .string($0) }), ("requestId", requestId.map { .string($0) }),
      ("source", queue.map { .string($0) }), ("code", reasonCode.map { .string($0) }),
      ("detail", detail.map { .string($0) }),
    ])
  }
}

/// A file that was not there before, readable by its owner only.
private struct NewFile {
  private let path: String
  private let handle: FileHandle

  init(_ path: String) throws(Problem) {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else {
      let status = errno == EEXIST ? ExitStatus.usage : .unreachable
      let reason = errno == EEXIST ? "is there already" : "cannot be made (\(Self.systemReason))"
      throw Problem(status, "\(path.printable) \(reason); name another file")
    }
    handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  func write(_ bytes: [UInt8]) throws(Problem) {
    do { try handle.write(contentsOf: Data(bytes)) } catch { throw failure }
  }

  /// Returns when it is on the disk.
  func close() throws(Problem) {
    do {
      try handle.synchronize()
      try handle.close()
    } catch { throw failure }
  }

  /// What was begun is no export; the letters are where they were.
  func remove() { unlink(path) }

  private static var systemReason: String { String(cString: strerror(errno)) }

  private var failure: Problem {
    Problem(.unreachable, "\(path.printable) could not be written to its end; is the disk full?")
  }
}
