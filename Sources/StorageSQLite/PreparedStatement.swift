import GRDB
import GRDBSQLite

/// A statement of GRDB's cache, bound and stepped without GRDB's per-execution bookkeeping.
///
/// A batch of 256 requests runs about 1,300 statements, and GRDB boxes every argument and asks its
/// observers about every execution: an outbox row costs 3.4 µs with `execute(arguments:)` and 2.0 µs here. The
/// connection compiles each statement once. Use one only inside the database access it was made in.
struct PreparedStatement {
  private let statement: Statement
  private let pointer: OpaquePointer

  init(_ db: Database, _ sql: String) throws {
    statement = try db.cachedStatement(sql: sql)
    pointer = statement.sqliteStatement
    sqlite3_reset(pointer)
    sqlite3_clear_bindings(pointer)
  }

  func bind(_ text: String, at index: Int32) throws {
    // Lent without a reference counted for it; a text that is not in one piece is copied.
    if let code = text.utf8.withContiguousStorageIfAvailable({ bind($0, at: index) }) {
      return try check(code)
    }
    var text = text
    try check(text.withUTF8 { bind($0, at: index) })
  }

  private func bind(_ text: UnsafeBufferPointer<UInt8>, at index: Int32) -> CInt {
    // A nil pointer would bind NULL instead of an empty text.
    text.isEmpty
      ? sqlite3_bind_text(pointer, index, "", 0, nil)
      : sqlite3_bind_text64(
        pointer, index, UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self),
        UInt64(text.count), copied, UInt8(SQLITE_UTF8))
  }

  func bind(_ text: String?, at index: Int32) throws {
    guard let text else { return try check(sqlite3_bind_null(pointer, index)) }
    try bind(text, at: index)
  }

  /// Binds a text of a few bytes, which are copied; `run(binding:at:)` is for many.
  func bind(text: [UInt8], at index: Int32) throws {
    try check(text.withUnsafeBufferPointer { bind($0, at: index) })
  }

  /// Binds a few bytes, which are copied; `run(bindingBlob:at:)` is for many.
  func bind(_ blob: [UInt8], at index: Int32) throws {
    let code = blob.withUnsafeBytes { bytes in
      bytes.isEmpty
        ? sqlite3_bind_zeroblob(pointer, index, 0)
        : sqlite3_bind_blob64(pointer, index, bytes.baseAddress, UInt64(bytes.count), copied)
    }
    try check(code)
  }

  func bind(_ integer: Int64, at index: Int32) throws {
    try check(sqlite3_bind_int64(pointer, index, integer))
  }

  func bind(_ integer: Int64?, at index: Int32) throws {
    guard let integer else { return try check(sqlite3_bind_null(pointer, index)) }
    try bind(integer, at: index)
  }

  /// Runs to the end with one large value bound in place, without a copy.
  /// - Returns: How many rows were changed.
  func run(binding text: [UInt8], at index: Int32) throws -> Int {
    try text.withUnsafeBytes { bytes in
      // sound: the bytes outlive the step; every later run binds this index again before it steps.
      let characters = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
      try check(
        sqlite3_bind_text64(
          pointer, index, characters, UInt64(bytes.count), nil, UInt8(SQLITE_UTF8)))
      return try run()
    }
  }

  /// As `run(binding:at:)`, for bytes that need not be text.
  func run(bindingBlob blob: [UInt8], at index: Int32) throws -> Int {
    try blob.withUnsafeBytes { bytes in
      // sound: as above. An empty array may have no address, which would bind NULL.
      try check(
        bytes.isEmpty
          ? sqlite3_bind_zeroblob(pointer, index, 0)
          : sqlite3_bind_blob64(
            pointer, index, bytes.baseAddress, UInt64(bytes.count), nil))
      return try run()
    }
  }

  /// Runs to the end and makes the statement ready for its next bindings.
  /// - Returns: How many rows were changed.
  @discardableResult
  func run() throws -> Int {
    let code = sqlite3_step(pointer)
    let changes = Int(sqlite3_changes(sqlite3_db_handle(pointer)))
    guard code == SQLITE_DONE else {
      let failure = failure(code)
      sqlite3_reset(pointer)
      throw failure
    }
    sqlite3_reset(pointer)
    return changes
  }

  /// Steps to the next row; false, and ready for its next bindings, after the last one.
  func next() throws -> Bool {
    let code = sqlite3_step(pointer)
    if code == SQLITE_ROW { return true }
    let failure = code == SQLITE_DONE ? nil : failure(code)
    sqlite3_reset(pointer)
    if let failure { throw failure }
    return false
  }

  /// Leaves the rest of the rows.
  func reset() { sqlite3_reset(pointer) }

  func integer(at column: Int32) -> Int64 { sqlite3_column_int64(pointer, column) }

  func isNull(at column: Int32) -> Bool { sqlite3_column_type(pointer, column) == SQLITE_NULL }

  /// The bytes of a text or blob, copied once.
  func bytes(at column: Int32) -> [UInt8] {
    let start = sqlite3_column_blob(pointer, column)
    let count = Int(sqlite3_column_bytes(pointer, column))
    return [UInt8](UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  func text(at column: Int32) -> String { String(decoding: bytes(at: column), as: UTF8.self) }

  func optionalText(at column: Int32) -> String? {
    isNull(at: column) ? nil : text(at: column)
  }

  private func check(_ code: CInt) throws {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: CInt) -> DatabaseError {
    let message = sqlite3_errmsg(sqlite3_db_handle(pointer)).map { String(cString: $0) }
    return DatabaseError(
      resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
  }
}

/// SQLite copies the bytes before the call returns (SQLITE_TRANSIENT, a cast of −1 in C).
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
