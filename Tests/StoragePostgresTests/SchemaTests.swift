import DatabaseFixture
import Foundation
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("The PostgreSQL schema")
struct SchemaTests {
  @Test("Ledger, timeline and what operators did cannot be changed, whoever asks")
  func appendOnly() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    let changes = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1")], timeline: [Sample.entry()],
      postings: Sample.postings())
    #expect(try await store.commit(changes) == .committed)
    await store.close()
    let shell = try Shell(configuration)
    for table in ["ledger", "timeline", "operator_actions"] {
      let column = table == "ledger" ? "posted_at" : "at"
      for statement in [
        "UPDATE \(table) SET \(column) = 0", "DELETE FROM \(table)", "TRUNCATE \(table)",
      ] {
        let error = #expect(throws: PostgresError.self) { try shell.run(statement) }
        #expect(error?.message.contains("append-only") == true, "\(statement)")
      }
    }
    for statement in [
      "UPDATE ledger_heads SET balance = 0", "UPDATE ledger_heads SET position = position - 1",
      "UPDATE ledger_heads SET position = 9, account = 'x'", "DELETE FROM ledger_heads",
      "TRUNCATE ledger_heads",
    ] {
      let error = #expect(throws: PostgresError.self) { try shell.run(statement) }
      #expect(error?.state == "RW002", "\(statement)")
    }
    #expect(try shell.texts("SELECT count(*)::text FROM ledger") == ["2"])
  }

  /// Makes the tables, and an account with no more than the grants; answers both ways to log in.
  private func installation(
    grantedTo account: String
  ) async throws -> (owner: PostgresStoreConfiguration, granted: PostgresStoreConfiguration) {
    let owner = try await PostgresStoreConfiguration.ofOneTest()
    try await PostgresStore.open(owner).close()
    let server = try await PrivateDatabase.shared()
    try await server.query("CREATE ROLE \"\(account)\" LOGIN PASSWORD 'public'")
    try await server.apply(
      "ops/database/grants.sql", ["schema": owner.schema, "account": account])
    var granted = owner
    granted.url.replace(/\/\/resize:.*@/, with: "//\(account):public@")
    return (owner, granted)
  }

  @Test("An account with no more than the grants of ops/database/grants.sql can do a worker's work")
  func grants() async throws {
    let account = PrivateDatabase.uniqueName("account")
    let (owner, configuration) = try await installation(grantedTo: account)
    try await PrivateDatabase.shared().query(
      "REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA \"\(owner.schema)\" FROM PUBLIC")
    let store = try await PostgresStore.open(configuration)
    #expect(try await store.examination().missingPermissions.isEmpty)
    let changes = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1", dueAt: Sample.noon)],
      instances: [Sample.instance("i-1")], timeline: [Sample.entry()], postings: Sample.postings(),
      outbox: [Sample.message("w", 1), Sample.message("w", 2)], confirmed: [2...2])
    #expect(try await store.commit(changes) == .committed)
    let next = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1", dueAt: Sample.noon, version: 1)],
      locks: [InstanceLock(instanceId: "i-1", liveResize: nil, version: 1)], confirmed: [1...1])
    #expect(try await store.commit(next) == .committed)
    #expect(try await store.claimDueTimers(now: Sample.noon, limit: 1, lease: 1) == ["req-1"])
    try await store.heartbeat(
      WorkerHeartbeat(worker: "w", startedAt: Sample.noon, beatAt: Sample.noon))
    _ = try await store.adoptOutbox(
      owner: "h", firstSequence: 1, staleBefore: Sample.noon.adding(milliseconds: 1), limit: 9)
    try await store.retire(worker: "w")
    try await store.set(.intake, to: SwitchPosition(isPaused: true))
    _ = try await store.exchange(BreakerState(phase: .open))
    _ = try await store.switches()
    try await store.record([
      OperatorAction(at: Sample.noon, by: "ann", action: "replayed", requestId: "req-1")
    ])
    _ = try await store.statistics(now: Sample.noon)
    await store.close()

    let shell = try Shell(configuration)
    for statement in ["UPDATE ledger SET resize = 0", "DELETE FROM timeline", "DROP TABLE ledger"] {
      let error = #expect(throws: PostgresError.self) { try shell.run(statement) }
      #expect(error?.state == "42501", "\(statement)")
    }
  }

  @Test("What an account lacks is named")
  func missingGrants() async throws {
    let account = PrivateDatabase.uniqueName("account")
    let (owner, configuration) = try await installation(grantedTo: account)
    let server = try await PrivateDatabase.shared()
    try await server.query("REVOKE INSERT ON \"\(owner.schema)\".ledger FROM \"\(account)\"")
    let store = try await PostgresStore.open(configuration)
    #expect(try await store.examination().missingPermissions == ["INSERT on ledger"])
    await expectFailure(.denied) {
      _ = try await store.commit(
        ChangeSet(worker: "w", resizes: [Sample.resize()], postings: Sample.postings()))
    }
    try await server.query(
      "REVOKE INSERT ON ALL TABLES IN SCHEMA \"\(owner.schema)\" FROM \"\(account)\"")
    let tables = try Shell(owner).texts(
      """
      SELECT tablename::text FROM pg_tables
      WHERE schemaname = current_schema AND tablename <> 'migrations'
      """)
    let missing = try await store.examination().missingPermissions
    #expect(missing.sorted() == tables.map { "INSERT on \($0)" }.sorted())
    await store.close()
  }

  @Test("Functions that an account may not run are named")
  func missingFunctions() async throws {
    let account = PrivateDatabase.uniqueName("account")
    let (owner, configuration) = try await installation(grantedTo: account)
    let server = try await PrivateDatabase.shared()
    try await server.query(
      """
      REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA "\(owner.schema)" FROM PUBLIC, "\(account)"
      """)
    let store = try await PostgresStore.open(configuration)
    let missing = try await store.examination().missingPermissions
    // Triggers run theirs whoever fires them.
    let called = try Shell(owner).texts(
      """
      SELECT proname::text FROM pg_proc
      WHERE pronamespace = current_schema::regnamespace AND prorettype <> 'trigger'::regtype
      """)
    #expect(missing.sorted() == called.map { "EXECUTE on \($0)" }.sorted())
    await store.close()
  }

  @Test("A commit is written through to the disk, whatever the account's default")
  func durability() async throws {
    let server = try await PrivateDatabase.shared()
    let account = PrivateDatabase.uniqueName("hasty")
    try await server.query(
      """
      CREATE ROLE "\(account)" SUPERUSER LOGIN PASSWORD 'public';
      ALTER ROLE "\(account)" SET synchronous_commit = off
      """)
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url.replace(/\/\/resize:.*@/, with: "//\(account):public@")
    let store = try await PostgresStore.open(configuration)
    let setting = Statement("durability", "SELECT current_setting('synchronous_commit')")
    #expect(try await store.run([setting.call()]) { $0[0].map { $0.text(at: 0) } } == ["on"])
    await store.close()
  }

  @Test("A transaction sees what others have committed meanwhile, whatever the account's default")
  func isolation() async throws {
    let server = try await PrivateDatabase.shared()
    let account = PrivateDatabase.uniqueName("strict")
    try await server.query(
      """
      CREATE ROLE "\(account)" SUPERUSER LOGIN PASSWORD 'public';
      ALTER ROLE "\(account)" SET default_transaction_isolation = 'serializable'
      """)
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url.replace(/\/\/resize:.*@/, with: "//\(account):public@")
    let store = try await PostgresStore.open(configuration)
    let setting = Statement("isolation", "SELECT current_setting('transaction_isolation')")
    let answer = try await store.run([setting.call()]) { $0[0].map { $0.text(at: 0) } }
    #expect(answer == ["read committed"])
    await store.close()
  }

  @Test("Operators find each payment and refund as the resize has it")
  func payments() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    var resize = Sample.resize("req-1", state: .awaitingPayment)
    #expect(try await store.commit(ChangeSet(worker: "w", resizes: [resize])) == .committed)
    resize = Sample.resize("req-1", state: .compensating, version: 1)
    resize.payment?.state = .succeeded
    resize.payment?.attempt = 3
    #expect(try await store.commit(ChangeSet(worker: "w", resizes: [resize])) == .committed)
    await store.close()
    let rows = try Shell(configuration).texts(
      """
      SELECT concat_ws(' ', id, purpose, payments.state, minor_units, currency, attempt)
      FROM payments JOIN resizes ON resizes.number = payments.resize
      WHERE request_id = 'req-1' ORDER BY id
      """)
    #expect(
      rows == [
        "pay_req-1 charge succeeded 19766 USD 3", "ref_req-1 compensation requested 19766 USD 1",
      ])
  }

  @Test("A record with what PostgreSQL's texts cannot hold keeps no payment from operators")
  func paymentsWithNUL() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    var odd = Sample.resize("req-2")
    odd.context = RequestContext(replyTo: "\u{0}\u{0}a\\u0000\\\u{0}")
    odd.payment?.id = "pay\\u0000\\\u{0}."
    let changes = ChangeSet(worker: "w", resizes: [Sample.resize("req-1"), odd])
    #expect(try await store.commit(changes) == .committed)
    #expect(
      try await store.load(FactKeys(requestIds: ["req-2"])).resizes["req-2"]?.payment == odd.payment
    )
    await store.close()
    let ids = try Shell(configuration).texts("SELECT id FROM payments ORDER BY resize")
    #expect(ids == ["pay_req-1", "pay\\u0000\\\u{FFFD}."])
  }

  @Test("A text with what PostgreSQL cannot hold is refused, and the next commit goes through")
  func nulCharacter() async throws {
    let store = try await PostgresStore.open(.ofOneTest())
    await expectFailure(.refused) {
      _ = try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("req\u{0}1")]))
    }
    let told = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1")],
      timeline: [Sample.entry("req-1", detail: "what\u{0}they said")],
      outbox: [Sample.message("w", 1, headers: [.init("reason", "a\u{0}b")], body: [0, 1])])
    #expect(try await store.commit(told) == .committed)
    let rows = try await store.timeline(requestId: "req-1")
    #expect(rows.map(\.entry.detail) == ["what\u{FFFD}they said"])
    await store.close()
  }
}
