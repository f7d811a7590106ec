import Contracts
import GRDB
import Resizing
import Storage
import StorageConformance
import Testing

@testable import StorageSQLite

@Suite("Pages of the outbox in the SQLite file")
struct OutboxPageTests {
  /// One of every destination, with and without what is optional.
  private static let messages: [OutboxMessage] = {
    let destinations: [Destination] = [
      .results, .reply(queue: "mine"), .payments, .commands, .metering, .deadLetters,
    ]
    return destinations.enumerated().map { offset, destination in
      Sample.message(
        "w", Int64(offset + 1), to: destination,
        headers: offset.isMultiple(of: 2) ? [] : [.init("reason", "NoChange"), .init("", "")],
        body: Array(repeating: UInt8(offset), count: offset * 100))
    }
  }()

  @Test("A page reads back as it was written")
  func roundTrip() throws {
    let events = try OutboxPage.decode(OutboxPage.encode(Self.messages[...]))
    #expect(events == Self.messages.map(\.event))
    #expect(try OutboxPage.decode(OutboxPage.encode([])).isEmpty)
  }

  @Test("A page that is cut off or in which any byte is another is damaged")
  func damage() {
    let bytes = OutboxPage.encode(Self.messages[...])
    for length in bytes.indices {
      #expect(throws: PageDamage.self) { try OutboxPage.decode(Array(bytes.prefix(length))) }
    }
    #expect(throws: PageDamage.self) { try OutboxPage.decode(bytes + [0]) }
    for index in bytes.indices {
      for value in [0, 0x7f, 0x80, 0xff] as [UInt8] where value != bytes[index] {
        var changed = bytes
        changed[index] = value
        #expect(throws: PageDamage.self) { try OutboxPage.decode(changed) }
      }
    }
  }

