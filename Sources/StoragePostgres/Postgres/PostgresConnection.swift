import CLibPQ
import Glibc

/// One connection of libpq: blocks the thread that calls it, for no longer than its time-out.
///
/// Not to be used from two threads at once.
final class PostgresConnection {
  let address: PostgresAddress
  /// How long the answer to a call is waited for.
  var timeoutMilliseconds: Int
  private let pointer: OpaquePointer
  private(set) var prepared: Set<String> = []

  /// Connects and logs in.
  init(_ address: PostgresAddress, timeoutMilliseconds: Int) throws(PostgresError) {
    self.address = address
    self.timeoutMilliseconds = timeoutMilliseconds
    let names = address.keywords.map { strdup($0.name) } + [nil]
    let values = address.keywords.map { strdup($0.value) } + [nil]
    defer { for text in names + values { free(text) } }
    let connection = PQconnectdbParams(
      names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
    guard let connection else {
      throw PostgresError(.outOfResources, "No memory for a connection to \(address).")
    }
    pointer = connection
    guard PQstatus(pointer) == CONNECTION_OK else {
      throw PostgresError(failedLogin: said, at: address)
    }
    // Notices, such as of a schema that exists already, would go to the process's standard error.
    _ = PQsetNoticeReceiver(pointer, { _, _ in }, nil)
    PQsetnonblocking(pointer, 1)
  }

  deinit { PQfinish(pointer) }

  /// Such as 150004 for 15.4.
  var serverVersion: Int { Int(PQserverVersion(pointer)) }

  func parameter(_ name: String) -> String? {
    PQparameterStatus(pointer, name).map { String(cString: $0) }
  }

  /// Whether the connection can still be used, without asking the server.
  ///
  /// All that an idle one has to say is that it ends, or that a setting has changed: rather a new
  /// connection than a call that fails.
  var isAlive: Bool {
    var poll = pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
    return PQstatus(pointer) == CONNECTION_OK && PQtransactionStatus(pointer) == PQTRANS_IDLE
      && Glibc.poll(&poll, 1, 0) == 0
  }

  /// Runs SQL text of any number of statements, without parameters or rows.
  func execute(_ sql: String) throws(PostgresError) {
    guard PQsendQuery(pointer, sql) == 1 else { throw lost }
    let deadline = Deadline(milliseconds: timeoutMilliseconds)
    try flush(until: deadline)
    var failure: PostgresError?
    while let result = try next(until: deadline) {
      defer { PQclear(result) }
      failure = failure ?? error(of: result)
    }
    if let failure { throw failure }
  }

  /// Sends all calls at once and waits for all answers: one round trip, however many they are.
  ///
  /// The first that fails keeps the rest from being run; a transaction that was begun is rolled back
  /// then.
  /// - Returns: The rows of each call.
  func run(_ calls: [Call]) throws(PostgresError) -> [Rows] {
    do {
      return try pipeline(calls)
    } catch {
      // A second round trip, but only after a failure.
      if PQtransactionStatus(pointer) == PQTRANS_INERROR {
        _ = try pipeline([Statement.rollback.call()])
      }
      throw error
    }
  }

  private func pipeline(_ calls: [Call]) throws(PostgresError) -> [Rows] {
    guard PQenterPipelineMode(pointer) == 1 else { throw lost }
    var known = prepared
    var preparing: [Bool] = []
    for call in calls {
      let isNew = known.insert(call.statement.name).inserted
      try send(call, preparing: isNew)
      preparing.append(isNew)
    }
    guard PQpipelineSync(pointer) == 1 else { throw lost }
    let deadline = Deadline(milliseconds: timeoutMilliseconds)
    try flush(until: deadline)
    var failure: PostgresError?
    var answers: [Rows] = []
    for (call, isPreparing) in zip(calls, preparing) {
      if isPreparing, try answer(until: deadline, &failure) != nil {
        prepared.insert(call.statement.name)
      }
      if let rows = try answer(until: deadline, &failure) { answers.append(rows) }
    }
    guard let end = try next(until: deadline) else { throw unexpected }
    defer { PQclear(end) }
    guard PQresultStatus(end) == PGRES_PIPELINE_SYNC, PQexitPipelineMode(pointer) == 1 else {
      throw unexpected
    }
    if let failure { throw failure }
    return answers
  }

  private func send(_ call: Call, preparing isNew: Bool) throws(PostgresError) {
    let statement = call.statement
    guard call.parameters.bytes.count < Int32.max else {
      throw PostgresError(.server("54000"), "More than 2 GiB in one statement.")
    }
    if isNew {
      guard PQsendPrepare(pointer, statement.name, statement.sql, 0, nil) == 1 else { throw lost }
    }
    let isSent = call.parameters.withPointers { values, lengths, formats in
      PQsendQueryPrepared(
        pointer, statement.name, Int32(lengths.count), values, lengths, formats, 1) == 1
    }
    guard isSent else { throw lost }
  }

  /// The answer to one command of a pipeline; nil where it or one before it failed.
  private func answer(
    until deadline: Deadline, _ failure: inout PostgresError?
  ) throws(PostgresError) -> Rows? {
    guard let result = try next(until: deadline) else { throw unexpected }
    let rows = Rows(owning: result)
    let error = error(of: result)
    if let error, PQresultStatus(result) != PGRES_PIPELINE_ABORTED { failure = failure ?? error }
    guard PQstatus(pointer) == CONNECTION_OK else { throw failure ?? lost }
    guard try next(until: deadline) == nil else { throw unexpected }
    return error == nil ? rows : nil
  }

  private func error(of result: OpaquePointer) -> PostgresError? {
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY, PGRES_PIPELINE_SYNC: nil
    default: PostgresError(result: result, connectionIsLost: PQstatus(pointer) != CONNECTION_OK)
    }
  }
}

