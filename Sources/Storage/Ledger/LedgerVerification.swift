/// How much of a ledger was looked at, and how much of it is wrong.
public struct LedgerSummary: Sendable, Equatable {
  public var accounts = 0
  public var entries = 0
  public var resizes = 0
  public var findings = 0

  public init() {}
}

/// What a verification sees on its way.
public enum LedgerObservation: Sendable, Equatable {
  case finding(LedgerFinding)
  /// Where an account ends, as its entries have it; worth keeping elsewhere.
  case head(LedgerHead)
  /// So far.
  case progress(LedgerSummary)
}

/// Reads a whole ledger and tells of everything in it that is not as it was written.
///
/// It holds one page at a time, so memory does not grow with the ledger, and may run beside workers
/// that post. What it cannot see: a ledger rewritten as a whole with all hashes, heads and records.
/// Heads that were kept where the database's administrator does not reach show that, too.
public struct LedgerVerification: Sendable {
  private let store: any Store
  private let kept: [LedgerHead]
  private let pageSize: Int

  /// - Parameter kept: Heads as they were read once, to be met again.
  public init(of store: any Store, against kept: [LedgerHead] = [], pageSize: Int = 1_000) {
    self.store = store
    self.kept = kept
    self.pageSize = pageSize
  }

  /// - Parameter tell: Called with each observation as it is made.
  public func run(
    _ tell: (LedgerObservation) -> Void
  ) async throws(StoreError) -> LedgerSummary {
    var summary = try await followChains(tell)
    try await compareRecords(tell, &summary)
    return summary
  }

  private func followChains(
    _ tell: (LedgerObservation) -> Void
  ) async throws(StoreError) -> LedgerSummary {
    var chains = LedgerChainCheck(kept: kept)
    while true {
      let page = try await store.ledgerPage(after: chains.place, limit: pageSize)
      let goesOn = try chains.check(page)
      for observation in chains.takeObservations() { tell(observation) }
      tell(.progress(chains.summary))
      guard goesOn else { return chains.summary }
    }
  }

  private func compareRecords(
    _ tell: (LedgerObservation) -> Void, _ summary: inout LedgerSummary
  ) async throws(StoreError) {
    var number = Int64.min
    while true {
      let resizes = try await store.postedResizes(after: number, limit: pageSize)
      for resize in resizes {
        summary.resizes += 1
        for finding in resize.findings {
          summary.findings += 1
          tell(.finding(finding))
        }
      }
      tell(.progress(summary))
      guard let last = resizes.last else { return }
      number = last.number
    }
  }
}
