import Foundation
import GRDB
import Resizing
import Storage
import StorageConformance
import StorageSQLite
import Testing

/// What somebody with the database file does to it, and what a verification says then.
struct Tampering: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let sql: String
  /// The faults with the number of the row, or the account, in the order they are told.
  let findings: [String]

  init(_ what: String, _ sql: String, finds findings: String...) {
    testDescription = what
    self.sql = sql
    self.findings = findings
  }

  /// Rows 1, 3, 5 are cash, 2, 4, 6 revenue of requests req-1, req-2, req-3.
  static let all = [
    Tampering("nothing", "", finds: ""),
    Tampering(
      "one cent", "UPDATE ledger SET minor_units = minor_units - 1 WHERE number = 3",
      finds: "entryChanged 3", "balanceDiffers cash:tenant-1", "movementUnbalanced pay_req-2",
      "recordDiffers 3"),
    Tampering(
      "one cent on both sides, and on the heads",
      """
      UPDATE ledger SET minor_units = minor_units - 1 WHERE number = 3;
      UPDATE ledger SET minor_units = minor_units + 1 WHERE number = 4;
      UPDATE ledger_heads SET balance = balance - sign(balance);
      """,
      finds: "entryChanged 3", "entryChanged 4", "recordDiffers 3", "recordDiffers 4"),
    Tampering(
      "an entry deleted", "DELETE FROM ledger WHERE number = 3",
      finds: "entriesMissing 5", "balanceDiffers cash:tenant-1", "movementUnbalanced pay_req-2",
      "recordDiffers cash:tenant-1"),
    Tampering(
      "the first entry deleted", "DELETE FROM ledger WHERE number = 2",
      finds: "entriesMissing 4", "balanceDiffers revenue:tenant-1",
      "movementUnbalanced pay_req-1", "recordDiffers revenue:tenant-1"),
    Tampering(
      "an entry deleted and the others moved up",
      """
      DELETE FROM ledger WHERE number = 3;
      UPDATE ledger SET position = 2 WHERE number = 5;
      """,
      finds: "previousEntryChanged 5", "entryChanged 5", "endMissing cash:tenant-1",
      "balanceDiffers cash:tenant-1", "movementUnbalanced pay_req-2",
      "recordDiffers cash:tenant-1"),
    Tampering(
      "two entries swapped",
      """
      UPDATE ledger SET position = 9 WHERE number = 3;
      UPDATE ledger SET position = 2 WHERE number = 5;
      UPDATE ledger SET position = 3 WHERE number = 3;
      """,
      finds: "previousEntryChanged 5", "entryChanged 5", "previousEntryChanged 3",
      "entryChanged 3", "headChanged cash:tenant-1"),
    Tampering(
      "the end cut off", "DELETE FROM ledger WHERE number > 4",
      finds: "endMissing cash:tenant-1", "balanceDiffers cash:tenant-1",
      "endMissing revenue:tenant-1", "balanceDiffers revenue:tenant-1",
      "recordDiffers cash:tenant-1", "recordDiffers revenue:tenant-1"),
    Tampering(
      "the end cut off, and the heads set back",
      """
      DELETE FROM ledger WHERE number > 4;
      UPDATE ledger_heads SET position = 2, balance = balance * 2 / 3,
        hash = (SELECT hash FROM ledger WHERE ledger.account = ledger_heads.account
          ORDER BY position DESC LIMIT 1);
      """,
      finds: "recordDiffers cash:tenant-1", "recordDiffers revenue:tenant-1"),
    Tampering(
      "all entries deleted", "DELETE FROM ledger",
      finds: "endMissing cash:tenant-1", "endMissing revenue:tenant-1",
      "recordDiffers cash:tenant-1", "recordDiffers revenue:tenant-1",
      "recordDiffers cash:tenant-1", "recordDiffers revenue:tenant-1",
      "recordDiffers cash:tenant-1", "recordDiffers revenue:tenant-1"),
    Tampering(
      "another account", "UPDATE ledger SET account = 'cash:mallory' WHERE number = 5",
      finds: "entriesMissing 5", "entryChanged 5", "headChanged cash:mallory",
      "endMissing cash:tenant-1", "balanceDiffers cash:tenant-1", "recordDiffers 5",
      "recordDiffers cash:tenant-1"),
    Tampering(
      "another currency", "UPDATE ledger SET currency = 'JPY' WHERE number = 5",
      finds: "entriesMissing 5", "entryChanged 5", "headChanged cash:tenant-1",
      "endMissing cash:tenant-1", "balanceDiffers cash:tenant-1", "movementUnbalanced pay_req-3",
      "movementUnbalanced pay_req-3", "recordDiffers 5"),
    Tampering(
      "another time", "UPDATE ledger SET posted_at = posted_at - 1 WHERE number = 3",
      finds: "entryChanged 3"),
    Tampering(
      "another purpose", "UPDATE ledger SET purpose = 'nonsense' WHERE number = 6",
      finds: "entryChanged 6", "recordDiffers 6"),
    Tampering(
      "another resize", "UPDATE ledger SET resize = 1 WHERE number = 6",
      finds: "entryChanged 6", "movementUnbalanced pay_req-3", "recordDiffers 6",
      "movementUnbalanced pay_req-3", "recordDiffers revenue:tenant-1"),
    Tampering(
      "the resize deleted", "DELETE FROM resizes WHERE number = 2",
      finds: "resizeMissing 3", "resizeMissing 4"),
    Tampering(
      "no hash", "UPDATE ledger SET hash = x'' WHERE number = 1",
      finds: "entryChanged 1", "previousEntryChanged 3"),
    Tampering(
      "an entry of nobody's",
      """
      INSERT INTO ledger SELECT 7, resize, 'pay_x', account, 1, currency, purpose, posted_at, 4,
        hash, x'00' FROM ledger WHERE number = 5
      """,
      finds: "entryChanged 7", "headChanged cash:tenant-1", "balanceDiffers cash:tenant-1",
      "movementUnbalanced pay_x", "recordDiffers 7"),
    Tampering(
      "another balance", "UPDATE ledger_heads SET balance = 0 WHERE account LIKE 'cash:%'",
      finds: "balanceDiffers cash:tenant-1"),
    Tampering(
      "a head deleted", "DELETE FROM ledger_heads WHERE account LIKE 'cash:%'",
      finds: "headChanged cash:tenant-1"),
    Tampering(
      "two entries at the highest position",
      """
      DROP INDEX ledger_by_account;
      UPDATE ledger SET position = 9223372036854775807 WHERE number IN (3, 5);
      """,
      finds: "entriesMissing 3", "entryChanged 3", "placeTaken 5", "entryChanged 5",
      "headChanged cash:tenant-1"),
    Tampering(
      "entries that make up for each other beyond 64 bits",
      """
      INSERT INTO ledger SELECT number + 2, resize, 'pay_x', account, -9223372036854775808,
        currency, purpose, posted_at, 4, hash, x'00' FROM ledger WHERE number > 4
      """,
      finds: "entryChanged 7", "headChanged cash:tenant-1", "balanceDiffers cash:tenant-1",
      "entryChanged 8", "headChanged revenue:tenant-1", "balanceDiffers revenue:tenant-1",
      "movementUnbalanced pay_x", "recordDiffers 7", "recordDiffers 8"),
    Tampering(
      "an amount in a record that has no opposite",
      """
      UPDATE resizes SET record = json_set(record, '$.payment.amount[0]', -9223372036854775808)
        WHERE number = 2
      """,
      finds: "recordDiffers 3", "recordDiffers 4"),
    Tampering(
      "a record that says nothing, and one cent after it",
      """
      UPDATE resizes SET record = '{"v":1}' WHERE number = 1;
      UPDATE ledger SET minor_units = minor_units - 1 WHERE number = 5;
      """,
      finds: "entryChanged 5", "balanceDiffers cash:tenant-1", "recordUnreadable req-1",
      "movementUnbalanced pay_req-3", "recordDiffers 5"),
  ]
}

