import Storage
import Testing

/// One rule of the port, checked on an empty store that is the rule's alone.
///
/// Every engine runs all of them: `@Test(arguments: ConformanceRule.all)`.
public struct ConformanceRule: Sendable, CustomTestStringConvertible {
  public let sentence: String
  public let check: @Sendable (any Store) async throws -> Void

  init(_ sentence: String, check: @escaping @Sendable (any Store) async throws -> Void) {
    self.sentence = sentence
    self.check = check
  }

  public var testDescription: String { sentence }

  public static let all: [ConformanceRule] =
    loadAndCommit + conflicts + refusals + timers + outbox + duties + trials + timeline
    + operatorViews + operatorActions + concurrency + ledger
}

/// Expects a call to fail with a code, and a message for people.
func expectFailure(
  _ code: StoreError.Code, sourceLocation: SourceLocation = #_sourceLocation,
  _ call: () async throws -> Void
) async {
  do {
    try await call()
    Issue.record("should have failed with \(code)", sourceLocation: sourceLocation)
  } catch let error as StoreError {
    #expect(error.code == code, sourceLocation: sourceLocation)
    #expect(error.message.count > 20, sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
