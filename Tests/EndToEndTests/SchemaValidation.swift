import Foundation
import Synchronization
import Testing

/// What the worker has sent in all tests of this process, for `validate.py`.
enum SchemaValidation {
  private static let documents = Mutex<[String]>([])

  static func keep(_ message: Seen) {
    documents.withLock { $0.append(String(decoding: message.body, as: UTF8.self)) }
  }

  /// Records an issue for what does not validate.
  static func validate() async throws {
    let all = documents.withLock { $0 }
    guard !all.isEmpty else { return }
    let folder = try Folder()
    _ = try folder.file("messages.json", "[" + all.joined(separator: ",\n") + "]")
    let validator = try ServerProcess(
      "/usr/bin/env",
      [
        "python3", Package.path + "/Tests/ContractsTests/validate.py", Package.path + "/schemas",
        folder.path,
      ],
      environment: ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"])
    let ending = await validator.ending()
    let output = try validator.output()
    #expect(ending == .exit(0), "\(output.suffix(4_000)) \(validator.log().suffix(2_000))")
    #expect(output.contains("\(all.count) messages, 0 failures"))
  }
}

/// Validates once, after the last test of the suite and the suites within it.
struct MessageValidation: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await function()
    try await SchemaValidation.validate()
  }
}

extension Trait where Self == MessageValidation {
  static var validatesMessages: Self { MessageValidation() }
}
