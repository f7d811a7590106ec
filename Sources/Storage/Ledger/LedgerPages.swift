import Contracts
import Resizing

/// A place in the ledger: rows are read by account, currency, position and number.
public struct LedgerPlace: Sendable, Comparable {
  public var account: LedgerAccount
  public var position: Int64
  public var number: Int64

  public init(account: LedgerAccount, position: Int64, number: Int64) {
    self.account = account
    self.position = position
    self.number = number
  }

  /// The place of a row.
  public init(_ row: LedgerRow) {
    self.init(
      account: row.entry.account, position: row.entry.position, number: row.number)
  }

  /// Before the first entry of an account.
  public init(beginning account: LedgerAccount) {
    self.init(account: account, position: .min, number: .min)
  }

  public static func < (left: Self, right: Self) -> Bool {
    guard left.account == right.account else { return left.account < right.account }
    return (left.position, left.number) < (right.position, right.number)
  }
}

/// A part of the ledger, and where its accounts stood at the same moment.
public struct LedgerPage: Sendable, Equatable {
  /// In the order of their places, as far as these are of the types they were written with.
  public var rows: [LedgerRow]
  /// The heads from the account the page was asked to begin at up to the account of its last row, or
  /// to the end where no rows follow; in the order of the accounts.
  public var heads: [LedgerHead]
  /// Whether no rows follow.
  public var isLast: Bool

  public init(rows: [LedgerRow], heads: [LedgerHead], isLast: Bool) {
    self.rows = rows
    self.heads = heads
    self.isLast = isLast
  }
}

/// A resize beside what the ledger says of it.
public struct PostedResize: Sendable, Equatable {
  /// In the order of the first commits.
  public var number: Int64
  public var requestId: String
  /// What its record holds, or why that cannot be read.
  public var record: Result<Resize, ContractViolation>
  /// In the order they were made.
  public var rows: [LedgerRow]

  public init(
    number: Int64, requestId: String, record: Result<Resize, ContractViolation>, rows: [LedgerRow]
  ) {
    self.number = number
    self.requestId = requestId
    self.record = record
    self.rows = rows
  }

  /// - Parameter record: As it is stored.
  public init(
    number: Int64, requestId: String, version: Int64, record: [UInt8], rows: [LedgerRow] = []
  ) {
    let record = Result { () throws(ContractViolation) -> Resize in
      var resize = try RecordCodec.decodeResize(record)
      resize.version = version
      return resize
    }
    self.init(number: number, requestId: requestId, record: record, rows: rows)
  }
}
