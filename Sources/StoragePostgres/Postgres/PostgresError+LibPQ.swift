import CLibPQ

extension PostgresError {
  /// What a failed result says.
  init(result: OpaquePointer, connectionIsLost: Bool) {
    func field(_ code: Character) -> String? {
      PQresultErrorField(result, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
    }
    let message = field("M") ?? String(cString: PQresultErrorMessage(result)).onOneLine
    let detail = field("D").map { " (\($0.onOneLine))" } ?? ""
    constraint = field("n")
    if let schema = field("s"), let table = field("t") {
      self.table = [schema, table].map(\.asIdentifier).joined(separator: ".")
    }
    if let state = field("C") {
      code = .server(state)
    } else {
      code = connectionIsLost ? .connectionLost : .unexpectedAnswer
    }
    self.message = message + detail
  }

  /// Why no connection came about; libpq gives no SQLSTATE then, only the server's words and its own.
  init(failedLogin said: String, at address: PostgresAddress) {
    let isRefused = ["password", "authentication", "pg_hba.conf", "role \""].contains(
      where: said.contains)
    let isReadOnly = ["session is read-only", "server is in hot standby"].contains(
      where: said.contains)
    if said.contains("database") && said.contains("does not exist") {
      self.init(.server("3D000"), said)
    } else if isReadOnly {
      self.init(.readOnlyServer, said)
    } else {
      self.init(isRefused ? .server("28000") : .unreachable, said)
    }
  }
}

extension String {
  /// As an identifier of SQL, whatever is in it.
  var asIdentifier: String { "\"" + replacing("\"", with: "\"\"") + "\"" }

  /// Without line breaks, as messages of libpq have them.
  var onOneLine: String {
    split(whereSeparator: \.isNewline).map { $0.drop(while: \.isWhitespace) }
      .joined(separator: " ")
  }
}
