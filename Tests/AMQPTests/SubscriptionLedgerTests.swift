import Testing

@testable import AMQP

@Suite("Subscriptions")
struct SubscriptionLedgerTests {
  @Test("No consumer tag is used twice, and each stands for its queue as long as it is the latest")
  func tags() {
    var ledger = SubscriptionLedger(queues: ["a", "b"], name: "intake")
    var tags: Set<String> = []
    for _ in 1...3 {
      for index in ledger.due() {
        let tag = ledger.subscribing(index)
        #expect(tags.insert(tag).inserted)
        ledger.confirmed(tag)
        #expect(ledger.queue(of: tag) == ["a", "b"][index])
      }
      #expect(ledger.activeCount == 2)
      for tag in ledger.cancelAll() {
        #expect(!ledger.queue(of: tag).isEmpty, "what still comes has a queue")
        ledger.ended(tag)
      }
      #expect(ledger.isQuiet)
    }
    #expect(tags.count == 6)
    #expect(ledger.queue(of: "somebody") == "")
  }
}
