import Storage

/// What libpq or the server says went wrong.
struct PostgresError: Error, Sendable, Equatable {
  enum Code: Sendable, Equatable {
    /// No thread, pipe or memory for a connection.
    case outOfResources
    /// The connection string cannot be read.
    case invalidAddress
    /// No connection could be made, and no server said why.
    case unreachable
    /// None of the servers that are there can be written.
    case readOnlyServer
    /// The connection broke; whether what was under way was done is not known.
    case connectionLost
    /// The server did not answer in time; as `connectionLost`, whether it was done is not known.
    case timedOut
    /// The server refused, with this SQLSTATE; its transaction was rolled back.
    case server(String)
    /// The server is too old, or the schema is missing or of a later program.
    case schemaMismatch
    /// Not the server's doing: a stored record that cannot be read, or a value that may not be written.
    case store(StoreError.Code)
    /// An answer that cannot be: a defect here or there.
    case unexpectedAnswer
  }

  var code: Code
  /// The server's or libpq's words, without a password.
  var message: String
  /// The constraint that a row would break.
  var constraint: String?
  /// The table it is of, with its schema, as identifiers of SQL.
  var table: String?

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The SQLSTATE, where a server gave one.
  var state: String? {
    if case .server(let state) = code { state } else { nil }
  }

  /// Whether the same transaction may go through at once: it was rolled back for the sake of another
  /// (deadlock, serialization failure), or another was the first to post to an account.
  var isRetriable: Bool {
    state == "40001" || state == "40P01"
      || (state == "23505" && constraint == "ledger_heads_first")
  }

  /// Whether it would be the same for every call on this connection, and another may do better: its
  /// server can only be read, or its prepared statements are not what they were.
  var condemnsConnection: Bool {
    state.map(["0A000", "25006", "26000", "42P05"].contains) ?? false
  }

  /// The keys that rows get their numbers for from a sequence.
  static let numberKeys: Set<String> = [
    "resizes_pkey", "instances_pkey", "ledger_pkey", "timeline_pkey", "operator_actions_pkey",
    "outbox_set_aside_pkey",
  ]

  /// The table whose sequence gives numbers that are taken: no row's fault, it is the next one's as well.
  var tableWithTakenNumbers: String? {
    guard state == "23505", let constraint, Self.numberKeys.contains(constraint) else { return nil }
    return table
  }

  /// Whether a row had another version than the change set carries, or was there already.
  ///
  /// `RW001` is raised by the schema's `require_rows`.
  var isConflict: Bool {
    state == "RW001"
      || (state == "23505" && ["resizes_request_id", "instances_instance_id"].contains(constraint))
  }
}
