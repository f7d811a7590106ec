/// The tables of an installation and how they came to be: migrations only ever get longer.
///
/// The table `migrations` has a row for each that was done. They run in one transaction under an
/// advisory lock of the schema's name, so any number of workers may start at once. An account that may
/// not create anything works with a schema that is up to date.
struct Schema {
  static let migrations = [migration0001, migration0002]

  /// Older servers have no multiranges, and are no longer kept in repair by their authors.
  static let oldestServerVersion = 140_000

  private static let migrationTimeoutMilliseconds = 3_600_000

  let name: String

  /// As an identifier of SQL.
  var quotedName: String { name.asIdentifier }

  /// Checks the server, and does what migrations are missing.
  func prepare(_ connection: PostgresConnection, creating: Bool) throws(PostgresError) {
    try Self.requireServer(version: connection.serverVersion)
    try requireEncoding(connection)
    // The server would cut it off, and two installations could meet in one schema.
    guard (1...63).contains(name.utf8.count) else {
      throw PostgresError(
        .store(.misconfigured),
        "A schema cannot be called \(quotedName): broker.prefix, which names it, may have 63 bytes."
      )
    }
    let isThere = try exists(connection)
    if isThere, try migrationsDone(connection) == Self.migrations.count { return }
    guard isThere || creating else {
      throw PostgresError(
        .schemaMismatch,
        "there is no schema \(quotedName); set store.url and broker.prefix, or import an inventory to "
          + "make it.")
    }
    try migrate(connection)
  }

  static func requireServer(version: Int) throws(PostgresError) {
    guard version < oldestServerVersion else { return }
    throw PostgresError(
      .schemaMismatch,
      "the server is PostgreSQL \(version / 10_000), which is too old; resize-worker needs "
        + "\(oldestServerVersion / 10_000) or later.")
  }

  private func requireEncoding(_ connection: PostgresConnection) throws(PostgresError) {
    let encoding = connection.parameter("server_encoding") ?? "unknown"
    guard encoding != "UTF8" else { return }
    throw PostgresError(
      .schemaMismatch,
      "the database's encoding is \(encoding); make one with "
        + "createdb --encoding=UTF8 --template=template0.")
  }

  private func migrate(_ connection: PostgresConnection) throws(PostgresError) {
    // Waits for others who do the same for as long as it takes; what is long is the migration, not a lock.
    try connection.execute("BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
    let timeout = connection.timeoutMilliseconds
    connection.timeoutMilliseconds = Self.migrationTimeoutMilliseconds
    defer { connection.timeoutMilliseconds = timeout }
    // What fails here ends with the connection, and so does its transaction.
    _ = try connection.run([Self.lock.call { $0.add("resize-worker " + name) }])
    if try !exists(connection) { try connection.execute("CREATE SCHEMA \(quotedName)") }
    try connection.execute(
      "CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY, done_at timestamptz NOT NULL)"
    )
    let done = try migrationsDone(connection)
    for (offset, migration) in Self.migrations.enumerated().dropFirst(done) {
      try connection.execute(migration)
      _ = try connection.run([Self.note.call { $0.add(Int64(offset + 1)) }])
    }
    try connection.execute("COMMIT")
  }

  private func exists(_ connection: PostgresConnection) throws(PostgresError) -> Bool {
    let rows = try connection.run([Self.lookup.call { $0.add(name) }])
    return rows.first?.first?.flag(at: 0) ?? false
  }

  /// How many migrations were done.
  private func migrationsDone(_ connection: PostgresConnection) throws(PostgresError) -> Int {
    let rows = try connection.run([Self.history.call { $0.add(quotedName + ".migrations") }])
    guard rows.first?.first?.isNull(at: 0) == false else { return 0 }
    let done = Int(try connection.run([Self.count.call()]).first?.first?.integer(at: 0) ?? 0)
    guard done <= Self.migrations.count else {
      throw PostgresError(
        .schemaMismatch,
        "schema \(quotedName) is at \(done), this program knows \(Self.migrations.count); it was "
          + "opened by a newer resize-worker: use that one or another schema.")
    }
    return done
  }

  private static let lock = Statement(
    "schema_lock", "SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))")
  private static let lookup = Statement(
    "schema_lookup", "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1::text)")
  private static let history = Statement(
    "schema_history", "SELECT to_regclass($1::text)::text")
  private static let count = Statement("schema_count", "SELECT max(number) FROM migrations")
  private static let note = Statement(
    "schema_note", "INSERT INTO migrations (number, done_at) VALUES ($1::int8, now())")
}
