import Storage

extension StoreError {
  /// What an error of the connection or the server means for the store, in words for the operator.
  init(_ error: PostgresError, at address: String) {
    switch error.code {
    case .unreachable, .connectionLost, .timedOut, .outOfResources, .unexpectedAnswer:
      self.init(
        .unavailable,
        "The database \(address) cannot be reached (\(error.message)); check that it "
          + "runs and that this machine may connect.")
    case .readOnlyServer:
      self.init(
        .unavailable,
        "The database \(address) can only be read (\(error.message)): a standby, or its "
          + "default_transaction_read_only is on. Name every host in store.url, so that the one to "
          + "write to is found; commands that only look may be given target_session_attrs=any.")
    case .invalidAddress: self.init(.misconfigured, error.message)
    case .schemaMismatch: self.init(.schemaMismatch, "\(address): \(error.message)")
    case .store(let code): self.init(code, error.message)
    case .server(let state):
      if let table = error.tableWithTakenNumbers {
        self.init(sequenceBehind: table, error.message, at: address)
      } else {
        self.init(state: state, error.message, at: address)
      }
    }
  }

  private init(sequenceBehind table: String, _ said: String, at address: String) {
    let literal = "'" + table.replacing("'", with: "''") + "'"
    self.init(
      .corrupt,
      "\(address) numbers rows of \(table) as others are numbered (\(said)), as after a restore "
        + "without sequences; nothing was written. As the owner: SELECT setval("
        + "pg_get_serial_sequence(\(literal), 'number'), (SELECT max(number) FROM \(table)));")
  }

  private init(state: String, _ said: String, at address: String) {
    switch (state.prefix(2), state) {
    case (_, "28000"), (_, "28P01"):
      self.init(
        .denied,
        "The database \(address) refuses the log-in (\(said)); check user and password (store.url, "
          + "store.password) and the server's pg_hba.conf.")
    case (_, "42501"):
      self.init(
        .denied,
        "The account lacks a permission at \(address) (\(said)); grant it, or let the owner of the "
          + "schema start a worker once.")
    case (_, "3D000"):
      self.init(.unavailable, "\(address): \(said); make it with createdb, or name another.")
    case ("53", "53100"):
      self.init(
        .full, "No space is left for \(address); free some, a running worker goes on.")
    case ("25", "25006"):
      self.init(
        .readOnly,
        "\(address) can only be read (\(said)): a standby? Name every host in store.url, and take "
          + "target_session_attrs out of it.")
    case ("55", "55P03"), ("57", "57014"), ("40", _):
      self.init(
        .locked,
        "\(address) is locked by another session for too long (\(said)); see pg_stat_activity for "
          + "what holds it.")
    case ("42", "42P01"), ("42", "42703"), ("42", "42883"), ("3F", _):
      self.init(
        .schemaMismatch,
        "\(address) lacks a table or column (\(said)); start a worker of this version on it, or "
          + "name another database.")
    case ("XX", "XX001"), ("XX", "XX002"):
      self.init(
        .corrupt, "\(address) is damaged (\(said)); stop all workers and restore it from a backup.")
    case ("21", _), ("22", _), ("23", _), ("54", _), ("P0", _), ("RW", _):
      self.init(.refused, "\(address) refuses a row (\(said)); nothing was written.")
    default:
      self.init(.unavailable, "\(address) failed with \(state): \(said)")
    }
  }
}
