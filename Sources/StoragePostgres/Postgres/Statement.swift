/// A statement that each connection prepares when it first needs it.
struct Statement: Sendable {
  /// Of the prepared statement; one text a name, of at most 63 bytes: the server cuts off the rest.
  let name: String
  let sql: String

  init(_ name: String, _ sql: String) {
    precondition(name.utf8.count <= 63, "a name that the server would cut off")
    self.name = name
    self.sql = sql
  }

  /// One execution of the statement.
  func call(_ write: (inout Parameters) -> Void = { _ in }) -> Call {
    var parameters = Parameters()
    write(&parameters)
    return Call(statement: self, parameters: parameters)
  }

  static let begin = Statement("begin", "BEGIN")
  static let beginSnapshot = Statement(
    "begin_snapshot", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
  static let commit = Statement("commit", "COMMIT")
  static let rollback = Statement("rollback", "ROLLBACK")
}

/// A statement with its parameters.
struct Call: Sendable {
  var statement: Statement
  var parameters: Parameters
}

extension [Call] {
  /// All of them, or none.
  var asTransaction: [Call] { [Statement.begin.call()] + self + [Statement.commit.call()] }
  /// All of them on one snapshot.
  var onOneSnapshot: [Call] {
    [Statement.beginSnapshot.call()] + self + [Statement.commit.call()]
  }
}
