import Resizing
import Storage

/// A store that fails now and then, before a commit or after it: the caller cannot tell which.
struct FaultyStore {
  let store: InMemoryStore
  /// Parts per hundred of all calls.
  var faults: Int

  private var failure: StoreError { StoreError(.unavailable, "simulated failure") }

  func load(
    _ keys: FactKeys, using generator: inout SeededGenerator
  ) async throws(StoreError) -> Facts {
    if generator.happens(faults) { throw failure }
    return try await store.load(keys)
  }

  func commit(
    _ changes: ChangeSet, using generator: inout SeededGenerator
  ) async throws(StoreError) -> CommitOutcome {
    if generator.happens(faults) { throw failure }
    let outcome = try await store.commit(changes)
    if generator.happens(faults) { throw failure }
    return outcome
  }

  func fail(using generator: inout SeededGenerator) throws(StoreError) {
    if generator.happens(faults) { throw failure }
  }
}