  @Test("A page with one checksum, of its content, is read and checked as ever")
  func checkedByContent() throws {
    // No message, as earlier versions wrote it: the frame's header, a block as it is, the end, the sum.
    let bytes: [UInt8] =
      [2, 0x04, 0x22, 0x4d, 0x18, 0x6c, 0x40, 1, 0, 0, 0, 0, 0, 0, 0, 0x49]
      + [1, 0, 0, 0x80, 0, 0, 0, 0, 0, 0x3e, 0xb0, 0x65, 0xcf]
    #expect(try OutboxPage.decode(bytes).isEmpty)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x10
      #expect(throws: PageDamage.self) { try OutboxPage.decode(changed) }
    }
  }

  @Test("A page takes a tenth of its messages, which differ by ids and amounts")
  func compression() {
    let messages = (1...256).map {
      Sample.message("w", $0, body: Array(#"{"specversion":"1.0","id":"\#($0)","a":"same"}"#.utf8))
    }
    let plain = OutboxPage.encodePlain(messages[...])
    #expect(OutboxPage.encode(messages[...]).count < plain.count / 10)
  }

  @Test("A frame that says that it holds more than it can is refused before memory is asked for")
  func bomb() {
    // Magic number, flags (content size and checksum), blocks of 64 KiB, 2^40 bytes, header checksum.
    let header: [UInt8] = [2, 0x04, 0x22, 0x4d, 0x18, 0x6c, 0x40, 0, 0, 0, 0, 0, 1, 0, 0]
    for checksum in 0...255 {
      #expect(throws: PageDamage.self) { try OutboxPage.decode(header + [UInt8(checksum)]) }
    }
  }

  @Test("No byte that is changed below the checksum breaks the reader of a page")
  func damageWithin() {
    let bytes = OutboxPage.encodePlain(Self.messages[...])
    for length in bytes.indices {
      #expect(throws: PageDamage.self) { try OutboxPage.decodePlain(Array(bytes.prefix(length))) }
    }
    for index in bytes.indices {
      for value in [0, 0x7f, 0x80, 0xff] as [UInt8] {
        var changed = bytes
        changed[index] = value
        _ = try? OutboxPage.decodePlain(changed)
      }
    }
  }

  @Test("Messages of one commit are one page, from wherever they are confirmed until all are")
  func lifetime() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let messages = (1...300).map {
        Sample.message("w", $0, to: $0.isMultiple(of: 3) ? .payments : .results)
      }
      #expect(try await store.commit(ChangeSet(worker: "w", outbox: messages)) == .committed)
      for (confirmed, left) in [
        ([7...7, 3...4, 290...400], (286, 95)), ([1...289], (0, 0)),
      ] as [([ClosedRange<Int64>], (Int, Int))] {
        let changes = ChangeSet(worker: "w", confirmed: confirmed)
        #expect(try await store.commit(changes) == .committed)
        let statistics = try await store.statistics(now: Sample.noon)
        #expect(statistics.outboxRows == left.0)
        #expect(statistics.outboxPayments == left.1)
        let pages = try await store.read { db in
          try Int.fetchAll(
            db,
            sql: "SELECT (SELECT count(*) FROM outbox) UNION ALL SELECT count(*) FROM outbox_pages")
        }
        #expect(pages == (left.0 > 0 ? [1, 1] : [0, 0]))
      }
      await store.close()
    }
  }

  @Test(
    "A row whose key is damaged is kept and named; neither its neighbours nor its owner stand still",
    arguments: [
      "UPDATE outbox SET last_sequence = x'303030' WHERE last_sequence = 43",
      "UPDATE outbox SET last_sequence = CAST(x'80ff' AS TEXT) WHERE last_sequence = 43",
      "UPDATE outbox SET last_sequence = 43.5 WHERE last_sequence = 43",
      "UPDATE outbox SET owner = CAST(owner AS BLOB) WHERE last_sequence = 43",
      "UPDATE outbox SET owner = CAST(x'e76f6e65' AS TEXT) WHERE last_sequence = 43",
    ])
  func damagedKey(damage: String) async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      for sequences in [31...33, 41...43, 51...53] as [ClosedRange<Int64>] {
        let messages = sequences.map { Sample.message("gone", $0) }
        #expect(
          try await store.commit(ChangeSet(worker: "gone", outbox: messages)) == .committed)
      }
      try await store.transact { db in .commit(try db.execute(sql: damage)) }
      // Its owner, were it alive, would look for what is confirmed.
      let confirmed = ChangeSet(worker: "gone", confirmed: [31...32, 41...43])
      #expect(try await store.commit(confirmed) == .committed)
      let adopted = try await store.adoptOutbox(
        owner: "heir", firstSequence: 1, staleBefore: Sample.noon, limit: 9)
      #expect(adopted.messages.map(\.event.id) == ["gone-33", "gone-51", "gone-52", "gone-53"])
      #expect(adopted.setAside.map(\.firstSequence) == [41])
      #expect(adopted.failure == nil)
      let left = try await store.read { db in
        try Int.fetchAll(
          db,
          sql: """
            SELECT count(*) FROM outbox_set_aside WHERE first_sequence = 41 AND messages IS NOT NULL
            UNION ALL SELECT count(*) FROM outbox WHERE owner <> 'heir'
            UNION ALL SELECT count(*) FROM outbox_pages
            """)
      }
      #expect(left == [1, 0, 1])
      await store.close()
    }
  }

  @Test("What cannot be moved of one owner keeps nobody else's messages back, and is told")
  func immovable() async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      for owner in ["a", "b", "c"] {
        let messages = [Sample.message(owner, 1)]
        #expect(try await store.commit(ChangeSet(worker: owner, outbox: messages)) == .committed)
      }
      try await store.transact { db in
        .commit(
          try db.execute(
            sql: """
              CREATE TRIGGER broken BEFORE DELETE ON outbox WHEN OLD.owner = 'b'
              BEGIN SELECT raise(ABORT, 'as a damaged page would'); END
              """))
      }
      let adopted = try await store.adoptOutbox(
        owner: "heir", firstSequence: 1, staleBefore: Sample.noon, limit: 9)
      #expect(adopted.messages.map(\.event.id) == ["a-1", "c-1"])
      #expect(adopted.failure?.message.contains("as a damaged page would") == true)
      await #expect(throws: StoreError.self) {
        try await store.adoptOutbox(
          owner: "heir", firstSequence: 9, staleBefore: Sample.noon, limit: 9)
      }
      await store.close()
    }
  }

  @Test(
    "A damaged page is kept with what is left of it, and named by its owner and its first sequence",
    arguments: [
      ("UPDATE outbox_pages SET messages = x'0105'", "x'0105'"),
      ("UPDATE outbox SET unconfirmed = x'0f'", "messages"),
      ("UPDATE outbox SET unconfirmed = x'05'", "messages"),
      ("UPDATE outbox SET payments = x'00'", "messages"),
      ("DELETE FROM outbox_pages", "NULL"),
      ("UPDATE outbox SET unconfirmed = x''", "messages"),
      ("UPDATE outbox SET payments = x'ffff'", "messages"),
    ])
  func kept(damage: String, messages: String) async throws {
    try await TemporaryFolder.with { folder in
      let store = try SQLiteStore(SQLiteStoreConfiguration(path: folder.path("store.db")))
      let changes = ChangeSet(
        worker: "w", outbox: (41...43).map { Sample.message("gone", $0) })
      #expect(try await store.commit(changes) == .committed)
      try await store.transact { db in .commit(try db.execute(sql: damage)) }
      let adopted = try await store.adoptOutbox(
        owner: "heir", firstSequence: 1, staleBefore: Sample.noon, limit: 9)
      #expect(adopted.messages.isEmpty)
      #expect(adopted.setAside.first?.description.contains("gone with messages 41 to 43") == true)
      let left = try await store.read { db in
        try Int.fetchAll(
          db,
          sql: """
            SELECT count(*) FROM outbox_set_aside
            WHERE owner = 'gone' AND first_sequence = 41 AND messages IS \(messages)
            UNION ALL SELECT count(*) FROM outbox UNION ALL SELECT count(*) FROM outbox_pages
            """)
      }
      #expect(left == [1, 0, 0])
      await store.close()
    }
  }
}
