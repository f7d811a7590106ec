import Billing
import Resizing

extension PostedResize {
  /// Where the ledger and the record of the resize do not say the same.
  ///
  /// Each payment and refund that has succeeded must be there as its double entry and nothing else,
  /// and each movement must add up to zero.
  var findings: [LedgerFinding] {
    switch record {
    case .success(let resize): unbalancedMovements + differences(from: resize)
    case .failure(let violation):
      unbalancedMovements + [
        LedgerFinding(
          .recordUnreadable, requestId: requestId, expected: "a record", found: "\(violation)")
      ]
    }
  }

  private var unbalancedMovements: [LedgerFinding] {
    // As wide as no count of entries exceeds.
    var sums: [MovementCurrency: Int128] = [:]
    for row in rows {
      sums[MovementCurrency(row.entry), default: 0] += Int128(row.entry.minorUnits)
    }
    return sums.filter { $0.value != 0 }
      .sorted { ($0.key.movementId, $0.key.currency) < ($1.key.movementId, $1.key.currency) }
      .map { key, sum in
        LedgerFinding(
          .movementUnbalanced, movementId: key.movementId, requestId: requestId,
          expected: Money.text(0, key.currency), found: Money.text(sum, key.currency))
      }
  }

  private func differences(from resize: Resize) -> [LedgerFinding] {
    var expected: [PlaceInMovement: Posting] = [:]
    for movement in resize.settledMovements {
      for posting in Posting.doubleEntry(
        of: movement, for: resize.request, at: resize.updatedAt)
      {
        expected[PlaceInMovement(posting)] = posting
      }
    }
    var findings: [LedgerFinding] = []
    for row in rows {
      let posting = expected.removeValue(forKey: PlaceInMovement(row.entry))
      if posting?.summary != row.entry.summary {
        findings.append(
          LedgerFinding(
            .recordDiffers, at: row, expected: posting?.summary ?? "no such entry",
            found: row.entry.summary))
      }
    }
    for posting in expected.values.sorted(by: { $0.account < $1.account }) {
      findings.append(
        LedgerFinding(
          .recordDiffers, account: posting.ledgerAccount, movementId: posting.movementId,
          requestId: posting.requestId, expected: posting.summary, found: "no entry"))
    }
    return findings
  }
}

private struct MovementCurrency: Hashable {
  var movementId: String
  var currency: String

  init(_ entry: LedgerEntry) {
    movementId = entry.movementId
    currency = entry.account.currency
  }
}

private struct PlaceInMovement: Hashable {
  var movementId: String
  var account: String

  init(_ posting: Posting) {
    movementId = posting.movementId
    account = posting.account
  }

  init(_ entry: LedgerEntry) {
    movementId = entry.movementId
    account = entry.account.name
  }
}

extension Posting {
  fileprivate var summary: String { "\(purpose.rawValue) \(Money.text(minorUnits, currency.code))" }
}

extension LedgerEntry {
  fileprivate var summary: String { "\(purpose) \(Money.text(minorUnits, account.currency))" }
}

extension Money {
  /// An amount whose currency may be none; in minor units where it is, or where it exceeds 64 bits.
  fileprivate static func text(_ minorUnits: some BinaryInteger, _ currency: String) -> String {
    guard let known = Currency(code: currency), let amount = Int64(exactly: minorUnits) else {
      return "\(minorUnits) \(currency)"
    }
    return "\(Money(minorUnits: amount, currency: known))"
  }
}
