/// Follows the chains of all accounts, page by page.
///
/// Each entry is held against its own hash and against the entry before it as it is stored, so a
/// changed entry is named once, and its neighbours are not blamed for it.
struct LedgerChainCheck {
  private(set) var summary = LedgerSummary()
  private var observations: [LedgerObservation] = []
  /// Where the last row that was followed stands; the next page begins after it.
  private(set) var place: LedgerPlace?
  /// The rows of the last page that were out of order: the next page may have them once more.
  private var outOfOrder: Set<Int64> = []
  private var account: LedgerAccount?
  private var last: LedgerRow?
  private var balance: Int128 = 0
  /// Heads kept elsewhere whose entry has not been met yet.
  private var kept: [LedgerAccount: LedgerHead]

  init(kept: [LedgerHead]) {
    self.kept = Dictionary(kept.map { ($0.account, $0) }) { $0.position > $1.position ? $0 : $1 }
  }

  /// - Returns: Whether there is a next page: not after the last one, and not after one that leads
  ///   nowhere.
  mutating func check(_ page: LedgerPage) throws(StoreError) -> Bool {
    let start = place
    let known = outOfOrder
    outOfOrder.removeAll()
    var heads: [LedgerAccount: LedgerHead] = [:]
    for head in page.heads { heads[head.account] = head }
    for row in page.rows {
      guard place.map({ $0 < LedgerPlace(row) }) ?? true else {
        outOfOrder.insert(row.number)
        if !known.contains(row.number) { try pass(row) }
        continue
      }
      place = LedgerPlace(row)
      if row.entry.account != account {
        close(with: account.flatMap { heads.removeValue(forKey: $0) })
        account = row.entry.account
      }
      try check(row)
    }
    // Each page has to lead further than the one before, or there is no end.
    let isStuck = !page.isLast && place == start
    if isStuck { giveUp(page) }
    let isLast = page.isLast || isStuck
    if isLast {
      close(with: account.flatMap { heads.removeValue(forKey: $0) })
    } else if let account {
      heads[account] = nil
    }
    for head in heads.values.sorted(by: { $0.account < $1.account }) { closeEmpty(head) }
    if isLast { reportUnmet() }
    return !isLast
  }

  /// Hands out what was seen since it was last asked.
  mutating func takeObservations() -> [LedgerObservation] {
    defer { observations.removeAll() }
    return observations
  }

  /// Looks at a row by itself, and leaves it out of its account's chain.
  private mutating func pass(_ row: LedgerRow) throws(StoreError) {
    summary.entries += 1
    find(
      .outOfOrder, row, "an entry after \(place?.summary ?? "the beginning")",
      LedgerPlace(row).summary)
    try checkHash(of: row)
  }

  private mutating func giveUp(_ page: LedgerPage) {
    let row = page.rows.last
    tell(
      LedgerFinding(
        .entriesUnread, account: row?.entry.account, number: row?.number,
        expected: "entries in their order",
        found: "\(page.rows.count) and more that are not"))
  }

  private mutating func check(_ row: LedgerRow) throws(StoreError) {
    let entry = row.entry
    summary.entries += 1
    checkPlace(of: row)
    try checkHash(of: row)
    if let head = kept[entry.account], head.position == entry.position {
      kept[entry.account] = nil
      if head.hash != entry.hash {
        find(.keptHeadDiffers, row, "hash \(head.hash)", "hash \(entry.hash)")
      }
    }
    balance += Int128(entry.minorUnits)
    last = row
  }

  private mutating func checkHash(of row: LedgerRow) throws(StoreError) {
    let entry = row.entry
    if entry.requestId.isEmpty {
      find(.resizeMissing, row, "a resize that the entry belongs to", "none")
    } else {
      let hash = try entry.computedHash()
      if hash != entry.hash { find(.entryChanged, row, "hash \(hash)", "hash \(entry.hash)") }
    }
  }

  private mutating func checkPlace(of row: LedgerRow) {
    let entry = row.entry
    let (expected, overflow) = (last?.entry.position ?? 0).addingReportingOverflow(1)
    if overflow {
      find(.placeTaken, row, "no entry after the highest position", "position \(entry.position)")
    } else if entry.position > expected {
      find(.entriesMissing, row, "position \(expected)", "position \(entry.position)")
    } else if entry.position < expected {
      find(.placeTaken, row, "position \(expected)", "position \(entry.position)")
    }
    let previous = last?.entry.hash ?? .beforeFirst
    if entry.previousHash != previous, overflow || entry.position <= expected {
      let what = last.map { "row \($0.number) with hash " } ?? "the account's beginning, "
      find(
        .previousEntryChanged, row, "an entry after hash \(entry.previousHash)",
        "\(what)\(previous)")
    }
  }

  /// Ends an account: its last entry has to be the one the head tells of.
  private mutating func close(with head: LedgerHead?) {
    defer {
      account = nil
      last = nil
      balance = 0
    }
    guard let account, let last else { return }
    summary.accounts += 1
    let found = LedgerHead(
      account: account, position: last.entry.position,
      balance: Int64(truncatingIfNeeded: balance), hash: last.entry.hash)
    observations.append(.head(found))
    guard let head else {
      find(.headChanged, at: account, "a stored head", "none")
      return
    }
    if head.position > found.position {
      find(.endMissing, at: account, "\(head.position) entries", "\(found.position)")
    } else if head.position != found.position || head.hash != found.hash {
      find(.headChanged, at: account, found.summary, head.summary)
    }
    if Int128(head.balance) != balance {
      find(.balanceDiffers, at: account, "\(head.balance) minor units", "\(balance)")
    }
  }

  /// A head without a single entry.
  private mutating func closeEmpty(_ head: LedgerHead) {
    summary.accounts += 1
    find(.endMissing, at: head.account, "\(head.position) entries", "none")
  }

  private mutating func reportUnmet() {
    for head in kept.values.sorted(by: { $0.account < $1.account }) {
      find(
        .keptHeadDiffers, at: head.account, "an entry at position \(head.position)", "none")
    }
    kept.removeAll()
  }

  private mutating func find(
    _ fault: LedgerFinding.Fault, _ row: LedgerRow, _ expected: String, _ found: String
  ) {
    tell(LedgerFinding(fault, at: row, expected: expected, found: found))
  }

  private mutating func find(
    _ fault: LedgerFinding.Fault, at account: LedgerAccount, _ expected: String, _ found: String
  ) {
    tell(LedgerFinding(fault, account: account, expected: expected, found: found))
  }

  private mutating func tell(_ finding: LedgerFinding) {
    summary.findings += 1
    observations.append(.finding(finding))
  }
}

extension LedgerPlace {
  fileprivate var summary: String { "\(account) position \(position), row \(number)" }
}

extension LedgerHead {
  fileprivate var summary: String { "position \(position) with hash \(hash)" }
}