// Waiting.
extension PostgresConnection {
  /// The next result; nil after the last one of a command.
  private func next(until deadline: Deadline) throws(PostgresError) -> OpaquePointer? {
    while PQisBusy(pointer) == 1 {
      let isUnsent = PQflush(pointer) == 1
      try wait(for: isUnsent ? POLLIN | POLLOUT : POLLIN, until: deadline)
      guard PQconsumeInput(pointer) == 1 else { throw lost }
    }
    return PQgetResult(pointer)
  }

  /// Sends what is to be sent, and takes in what comes meanwhile: a server whose answers nobody reads
  /// stops reading, too.
  private func flush(until deadline: Deadline) throws(PostgresError) {
    while true {
      let status = PQflush(pointer)
      if status == 0 { return }
      guard status == 1 else { throw lost }
      try wait(for: POLLIN | POLLOUT, until: deadline)
      guard PQconsumeInput(pointer) == 1 else { throw lost }
    }
  }

  private func wait(for events: Int32, until deadline: Deadline) throws(PostgresError) {
    var poll = pollfd(fd: PQsocket(pointer), events: Int16(events), revents: 0)
    while true {
      let count = Glibc.poll(&poll, 1, deadline.millisecondsLeft)
      if count > 0 { return }
      if count < 0 && errno == EINTR { continue }
      throw PostgresError(
        .timedOut, "The database \(address) has not answered for \(timeoutMilliseconds) ms.")
    }
  }

  /// What libpq says of its last failure.
  private var said: String { String(cString: PQerrorMessage(pointer)).onOneLine }

  private var lost: PostgresError {
    PostgresError(.connectionLost, "The connection to \(address) is lost: \(said)")
  }

  private var unexpected: PostgresError {
    PQstatus(pointer) == CONNECTION_OK
      ? PostgresError(.unexpectedAnswer, "\(address) answered out of turn: \(said)") : lost
  }
}

/// A point of the monotonic clock.
private struct Deadline {
  private let at: Int

  init(milliseconds: Int) { at = Self.now + milliseconds }

  /// For `poll`; 0 when it has passed.
  var millisecondsLeft: Int32 { Int32(clamping: max(at - Self.now, 0)) }

  private static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
  }
}

extension Parameters {
  /// The values as libpq takes them.
  fileprivate func withPointers<Value>(
    _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Value
  ) -> Value {
    bytes.withUnsafeBytes { buffer in
      let values = places.map { place in
        place.flatMap { place in
          buffer.baseAddress.map { ($0 + place.lowerBound).assumingMemoryBound(to: CChar.self) }
        }
      }
      return body(
        values, places.map { Int32($0?.count ?? 0) }, Array(repeating: 1, count: places.count))
    }
  }
}