@Suite("A ledger that was tampered with")
struct LedgerTamperingTests {
  @Test("Each change is found, and the row named", arguments: Tampering.all)
  func tampering(_ tampering: Tampering) async throws {
    try await withLedger { store, shell in
      try await shell.write { db in
        try dropTriggers(db)
        try db.execute(sql: tampering.sql)
      }
      for pageSize in [1, 2, 1_000] {
        let findings = try await findings(in: store, pageSize: pageSize)
        #expect(
          findings.map(\.summary) == tampering.findings.filter { !$0.isEmpty },
          "pages of \(pageSize)")
      }
    }
  }

  @Test(
    "Accounts that are no text are named, and however many there are, there is an end",
    arguments: [1, 2, 3, 1_000])
  func accountsOfAnotherType(pageSize: Int) async throws {
    try await withLedger { store, shell in
      try await shell.write { db in
        try dropTriggers(db)
        try db.execute(
          sql: "UPDATE ledger SET account = CAST(account AS BLOB) WHERE number IN (3, 5)")
      }
      let findings = try await findings(in: store, pageSize: pageSize)
      let expected = ["endMissing cash:tenant-1", "balanceDiffers cash:tenant-1", "outOfOrder 3"]
      #expect(
        findings.map(\.summary) == expected + [pageSize == 1 ? "entriesUnread 3" : "outOfOrder 5"])
      #expect(findings[2].description.contains("row 3, cash:tenant-1 USD position 2, "))
    }
  }

  @Test("An account whose positions are used up takes no entry, and is named")
  func positionsUsedUp() async throws {
    try await withLedger { store, shell in
      try await shell.write { db in
        try db.execute(
          sql: """
            UPDATE ledger_heads SET position = 9223372036854775807 WHERE account = 'cash:tenant-1'
            """)
      }
      let error = await #expect(throws: StoreError.self) { try await post("req-4", in: store) }
      #expect(error?.code == .refused)
      #expect(error?.message.contains("cash:tenant-1 USD") == true, "\(error?.message ?? "")")
    }
  }

  @Test("A finding says which row it is, what was expected and what is there")
  func sentence() async throws {
    try await withLedger { store, shell in
      try await shell.write { db in
        try dropTriggers(db)
        try db.execute(sql: "UPDATE ledger SET minor_units = 19765 WHERE number = 3")
      }
      let sentences = try await findings(in: store).map(\.description)
      #expect(sentences[0].hasPrefix("row 3, cash:tenant-1 USD position 2, movement pay_req-2, "))
      #expect(sentences[0].contains("request req-2: the entry was changed"))
      #expect(sentences[3].hasSuffix("expected charge 197.66 USD, found charge 197.65 USD"))
    }
  }

  @Test("An entry changed together with its hash shows in the entry after it")
  func rehashed() async throws {
    try await withLedger { store, shell in
      var row = try #require(try await store.ledgerRows(requestId: "req-2").first)
      row.entry.minorUnits -= 1
      let hash = try row.entry.computedHash()
      try await shell.write { db in
        try dropTriggers(db)
        try db.execute(
          sql: "UPDATE ledger SET minor_units = minor_units - 1, hash = ? WHERE number = 3",
          arguments: [Data(hash.bytes)])
      }
      #expect(
        try await findings(in: store).map(\.summary) == [
          "previousEntryChanged 5", "balanceDiffers cash:tenant-1",
          "movementUnbalanced pay_req-2", "recordDiffers 3",
        ])
    }
  }

  @Test("A ledger that was rewritten as a whole shows in heads that were kept")
  func rewritten() async throws {
    try await withLedger { store, _ in
      let kept = try await store.ledgerHeads(after: nil, limit: 10)
      try await post("req-4", in: store)
      #expect(try await findings(in: store, against: kept).isEmpty)
      let early = [try #require(kept.first)].map { head in
        var head = head
        head.position = 9
        return head
      }
      #expect(
        try await findings(in: store, against: early).map(\.summary)
          == ["keptHeadDiffers cash:tenant-1"])
      try await withLedger(cents: 19_765) { rewritten, _ async throws in
        #expect(try await findings(in: rewritten).isEmpty)
        #expect(
          try await findings(in: rewritten, against: kept).map(\.summary)
            == ["keptHeadDiffers 5", "keptHeadDiffers 6"])
      }
    }
  }

  /// Three payments of one tenant, and a second connection to their file.
  private func withLedger(
    cents: Int64 = 19_766, _ body: (SQLiteStore, DatabaseQueue) async throws -> Void
  ) async throws {
    try await TemporaryFolder.with { folder in
      let path = folder.path("store.db")
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: path))
      for number in 1...3 { try await post("req-\(number)", cents, in: store) }
      try await body(store, try DatabaseQueue(path: path))
      await store.close()
    }
  }

  private func post(_ requestId: String, _ cents: Int64 = 19_766, in store: SQLiteStore)
    async throws
  {
    var resize = Sample.resize(requestId, state: .completed)
    var payment = try #require(resize.payment)
    payment.state = .succeeded
    payment.amount = Sample.usd(cents)
    resize.payment = payment
    let changes = ChangeSet(
      worker: "w", resizes: [resize],
      postings: Posting.doubleEntry(of: payment, for: resize.request, at: Sample.noon))
    #expect(try await store.commit(changes) == .committed)
  }

  private func findings(
    in store: SQLiteStore, against kept: [LedgerHead] = [], pageSize: Int = 1_000
  ) async throws -> [LedgerFinding] {
    var findings: [LedgerFinding] = []
    let verification = LedgerVerification(of: store, against: kept, pageSize: pageSize)
    let summary = try await verification.run { observation in
      if case .finding(let finding) = observation { findings.append(finding) }
    }
    #expect(summary.findings == findings.count)
    return findings
  }

  private func dropTriggers(_ db: Database) throws {
    let names = try String.fetchAll(
      db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for name in names { try db.execute(sql: "DROP TRIGGER \(name)") }
  }
}

extension LedgerFinding {
  fileprivate var summary: String {
    let place = number.map { "\($0)" } ?? account?.name ?? movementId ?? requestId ?? ""
    return "\(fault.rawValue) \(place)"
  }
}
