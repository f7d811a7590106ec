import Resizing
import Storage

extension Statement {
  /// Keeps others from the accounts until the transaction ends, each in the same order.
  private static let lockHeads = Statement(
    "lock_heads",
    """
    SELECT account, currency, position, balance, hash FROM ledger_heads
    WHERE (account, currency) IN (SELECT * FROM unnest($1::text[], $2::text[]))
    ORDER BY account, currency FOR UPDATE
    """)

  static func lockHeads(of accounts: Set<LedgerAccount>) -> Call {
    lockHeads.call {
      $0.add(texts: accounts.lazy.map(\.name))
      $0.add(texts: accounts.lazy.map(\.currency))
    }
  }

  /// In the order given. A row of a resize that is not there breaks its NOT NULL.
  private static let appendEntries = Statement(
    "append_entries",
    """
    INSERT INTO ledger
      (resize, movement_id, account, minor_units, currency, purpose, posted_at, position,
        previous_hash, hash)
    SELECT (SELECT number FROM resizes WHERE resizes.request_id = given.request_id),
      movement_id, account, minor_units, currency, purpose, posted_at, position, previous_hash, hash
    FROM unnest($1::text[], $2::text[], $3::text[], $4::int8[], $5::text[], $6::text[], $7::int8[],
        $8::int8[], $9::bytea[], $10::bytea[])
      AS given (request_id, movement_id, account, minor_units, currency, purpose, posted_at, position,
        previous_hash, hash)
    """)

  private static let insertHeads = Statement(
    "insert_heads",
    """
    INSERT INTO ledger_heads (account, currency, position, balance, hash)
    SELECT * FROM unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::bytea[])
    """)

  private static let updateHeads = Statement(
    "update_heads",
    """
    UPDATE ledger_heads
    SET position = given.position, balance = given.balance, hash = given.hash
    FROM unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::bytea[])
      AS given (account, currency, position, balance, hash)
    WHERE ledger_heads.account = given.account AND ledger_heads.currency = given.currency
    """)

  /// Makes entries of postings, on top of the heads that are locked, and writes both.
  static func append(_ postings: [Posting], onto rows: Rows?) throws(PostgresError) -> [Call] {
    var before: [LedgerAccount: LedgerHead] = [:]
    for row in rows.map(Array.init) ?? [] {
      let head = LedgerHead(row: row)
      before[head.account] = head
    }
    let ledger: LedgerExtension
    do throws(StoreError) {
      ledger = try LedgerExtension(postings, onto: before)
    } catch {
      throw PostgresError(.store(error.code), error.message)
    }
    let new = ledger.heads.filter { before[$0.account] == nil }
    let known = ledger.heads.filter { before[$0.account] != nil }
    // Of two that are the first to post to an account, the later one fails at its head, and tries again.
    return (new.isEmpty ? [] : [insertHeads.call { $0.add(heads: new) }])
      + (known.isEmpty ? [] : [updateHeads.call { $0.add(heads: known) }])
      + [append(ledger.entries)]
  }

  private static func append(_ entries: [LedgerEntry]) -> Call {
    appendEntries.call {
      $0.add(texts: entries.lazy.map(\.requestId))
      $0.add(texts: entries.lazy.map(\.movementId))
      $0.add(texts: entries.lazy.map(\.account.name))
      $0.add(integers: entries.lazy.map(\.minorUnits))
      $0.add(texts: entries.lazy.map(\.account.currency))
      $0.add(texts: entries.lazy.map(\.purpose))
      $0.add(integers: entries.lazy.map(\.postedAt.millisecondsSinceEpoch))
      $0.add(integers: entries.lazy.map(\.position))
      $0.add(blobs: entries.lazy.map(\.previousHash.bytes))
      $0.add(blobs: entries.lazy.map(\.hash.bytes))
    }
  }
}

extension Parameters {
  fileprivate mutating func add(heads: [LedgerHead]) {
    add(texts: heads.lazy.map(\.account.name))
    add(texts: heads.lazy.map(\.account.currency))
    add(integers: heads.lazy.map(\.position))
    add(integers: heads.lazy.map(\.balance))
    add(blobs: heads.lazy.map(\.hash.bytes))
  }
}
