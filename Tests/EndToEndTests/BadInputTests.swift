import Testing

extension EndToEnd {
  @Suite("Bad input over the wire")
  struct BadInputTests {
    @Test(
      "each is dead-lettered with reason, source and bytes, answered if it can be; none stops it")
    func table() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      let all = BadMessage.all
      let good = all.indices.map {
        Message.request("good-\($0)", "ins-1", more: #", "dryRun": true"#)
      }
      try await site.send(zip(all.map(\.message), good).flatMap { [$0, $1] })
      try await witness.until("\(all.count) dead letters and as many quotes") { seen in
        seen.count { $0.exchange == site.names.deadLetters } >= all.count
          && seen.count { $0.status == "quoted" } >= good.count
      }
      for bad in all { try check(bad, site, witness) }
      #expect(witness.deadLetters.count == all.count)
      for index in good.indices { #expect(witness.statuses(of: "good-\(index)") == ["quoted"]) }
      #expect(try site.count("SELECT count(*) FROM resizes") == good.count)
      #expect(try site.count("SELECT count(*) FROM ledger") == 0)
      #expect(worker.isRunning)
      await stop(worker)
      try await #require(site.outboxIsEmpty())
    }

    private func check(_ bad: BadMessage, _ site: Site, _ witness: Witness) throws {
      let letters = witness.deadLetters.filter { $0.properties.messageID == bad.name }
      let letter = try #require(letters.first, "\(bad.name) is no dead letter")
      #expect(letters.count == 1, "\(bad.name)")
      #expect(letter.header("x-reason-code") == bad.code, "\(bad.name)")
      let reason = letter.header("x-reason") ?? ""
      #expect(bad.says.isEmpty || reason.contains(bad.says), "\(bad.name): \(reason)")
      #expect(reason.utf8.allSatisfy { $0 >= 0x20 }, "\(bad.name)")
      #expect(letter.header("x-source-queue") == site.names[keyPath: bad.message.queue])
      #expect(letter.body == bad.message.body, "\(bad.name): other bytes")
      let answers = witness.seen.filter {
        $0.type == "resize.status.v1" && $0.namedRequest == bad.name
      }
      #expect(
        answers.map(\.status) == (bad.isAnswered ? ["rejected"] : []), "\(bad.name)")
      #expect(answers.allSatisfy { $0.reason == bad.code }, "\(bad.name)")
    }

    @Test("a body longer than is ever held in memory is dead-lettered whole, by the broker")
    func beyondMemory() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      var long = Message(String(repeating: "x", count: 40_000_000))
      long.properties.correlationID = "long"
      try await site.send(long, .request("good", "ins-1", more: #", "dryRun": true"#))
      _ = try await witness.status(of: "good", "quoted")
      #expect(try await witness.status(of: "long", "rejected").reason == "MessageTooLarge")
      let letter = try await witness.first("the dead letter") {
        $0.exchange == site.names.deadLetters
      }
      #expect(letter.bodyByteCount == 40_000_000)
      #expect(letter.header("x-first-death-queue") == site.names.requests)
      #expect(letter.header("x-first-death-reason") == "rejected")
      await stop(worker)
    }

    @Test("a settlement is believed from the account that is trusted with it, and from nobody else")
    func untrusted() async throws {
      let site = try await Site(["trust.settlements": "guest"])
      var witness = try await site.witness()
      let worker = try site.worker()
      try await site.send(.request("up", "ins-1"))
      var settlement = Message.settlement(of: try await witness.asked("payment", of: "up"))
      try await site.send(settlement)
      let letter = try await witness.first("the dead letter") {
        $0.exchange == site.names.deadLetters
      }
      #expect(letter.header("x-reason-code") == "UntrustedPublisher")
      #expect(witness.statuses(of: "up") == ["awaitingPayment"])
      settlement.properties.userID = "guest"
      try await site.send(settlement)
      _ = try await witness.status(of: "up", "completed")
      await stop(worker)
    }

    @Test("messages without any property are told apart by their bytes, and each is answered")
    func withoutProperties() async throws {
      let site = try await Site()
      var witness = try await site.witness()
      let worker = try site.worker()
      var messages = ["a", "b"].map {
        Message(#"{"data": {"requestId": "same", "note": "\#($0)"}}"#)
      }
      for index in messages.indices { messages[index].properties.contentType = nil }
      try await site.send(messages[0])
      _ = try await witness.status(of: "same", "rejected")
      await stop(worker)
      let next = try site.worker()
      try await site.send(messages[1])
      try await witness.until("both answers") { $0.count { $0.status == "rejected" } >= 2 }
      try await witness.until("both letters") { seen in
        seen.count { $0.exchange == site.names.deadLetters } >= 2
      }
      #expect(Set(witness.deadLetters.map { $0.properties.messageID }).count == 2)
      let ids = witness.seen.filter { $0.status == "rejected" }.map { $0.properties.messageID }
      #expect(Set(ids).count == 2, "\(ids)")
      await stop(next)
    }
  }
}
