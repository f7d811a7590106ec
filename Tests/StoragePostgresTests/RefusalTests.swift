import DatabaseFixture
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StoragePostgres

@Suite("A server that cannot be the store is refused in words")
struct RefusalTests {
  private func expectRefusal(
    of configuration: PostgresStoreConfiguration, creates: Bool = true, _ code: StoreError.Code,
    saying words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) async {
    let error = await #expect(throws: StoreError.self, sourceLocation: sourceLocation) {
      try await PostgresStore.open(configuration, creates: creates)
    }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(
      error?.message.contains(words) == true, "\(error?.message ?? "")",
      sourceLocation: sourceLocation)
  }

  @Test("A wrong password is named, with where to mend it, and is not shown")
  func password() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.password = "wrong-secret"
    await expectRefusal(of: configuration, .denied, saying: "store.password")
    await expectRefusal(of: configuration, .denied, saying: "password authentication failed")
    let error = await #expect(throws: StoreError.self) {
      try await PostgresStore.open(configuration)
    }
    #expect(error?.message.contains("wrong-secret") == false)
    #expect(error?.isRetriable == false)
  }

  @Test("The right password may stand beside the URL")
  func separatePassword() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    let userInfo = try #require(configuration.url.firstMatch(of: /resize:(.*)@/))
    configuration.password = String(userInfo.1)
    configuration.url.replace(userInfo.0, with: "resize@")
    try await PostgresStore.open(configuration).close()
  }

  @Test("A server that is not there is unavailable, which may pass")
  func nobody() async throws {
    let configuration = PostgresStoreConfiguration(url: "postgresql://u:secret@127.0.0.1:1/d")
    await expectRefusal(of: configuration, .unavailable, saying: "postgresql://u@127.0.0.1:1/d")
    let error = await #expect(throws: StoreError.self) {
      try await PostgresStore.open(configuration)
    }
    #expect(error?.isRetriable == true)
  }

  @Test("A database that is not there is named, with how to make it")
  func missingDatabase() async throws {
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url += "-nowhere"
    await expectRefusal(of: configuration, .unavailable, saying: "createdb")
  }

  @Test("Those who only look make no schema")
  func missingSchema() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    await expectRefusal(
      of: configuration, creates: false, .schemaMismatch, saying: configuration.schema)
    try await PostgresStore.open(configuration).close()
    try await PostgresStore.open(configuration, creates: false).close()
  }

  @Test("A schema of a newer program is left to it")
  func newerSchema() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    try await PostgresStore.open(configuration).close()
    try await PrivateDatabase.shared().query(
      "INSERT INTO \"\(configuration.schema)\".migrations VALUES (99, now())")
    await expectRefusal(of: configuration, .schemaMismatch, saying: "newer resize-worker")
  }

  @Test("A server that is too old is refused with the version that it takes")
  func oldServer() throws {
    for version in [90_624, 130_023] {
      let error = #expect(throws: PostgresError.self) {
        try Schema.requireServer(version: version)
      }
      #expect(error?.code == .schemaMismatch)
      #expect(error?.message.contains("14 or later") == true)
    }
    try Schema.requireServer(version: 150_004)
  }

  @Test("A database of another encoding is refused with how to make a right one")
  func encoding() async throws {
    let database = PrivateDatabase.uniqueName("latin")
    try await PrivateDatabase.shared().query(
      "CREATE DATABASE \"\(database)\" ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    var configuration = try await PostgresStoreConfiguration.ofOneTest()
    configuration.url.replace(/resize$/, with: database)
    await expectRefusal(of: configuration, .schemaMismatch, saying: "--encoding=UTF8")
  }

  @Test(
    "An address that cannot be read is refused without showing any of it",
    arguments: [
      "postgresql://u:se@cret@h/d", "postgresql://u:se/cret@h/d", "postgresql://u:se?cret@h/d",
      "postgresql://u:cret:5432", "postgresql://u:%zzcret@h/d", "mysql://u:cret@h/d", "cret",
      "postgresql://h/d?cret=1",
    ])
  func unreadableAddress(url: String) async {
    let error = await #expect(throws: StoreError.self) {
      try await PostgresStore.open(PostgresStoreConfiguration(url: url))
    }
    #expect(error?.message.contains("cret") == false, "\(error?.message ?? "")")
    #expect(!PostgresStoreConfiguration(url: url).address.contains("cret"))
  }

  @Test(
    "Every error of a server has a code and a sentence with its address",
    arguments: [
      ("53100", StoreError.Code.full), ("53300", .unavailable), ("57P01", .unavailable),
      ("57P03", .unavailable), ("25006", .readOnly), ("42501", .denied), ("28P01", .denied),
      ("55P03", .locked), ("57014", .locked), ("40P01", .locked), ("42P01", .schemaMismatch),
      ("XX001", .corrupt), ("23505", .refused), ("22021", .refused), ("54000", .refused),
      ("58030", .unavailable), ("3F000", .schemaMismatch),
    ])
  func mapping(state: String, code: StoreError.Code) {
    let error = StoreError(PostgresError(.server(state), "said so"), at: "postgresql://h/d")
    #expect(error.code == code)
    #expect(error.message.contains("postgresql://h/d"))
  }

  @Test("A record that cannot be read is refused by its name; its neighbours are not")
  func unreadableRecord() async throws {
    let configuration = try await PostgresStoreConfiguration.ofOneTest()
    let store = try await PostgresStore.open(configuration)
    let changes = ChangeSet(
      worker: "w", resizes: [Sample.resize("req-1"), Sample.resize("req-2")])
    #expect(try await store.commit(changes) == .committed)
    try await PrivateDatabase.shared().query(
      """
      UPDATE "\(configuration.schema)".resizes SET record = '{"v":1}' WHERE request_id = 'req-1'
      """)
    let error = await #expect(throws: StoreError.self) {
      try await store.load(FactKeys(requestIds: ["req-1"]))
    }
    #expect(error?.code == .refused)
    #expect(error?.message.contains("req-1") == true)
    #expect(try await store.load(FactKeys(requestIds: ["req-2"])).resizes.count == 1)
    var findings: [LedgerFinding] = []
    let summary = try await LedgerVerification(of: store).run { observation in
      if case .finding(let finding) = observation { findings.append(finding) }
    }
    #expect(findings.map(\.fault) == [.recordUnreadable])
    #expect(findings.map(\.requestId) == ["req-1"])
    #expect(summary.resizes == 2)
    await store.close()
  }
}
