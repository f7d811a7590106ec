import Billing
import Resizing

extension ChangeSet {
  /// Refuses postings that do not cancel out: per movement and currency they must add up to zero.
  ///
  /// Every engine asks this before it writes, so that no ledger can hold half a double entry.
  public func requireBalancedPostings() throws(StoreError) {
    guard !postings.isEmpty else { return }
    var sums: [MovementCurrency: Int64] = [:]
    for posting in postings {
      let key = MovementCurrency(movementId: posting.movementId, currency: posting.currency)
      let (sum, overflow) = sums[key, default: 0].addingReportingOverflow(posting.minorUnits)
      guard !overflow else { throw key.unbalanced }
      sums[key] = sum
    }
    if let (key, _) = sums.first(where: { $0.value != 0 }) { throw key.unbalanced }
  }

  private struct MovementCurrency: Hashable {
    var movementId: String
    var currency: Currency

    var unbalanced: StoreError {
      StoreError(
        .refused,
        "The postings of movement \(movementId) in \(currency) do not add up to zero; "
          + "nothing was written.")
    }
  }
}
