/// One connection with the thread it blocks; connects when it is needed, and again after a failure.
actor Session {
  private let configuration: PostgresStoreConfiguration
  private let address: PostgresAddress
  private let thread: ConnectionThread
  private let pause: ReconnectPause
  private var connection: PostgresConnection?

  init(
    _ configuration: PostgresStoreConfiguration, address: PostgresAddress, pause: ReconnectPause
  ) throws(PostgresError) {
    self.configuration = configuration
    self.address = address
    self.pause = pause
    thread = try ConnectionThread(named: "the database \(address)")
  }

  deinit { thread.end() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Runs calls in one round trip and reads their rows.
  ///
  /// A transaction that the server gave up for another one's sake is run again.
  func run<Value: Sendable>(
    _ calls: [Call], _ read: @Sendable ([Rows]) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    try attempt { connection throws(PostgresError) in try read(try connection.run(calls)) }
  }

  /// Runs a transaction of two round trips: the calls of the second follow from the rows of the first.
  func transact<Value: Sendable>(
    _ calls: [Call], then: @Sendable ([Rows]) throws(PostgresError) -> ([Call], Value)
  ) throws(PostgresError) -> Value {
    try attempt { connection throws(PostgresError) in
      let answers = try connection.run([Statement.begin.call()] + calls)
      let (rest, value): ([Call], Value)
      do throws(PostgresError) {
        (rest, value) = try then(answers)
      } catch {
        _ = try connection.run([Statement.rollback.call()])
        throw error
      }
      _ = try connection.run(rest + [Statement.commit.call()])
      return value
    }
  }

  private func attempt<Value>(
    _ body: (PostgresConnection) throws(PostgresError) -> Value
  ) throws(PostgresError) -> Value {
    var attempt = 1
    while true {
      do throws(PostgresError) {
        return try body(try connected())
      } catch {
        if error.condemnsConnection || connection?.isAlive != true { connection = nil }
        guard error.isRetriable, attempt < configuration.attempts else { throw error }
        attempt += 1
      }
    }
  }

  /// Connects where it is not, and checks the server and its schema first.
  func prepareSchema(creating: Bool) throws(PostgresError) {
    do throws(PostgresError) {
      try Schema(name: configuration.schema).prepare(try connected(), creating: creating)
    } catch {
      connection = nil
      throw error
    }
  }

  func disconnect() { connection = nil }

  private func connected() throws(PostgresError) -> PostgresConnection {
    if let connection, connection.isAlive { return connection }
    connection = nil
    try pause.requireOver()
    do throws(PostgresError) {
      // The server's own time-out comes first, where the server still lives.
      let timeout = configuration.timeoutMilliseconds
      let new = try PostgresConnection(
        address, timeoutMilliseconds: timeout + min(timeout, 5_000))
      try new.execute(sessionSettings)
      pause.end()
      connection = new
      return new
    } catch {
      pause.begin(after: error)
      throw error
    }
  }

  /// - Plans go by index, row by row, as the statements are written for; what the planner would
  ///   think of a table that is still empty must not stay for as long as the statement is prepared.
  /// - A commit has to be on the disk, whatever the server's default; a stricter default stays.
  /// - A statement sees what others have committed before it, and no more is asked of the server: what
  ///   must not change meanwhile is locked or compared.
  /// - A worker that hangs in the middle of a transaction must not hold its locks for ever.
  private var sessionSettings: String {
    """
    SET search_path = \(Schema(name: configuration.schema).quotedName), pg_temp;
    SET statement_timeout = \(configuration.timeoutMilliseconds);
    SET lock_timeout = \(configuration.lockTimeoutMilliseconds);
    SET idle_in_transaction_session_timeout = \(configuration.timeoutMilliseconds);
    SET default_transaction_isolation = 'read committed';
    SET enable_seqscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off;
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local');
    """
  }
}
