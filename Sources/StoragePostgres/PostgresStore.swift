import Storage

/// The store of more than one machine: a PostgreSQL server that any number of workers share.
///
/// A load is one statement and a commit one transaction, each sent as one pipeline: one round trip,
/// however many rows. When a commit returns, the server has it on its disk. Calls run to their end
/// even if their task is canceled. A call whose connection breaks throws `unavailable`; whether it was
/// done is not known then. The next call connects again, to a server that can be written.
public final class PostgresStore: Store {
  let address: PostgresAddress
  private let pool: SessionPool
  /// One session, for what people look at: however many look, they keep no session from the worker.
  private let views: SessionPool

  /// Connects, and makes schema and tables where they are missing, or brings them up to date.
  /// - Parameter creates: Whether a missing schema is made; those who only look do not want that, and
  ///   only they get a server that cannot be written, where the address asks for one.
  /// - Throws: `unavailable` (a standby as well), `denied` (log-in or permissions), or `schemaMismatch`
  ///   (a server that is too old, a schema of a later program, no schema).
  public static func open(
    _ configuration: PostgresStoreConfiguration, creates: Bool = true
  ) async throws(StoreError) -> PostgresStore {
    let store = try PostgresStore(configuration, requiresWriting: creates)
    do throws(StoreError) {
      // Those who only look need no second connection.
      let pool = creates ? store.pool : store.views
      try await store.withSession(of: pool) { session throws(PostgresError) in
        try await session.prepareSchema(creating: creates)
      }
    } catch {
      await store.close()
      throw error
    }
    return store
  }

  /// Deletes the schema and everything in it, for good.
  public static func remove(_ configuration: PostgresStoreConfiguration) async throws(StoreError) {
    let store = try PostgresStore(configuration, requiresWriting: true)
    let name = Schema(name: configuration.schema).quotedName
    let drop = Statement("drop", "DROP SCHEMA IF EXISTS \(name) CASCADE")
    do throws(StoreError) {
      try await store.run([drop.call()])
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  private init(
    _ configuration: PostgresStoreConfiguration, requiresWriting: Bool
  ) throws(StoreError) {
    do throws(PostgresError) {
      let address = try PostgresAddress(
        url: configuration.url, password: configuration.password, requiresWriting: requiresWriting)
      let pause = ReconnectPause()
      var sessions: [Session] = []
      for _ in 0..<max(configuration.connections, 1) {
        sessions.append(try Session(configuration, address: address, pause: pause))
      }
      self.address = address
      pool = SessionPool(sessions)
      views = SessionPool([try Session(configuration, address: address, pause: pause)])
    } catch {
      throw StoreError(error, at: "the database")
    }
  }

  /// Runs calls in one round trip and reads their rows.
  func run<Value: Sendable>(
    _ calls: [Call], _ read: @escaping @Sendable ([Rows]) throws(PostgresError) -> Value
  ) async throws(StoreError) -> Value {
    try await withSession { session throws(PostgresError) in try await session.run(calls, read) }
  }

  func run(_ calls: [Call]) async throws(StoreError) {
    try await run(calls) { _ throws(PostgresError) in () }
  }

  /// Runs calls for people who look, in one round trip, and reads their rows.
  func view<Value: Sendable>(
    _ calls: [Call], _ read: @escaping @Sendable ([Rows]) throws(PostgresError) -> Value
  ) async throws(StoreError) -> Value {
    try await withSession(of: views) { session throws(PostgresError) in
      try await session.run(calls, read)
    }
  }

  func withSession<Value: Sendable>(
    _ body: (Session) async throws(PostgresError) -> Value
  ) async throws(StoreError) -> Value {
    try await withSession(of: pool, body)
  }

  private func withSession<Value: Sendable>(
    of pool: SessionPool, _ body: (Session) async throws(PostgresError) -> Value
  ) async throws(StoreError) -> Value {
    guard let session = await pool.take() else {
      throw StoreError(.unavailable, "The store \(address) is closed.")
    }
    defer { pool.giveBack(session) }
    do throws(PostgresError) {
      return try await body(session)
    } catch {
      throw StoreError(error, at: address.description)
    }
  }

  /// Ends all connections; later calls fail with `unavailable`.
  public func close() async {
    await pool.close()
    await views.close()
  }
}
