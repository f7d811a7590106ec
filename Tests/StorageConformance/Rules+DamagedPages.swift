import Resizing
import Storage
import Testing

extension SharingRule {
  static let damagedPages =
    OutboxDamage.Kind.allCases.map { kind in
      SharingRule("a page that is damaged (\(kind)) is kept and named, and those around it go out")
      {
        database async throws in
        let store = try await database.open()
        for sequences in [1...3, 11...13, 21...23] as [ClosedRange<Int64>] {
          let changes = ChangeSet(
            worker: "gone", outbox: sequences.map { Sample.message("gone", $0) })
          #expect(try await store.commit(changes) == .committed)
        }
        try await put("other", 1...2, to: store)
        try await database.damage(OutboxDamage(owner: "gone", lastSequence: 13, kind: kind))

        let adopted = try await adopt(from: store, firstSequence: 70)
        #expect(
          adopted.messages.map(\.event.id).sorted()
            == [
              "gone-1", "gone-2", "gone-21", "gone-22", "gone-23", "gone-3", "other-1", "other-2",
            ])
        #expect(adopted.messages.map(\.sequence) == Array(70...77))
        let page = try #require(adopted.setAside.first)
        #expect(adopted.setAside.count == 1)
        #expect(page.owner == "gone")
        #expect(page.lastSequence == 13)
        #expect(page.createdAt == Sample.noon)
        #expect(kind.words.map(page.reason.contains) != false, "\(page.reason)")
        #expect(page.reason.count > 10)
        #expect(page.description.contains("gone"))

        #expect(try await adopt(from: store, firstSequence: 90) == AdoptedOutbox())
        let statistics = try await store.statistics(now: Sample.noon)
        #expect(statistics.setAsidePages == [page])
        #expect(statistics.outboxRows == 8)
        #expect(statistics.workers.isEmpty)
        await store.close()
      }
    } + [
      SharingRule("an outbox of nothing but damaged pages holds up nobody") {
        database async throws in
        let store = try await database.open()
        for sequence in 1...3 as ClosedRange<Int64> {
          try await put("gone", sequence...sequence, to: store)
          try await database.damage(
            OutboxDamage(owner: "gone", lastSequence: sequence, kind: .noPage))
        }
        try await put("other", 1...1, to: store)
        var (messages, setAside): ([OutboxMessage], Int) = ([], 0)
        // A worker asks again after every adoption that brought it something.
        while true {
          let adopted = try await adopt(from: store, firstSequence: 70, limit: 1)
          if adopted == AdoptedOutbox() { break }
          messages += adopted.messages
          setAside += adopted.setAside.count
        }
        #expect(messages.map(\.event.id) == ["other-1"])
        #expect(setAside == 3)
        #expect(try await store.statistics(now: Sample.noon).setAsidePages.count == 3)
        await store.close()
      },
      SharingRule("a worker whose own page is damaged goes on committing") {
        database async throws in
        let store = try await database.open()
        for kind in OutboxDamage.Kind.allCases {
          let owner = "w-\(kind)"
          try await put(owner, 1...3, to: store)
          try await database.damage(OutboxDamage(owner: owner, lastSequence: 3, kind: kind))
          try await put(owner, 4...4, to: store)
          let changes = ChangeSet(worker: owner, confirmed: [1...4])
          #expect(try await store.commit(changes) == .committed)
          #expect(try await store.statistics(now: Sample.noon).outboxRows == 0)
        }
        await store.close()
      },
    ]

  private static func put(
    _ owner: String, _ sequences: ClosedRange<Int64>, to store: any Store
  ) async throws {
    let changes = ChangeSet(worker: owner, outbox: sequences.map { Sample.message(owner, $0) })
    #expect(try await store.commit(changes) == .committed)
  }

  private static func adopt(
    from store: any Store, firstSequence: Int64, limit: Int = 100
  ) async throws -> AdoptedOutbox {
    try await store.adoptOutbox(
      owner: "heir", firstSequence: firstSequence, staleBefore: Sample.noon, limit: limit)
  }
}
