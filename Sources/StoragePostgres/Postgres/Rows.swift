import CLibPQ

/// The rows that a statement answered with, in the server's binary format.
///
/// The memory is libpq's and lives as long as this value.
struct Rows: Collection {
  private final class Answer {
    let pointer: OpaquePointer
    init(_ pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQclear(pointer) }
  }

  private let answer: Answer

  /// Takes the result over.
  init(owning pointer: OpaquePointer) { answer = Answer(pointer) }

  var startIndex: Int { 0 }
  var endIndex: Int { Int(PQntuples(answer.pointer)) }
  func index(after index: Int) -> Int { index + 1 }
  subscript(index: Int) -> Row { Row(rows: self, number: Int32(index)) }

  /// One row; columns count from 0.
  struct Row {
    fileprivate let rows: Rows
    fileprivate let number: Int32

    func isNull(at column: Int32) -> Bool {
      PQgetisnull(rows.answer.pointer, number, column) != 0
    }

    /// A whole number; 0 for anything that is none.
    func integer(at column: Int32) -> Int64 {
      withBytes(at: column) { $0.reduce(0) { $0 << 8 | Int64($1) } }
    }

    func optionalInteger(at column: Int32) -> Int64? {
      isNull(at: column) ? nil : integer(at: column)
    }

    func flag(at column: Int32) -> Bool { withBytes(at: column) { $0.first == 1 } }

    func text(at column: Int32) -> String {
      withBytes(at: column) { String(decoding: $0, as: UTF8.self) }
    }

    func optionalText(at column: Int32) -> String? {
      isNull(at: column) ? nil : text(at: column)
    }

    func bytes(at column: Int32) -> [UInt8] { withBytes(at: column) { [UInt8]($0) } }

    private func withBytes<Value>(
      at column: Int32, _ body: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
      let pointer = rows.answer.pointer
      return withExtendedLifetime(rows.answer) {
        body(
          UnsafeRawBufferPointer(
            start: PQgetvalue(pointer, number, column),
            count: Int(PQgetlength(pointer, number, column))))
      }
    }
  }
}
