import Resizing
import Storage

extension Statement {
  private static let rowColumns = """
    SELECT ledger.number, account, currency, position, movement_id, coalesce(request_id, ''),
      minor_units, purpose, posted_at, previous_hash, hash
    FROM ledger LEFT JOIN resizes ON resizes.number = ledger.resize
    """

  private static let ledgerRows = Statement(
    "ledger_rows",
    """
    \(rowColumns)
    WHERE ledger.resize = (SELECT number FROM resizes WHERE request_id = $1::text)
    ORDER BY ledger.number
    """)

  static func ledgerRows(of requestId: String) -> Call { ledgerRows.call { $0.add(requestId) } }

  private static let ledgerRowsAfter = Statement(
    "ledger_rows_after",
    """
    \(rowColumns)
    WHERE (account, currency, position, ledger.number) > ($1::text, $2::text, $3::int8, $4::int8)
    ORDER BY account, currency, position, ledger.number LIMIT $5::int8
    """)

  static func ledgerRows(after place: LedgerPlace?, limit: Int) -> Call {
    ledgerRowsAfter.call {
      $0.add(place?.account.name ?? "")
      $0.add(place?.account.currency ?? "")
      $0.add(place?.position ?? .min)
      $0.add(place?.number ?? .min)
      $0.add(Int64(limit))
    }
  }

  private static let headsAfter = Statement(
    "heads_after",
    """
    SELECT account, currency, position, balance, hash FROM ledger_heads
    WHERE (account, currency) > ($1::text, $2::text) ORDER BY account, currency LIMIT $3::int8
    """)

  static func ledgerHeads(after account: LedgerAccount?, limit: Int) -> Call {
    headsAfter.call {
      $0.add(account?.name ?? "")
      $0.add(account?.currency ?? "")
      $0.add(Int64(max(limit, 0)))
    }
  }

  /// Up to the account of the last row that a page of the size has.
  private static let headsOfPage = Statement(
    "heads_of_page",
    """
    WITH rest AS MATERIALIZED (
      SELECT account, currency FROM ledger
      WHERE (account, currency, position, number) > ($1::text, $2::text, $3::int8, $4::int8)
      ORDER BY account, currency, position, number OFFSET $5::int8 - 1 LIMIT 2
    ), end_of_page AS MATERIALIZED (
      SELECT account, currency FROM rest ORDER BY account, currency LIMIT 1
    )
    SELECT account, currency, position, balance, hash FROM ledger_heads
    WHERE (account, currency) >= ($1, $2)
      AND ((SELECT count(*) FROM rest) < 2
        OR (account, currency) <= (SELECT account, currency FROM end_of_page))
    ORDER BY account, currency
    """)

  /// - Parameter limit: 1 or more.
  static func headsOfPage(after place: LedgerPlace?, limit: Int) -> Call {
    headsOfPage.call {
      $0.add(place?.account.name ?? "")
      $0.add(place?.account.currency ?? "")
      $0.add(place?.position ?? .min)
      $0.add(place?.number ?? .min)
      $0.add(Int64(limit))
    }
  }

  private static let resizesAfter = Statement(
    "resizes_after",
    """
    SELECT request_id, version, record, number FROM resizes WHERE number > $1::int8
    ORDER BY number LIMIT $2::int8
    """)

  private static let rowsOfResizesAfter = Statement(
    "rows_of_resizes_after",
    """
    \(rowColumns)
    WHERE ledger.resize IN (
      SELECT number FROM resizes WHERE number > $1::int8 ORDER BY number LIMIT $2::int8)
    ORDER BY ledger.number
    """)

  /// Resizes by their numbers, and their ledger rows.
  static func postedResizes(after number: Int64, limit: Int) -> [Call] {
    [resizesAfter, rowsOfResizesAfter].map { statement in
      statement.call {
        $0.add(number)
        $0.add(Int64(max(limit, 0)))
      }
    }
  }
}

extension LedgerHead {
  init(row: Rows.Row) {
    self.init(
      account: LedgerAccount(name: row.text(at: 0), currency: row.text(at: 1)),
      position: row.integer(at: 2), balance: row.integer(at: 3),
      hash: LedgerHash(bytes: row.bytes(at: 4)))
  }
}

extension LedgerRow {
  init(row: Rows.Row) {
    self.init(
      number: row.integer(at: 0),
      entry: LedgerEntry(
        account: LedgerAccount(name: row.text(at: 1), currency: row.text(at: 2)),
        position: row.integer(at: 3), movementId: row.text(at: 4), requestId: row.text(at: 5),
        minorUnits: row.integer(at: 6), purpose: row.text(at: 7), postedAt: row.moment(at: 8),
        previousHash: LedgerHash(bytes: row.bytes(at: 9)),
        hash: LedgerHash(bytes: row.bytes(at: 10))))
  }
}
