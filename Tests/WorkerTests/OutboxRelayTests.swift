import Billing
import Contracts
import Resizing
import Storage
import Testing

@testable import Worker

@Suite("Messages of the outbox on their way to the broker")
struct OutboxRelayTests {
  private static let start = Moment(Instant(rfc3339: "2025-04-11T00:00:00Z")!)

  private func at(_ milliseconds: Int64) -> Moment { Self.start.adding(milliseconds: milliseconds) }

  /// One that is connected, and whose payments flow.
  private func flowing() -> OutboxRelay {
    var relay = OutboxRelay()
    _ = relay.connected()
    _ = relay.setPayments(.flowing, probes: 0)
    return relay
  }

  /// Messages with sequences from 1 on.
  private func messages(_ types: EventType...) -> [OutboxMessage] {
    types.enumerated().map { index, type in
      OutboxMessage(
        owner: "w1#1", sequence: Int64(index + 1), createdAt: Self.start,
        event: OutgoingEvent(
          destination: type == .resizeStatus ? .results : .payments, routingKey: "k",
          id: "\(index + 1)", type: type.rawValue, body: []))
    }
  }

  @Test("A message's bytes are counted from its commit to its confirm, wherever it is meanwhile")
  func bytes() {
    var relay = flowing()
    let messages = messages(.resizeStatus, .paymentRequested, .resizeStatus)
    let size = messages[0].event.bytes.count
    let all = messages.map(\.event.bytes.count).reduce(0, +)
    _ = relay.add(messages)
    relay.refuse([1, 2], at: Self.start, unroutable: nil)
    #expect(relay.retry(at: at(60_000)).count == 2)
    relay.refuse([1], at: at(60_000), unroutable: "312 NO_ROUTE")
    relay.disconnected(unconfirmed: [2, 3])
    _ = relay.setPayments(.held(.paused), probes: 0)
    _ = relay.connected()
    _ = relay.setPayments(.flowing, probes: 0)
    #expect(relay.byteCount == all)
    relay.confirm([1, 1])
    #expect(relay.byteCount == all - size)
    relay.confirm([1, 2, 3])
    #expect(relay.byteCount == 0)
    _ = relay.add(messages)
    relay.forget()
    #expect(relay.byteCount == 0)
  }

  @Test("Committed payments wait in the outbox; as probes requests leave, voids do not")
  func relayProbes() {
    var relay = OutboxRelay()
    _ = relay.connected()
    _ = relay.setPayments(.held(.breaker), probes: 0)
    let messages = messages(
      .paymentVoidRequested, .paymentRequested, .refundRequested, .paymentVoidRequested,
      .paymentRequested, .refundRequested)
    #expect(relay.add(messages).isEmpty)
    #expect(relay.setPayments(.probing, probes: 2).map(\.sequence) == [2, 3])
    #expect(relay.probesLeft == 0 && relay.heldPayments == 4)
    #expect(relay.setPayments(.flowing, probes: 2).map(\.sequence) == [1, 4, 5, 6])
  }

  @Test("Voids that wait alone leave a few at each probe, though nobody answers them")
  func voidsAlone() {
    var relay = OutboxRelay()
    _ = relay.connected()
    _ = relay.setPayments(.held(.breaker), probes: 0)
    let voids = messages(.paymentVoidRequested, .paymentVoidRequested, .paymentVoidRequested)
    #expect(relay.add(voids).isEmpty)
    #expect(relay.setPayments(.probing, probes: 2).map(\.sequence) == [1, 2])
    #expect(relay.probesLeft == 2 && relay.heldPayments == 1)
    _ = relay.setPayments(.held(.breaker), probes: 0)
    #expect(relay.setPayments(.probing, probes: 2).map(\.sequence) == [3])
  }

  @Test("A refund that could not be routed, and is held when it is due again, can be a probe")
  func refusedThenHeld() {
    var relay = flowing()
    #expect(relay.add(messages(.refundRequested)).count == 1)
    relay.refuse([1], at: Self.start, unroutable: "312 NO_ROUTE")
    #expect(!relay.canDeliverPayments)
    _ = relay.setPayments(.held(.breaker), probes: 0)
    #expect(relay.retry(at: at(60_000)).isEmpty)
    #expect(relay.heldPayments == 1 && relay.canDeliverPayments)
    #expect(relay.setPayments(.probing, probes: 1).map(\.sequence) == [1])
  }

  @Test("A void that no queue takes says nothing of payments and refunds: they can be delivered")
  func unroutableVoid() {
    var relay = flowing()
    #expect(relay.add(messages(.paymentVoidRequested)).count == 1)
    relay.refuse([1], at: Self.start, unroutable: "312 NO_ROUTE")
    #expect(relay.canDeliverPayments && relay.unroutableMessages == 1)
  }

  @Test("That a message cannot be routed is told until it can, or is held")
  func unroutableUntil() {
    var relay = flowing()
    _ = relay.add(messages(.refundRequested, .resizeStatus))
    relay.refuse([1, 2], at: Self.start, unroutable: "312 NO_ROUTE")
    _ = relay.setPayments(.held(.breaker), probes: 0)
    #expect(relay.retry(at: at(60_000)).map(\.sequence) == [2])
    #expect(relay.heldPayments == 1 && relay.unroutable != nil, "the status is on its way")
    relay.confirm([2])
    #expect(relay.unroutable == nil)

    relay = flowing()
    _ = relay.add(messages(.resizeStatus))
    relay.refuse([1], at: Self.start, unroutable: "312 NO_ROUTE")
    _ = relay.retry(at: at(60_000))
    relay.refuse([1], at: at(60_000), unroutable: nil)
    #expect(relay.unroutable == nil, "a queue has refused it")
  }

  @Test("A payment that waits for the connection does not leave with it once payments are held")
  func heldWhileAway() {
    var relay = flowing()
    relay.disconnected(unconfirmed: [])
    #expect(relay.add(messages(.paymentRequested, .resizeStatus)).isEmpty)
    _ = relay.setPayments(.held(.paused), probes: 0)
    #expect(relay.heldPayments == 1)
    #expect(relay.connected().map(\.sequence) == [2])
    #expect(relay.setPayments(.flowing, probes: 0).map(\.sequence) == [1])
  }

  @Test(
    "A payment whose confirm was lost with the connection is not sent again while they are held")
  func lostWhileHeld() {
    var relay = flowing()
    #expect(relay.add(messages(.paymentRequested, .resizeStatus)).count == 2)
    _ = relay.setPayments(.held(.paused), probes: 0)
    relay.disconnected(unconfirmed: [1, 2])
    #expect(relay.connected().map(\.sequence) == [2])
    #expect(relay.heldPayments == 1)
  }

  @Test("While the broker blocks nothing is handed on, and what is held meanwhile does not follow")
  func heldWhileBlocked() {
    var relay = flowing()
    #expect(relay.blocked("low on memory").isEmpty)
    #expect(relay.add(messages(.resizeStatus, .paymentRequested)).isEmpty)
    _ = relay.setPayments(.held(.breaker), probes: 0)
    #expect(relay.blocked(nil).map(\.sequence) == [1])
    #expect(relay.setPayments(.flowing, probes: 0).map(\.sequence) == [2])
  }
}
