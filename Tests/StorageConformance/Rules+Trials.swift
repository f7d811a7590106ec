import Storage
import Testing

extension ConformanceRule {
  static let trials = [
    ConformanceRule("a message's trials count the workers that began with it and did not end") {
      store async throws in
      #expect(try await store.beginTrial(of: "m-1", by: "w#1") == 1)
      #expect(try await store.beginTrial(of: "m-1", by: "w#1") == 1)
      #expect(try await store.beginTrial(of: "m-1", by: "w#2") == 2)
      #expect(try await store.beginTrial(of: "m-2", by: "w#2") == 1)
      #expect(try await store.beginTrial(of: "m-1", by: "w#3") == 3)
    },
    ConformanceRule("a commit ends the trials of the messages that it settles, whoever began") {
      store async throws in
      for worker in ["w#1", "w#2"] {
        _ = try await store.beginTrial(of: "m-1", by: worker)
        _ = try await store.beginTrial(of: "m-2", by: worker)
      }
      let outcome = try await store.commit(ChangeSet(worker: "w#2", trials: ["m-1", "unheard of"]))
      #expect(outcome == .committed)
      #expect(try await store.beginTrial(of: "m-1", by: "w#3") == 1)
      #expect(try await store.beginTrial(of: "m-2", by: "w#3") == 3)
    },
    ConformanceRule("whatever a message is called, its trials are counted and ended") {
      store async throws in
      for name in ["", "a\0b", "\0", "'\"\\ \u{FFFD}🐘", String(repeating: "x", count: 300)] {
        #expect(try await store.beginTrial(of: name, by: "w#1") == 1)
        #expect(try await store.beginTrial(of: name, by: "w#2") == 2)
        #expect(try await store.commit(ChangeSet(worker: "w#2", trials: [name])) == .committed)
        #expect(try await store.beginTrial(of: name, by: "w#3") == 1)
      }
    },
    ConformanceRule("a commit that comes to nothing ends no trial") { store async throws in
      _ = try await store.commit(ChangeSet(worker: "w", resizes: [Sample.resize("r")]))
      _ = try await store.beginTrial(of: "m-1", by: "w#1")
      let outcome = try await store.commit(
        ChangeSet(worker: "w#1", resizes: [Sample.resize("r")], trials: ["m-1"]))
      #expect(outcome == .conflict(requestIds: ["r"], instanceIds: []))
      #expect(try await store.beginTrial(of: "m-1", by: "w#2") == 2)
    },
    ConformanceRule("who retires has ended in order: none of its trials counts") {
      store async throws in
      _ = try await store.beginTrial(of: "m-1", by: "w#1")
      _ = try await store.beginTrial(of: "m-1", by: "w#2")
      _ = try await store.beginTrial(of: "m-2", by: "w#1")
      try await store.retire(worker: "w#1")
      #expect(try await store.beginTrial(of: "m-1", by: "w#3") == 2)
      #expect(try await store.beginTrial(of: "m-2", by: "w#3") == 1)
    },
  ]
}
