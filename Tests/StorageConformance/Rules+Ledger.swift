import Resizing
import Storage
import Testing

extension ConformanceRule {
  static let ledger = [
    ConformanceRule("entries are chained in each account, from commit to commit") {
      store async throws in
      for (request, movement, cents) in [("req-1", "pay_1", 100 as Int64), ("req-2", "pay_2", 7)] {
        try await post(cents, movement, of: request, in: store)
      }
      let page = try await store.ledgerPage(after: nil, limit: 10)
      #expect(page.isLast)
      #expect(
        page.rows.map { "\($0.entry.account) \($0.entry.position) \($0.entry.minorUnits)" } == [
          "cash:tenant-1 USD 1 100", "cash:tenant-1 USD 2 7", "revenue:tenant-1 USD 1 -100",
          "revenue:tenant-1 USD 2 -7",
        ])
      for row in page.rows { #expect(try row.entry.computedHash() == row.entry.hash) }
      for start in [0, 2] {
        #expect(page.rows[start].entry.previousHash == .beforeFirst)
        #expect(page.rows[start + 1].entry.previousHash == page.rows[start].entry.hash)
      }
      #expect(
        page.heads == [
          LedgerHead(
            account: page.rows[0].entry.account, position: 2, balance: 107,
            hash: page.rows[1].entry.hash),
          LedgerHead(
            account: page.rows[2].entry.account, position: 2, balance: -107,
            hash: page.rows[3].entry.hash),
        ])
    },
    ConformanceRule("two entries of a batch in one account follow on each other") {
      store async throws in
      let postings = (1...5).flatMap { entries(3, "pay_\($0)", of: "req-1") }
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1")], postings: postings)
      #expect(try await store.commit(changes) == .committed)
      #expect(try await store.postings(requestId: "req-1") == postings)
      try await requireSoundChains(in: store, count: 10)
    },
    ConformanceRule("an account is kept in one currency") { store async throws in
      var euros = entries(5, "pay_e", of: "req-1")
      for index in euros.indices { euros[index].currency = Sample.currency("EUR") }
      let changes = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1")],
        postings: entries(5, "pay_u", of: "req-1") + euros)
      #expect(try await store.commit(changes) == .committed)
      let heads = try await store.ledgerHeads(after: nil, limit: 10)
      #expect(
        heads.map { "\($0.account) \($0.position) \($0.balance)" } == [
          "cash:tenant-1 EUR 1 5", "cash:tenant-1 USD 1 5", "revenue:tenant-1 EUR 1 -5",
          "revenue:tenant-1 USD 1 -5",
        ])
      #expect(try await store.ledgerHeads(after: nil, limit: 2) == Array(heads[..<2]))
      #expect(try await store.ledgerHeads(after: heads[1].account, limit: 9) == Array(heads[2...]))
      #expect(try await store.ledgerHeads(after: heads[3].account, limit: 9).isEmpty)
    },
    ConformanceRule("nothing is chained by a commit that is refused or in conflict") {
      store async throws in
      try await post(100, "pay_1", of: "req-1", in: store)
      let before = try await store.ledgerPage(after: nil, limit: 10)
      let stale = ChangeSet(
        worker: "w", resizes: [Sample.resize("req-1")],
        postings: entries(1, "pay_2", of: "req-1"))
      guard case .conflict = try await store.commit(stale) else {
        throw StoreError(.refused, "should have been a conflict")
      }
      let again = ChangeSet(worker: "w", postings: entries(100, "pay_1", of: "req-1"))
      await expectFailure(.refused) { _ = try await store.commit(again) }
      #expect(try await store.ledgerPage(after: nil, limit: 10) == before)
      #expect(try await store.ledgerPage(after: nil, limit: .max) == before)
      try await post(1, "pay_3", of: "req-3", in: store)
      try await requireSoundChains(in: store, count: 4)
    },
    ConformanceRule("a balance that 64 bits do not hold is refused") { store async throws in
      try await post(.max, "pay_1", of: "req-1", in: store)
      let more = ChangeSet(worker: "w", postings: entries(1, "pay_2", of: "req-1"))
      await expectFailure(.refused) { _ = try await store.commit(more) }
      try await requireSoundChains(in: store, count: 2)
    },
    ConformanceRule("of many who post to one account at once, each has its place in the chain") {
      store async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for worker in 0..<8 {
          group.addTask {
            for number in 0..<10 {
              let id = "\(worker)-\(number)"
              try await post(1, "pay_\(id)", of: "req-\(id)", in: store)
            }
          }
        }
        try await group.waitForAll()
      }
      try await requireSoundChains(in: store, count: 160)
      let heads = try await store.ledgerHeads(after: nil, limit: 10)
      #expect(heads.map(\.position) == [80, 80])
      #expect(heads.map(\.balance) == [80, -80])
    },
    ConformanceRule("resizes are read in order beside their entries, page by page") {
      store async throws in
      try await post(100, "pay_b", of: "b", in: store)
      #expect(
        try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("a")])) == .committed)
      try await post(7, "pay_c", of: "c", in: store)
      let all = try await store.postedResizes(after: .min, limit: 10)
      #expect(all.map(\.requestId) == ["b", "a", "c"])
      #expect(try all.map { try $0.record.get().requestId } == ["b", "a", "c"])
      #expect(all.map { $0.rows.map(\.entry.minorUnits) } == [[100, -100], [], [7, -7]])
      #expect(all.map(\.number) == all.map(\.number).sorted())
      #expect(try await store.postedResizes(after: .min, limit: 2) == Array(all[..<2]))
      #expect(try await store.postedResizes(after: all[1].number, limit: 2) == [all[2]])
      #expect(try await store.postedResizes(after: all[2].number, limit: 2).isEmpty)
    },
  ]

  /// Commits a resize with a movement, again where somebody else was faster in its accounts.
  private static func post(
    _ cents: Int64, _ movement: String, of requestId: String, in store: any Store
  ) async throws {
    let changes = ChangeSet(
      worker: "w", resizes: [Sample.resize(requestId)],
      postings: entries(cents, movement, of: requestId))
    while true {
      switch try await store.commit(changes) {
      case .committed: return
      case .conflict(let requestIds, _): #expect(requestIds == [requestId])
      }
    }
  }

  private static func entries(
    _ cents: Int64, _ movement: String, of requestId: String
  ) -> [Posting] {
    var postings = Sample.postings(requestId, movement: movement)
    postings[0].minorUnits = cents
    postings[1].minorUnits = -cents
    return postings
  }

  /// Reads the ledger by pages of every size and follows each chain to its head.
  private static func requireSoundChains(in store: any Store, count: Int) async throws {
    for size in [1, 2, 3, 7, 1_000] {
      var place: LedgerPlace?
      var last: LedgerEntry?
      var ends: [LedgerAccount: LedgerEntry] = [:]
      var read = 0
      while true {
        let page = try await store.ledgerPage(after: place, limit: size)
        for row in page.rows {
          let isFirst = last?.account != row.entry.account
          #expect(row.entry.position == (isFirst ? 1 : (last?.position ?? 0) + 1))
          #expect(row.entry.previousHash == (isFirst ? .beforeFirst : last?.hash))
          #expect(try row.entry.computedHash() == row.entry.hash)
          last = row.entry
          ends[row.entry.account] = row.entry
        }
        read += page.rows.count
        if let opened = place?.account { #expect(page.heads.first?.account == opened) }
        if page.isLast { break }
        #expect(page.heads.last?.account == page.rows.last?.entry.account)
        place = page.rows.last.map { LedgerPlace($0) }
      }
      #expect(read == count)
      let heads = try await store.ledgerHeads(after: nil, limit: 1_000)
      #expect(Set(heads.map(\.account)) == Set(ends.keys))
      for head in heads {
        #expect(head.position == ends[head.account]?.position)
        #expect(head.hash == ends[head.account]?.hash)
      }
    }
  }
}
