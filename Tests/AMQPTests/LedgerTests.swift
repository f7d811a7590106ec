import Testing

@testable import AMQP

@Suite("The ledger of publisher confirms")
struct ConfirmLedgerTests {
  private static func filled(_ count: Int) -> ConfirmLedger {
    var ledger = ConfirmLedger(capacity: count)
    for message in Given.messages(count, to: "q") { ledger.append(message) }
    return ledger
  }

  @Test("A multiple ack settles everything up to it that is not settled yet, once")
  func multiple() {
    var ledger = Self.filled(8)
    var tokens: [UInt64] = []
    ledger.settle(3, multiple: false, into: &tokens)
    ledger.settle(5, multiple: true, into: &tokens)
    ledger.settle(5, multiple: true, into: &tokens)
    ledger.settle(2, multiple: false, into: &tokens)
    #expect(tokens == [3, 1, 2, 4, 5])
    ledger.settle(0, multiple: true, into: &tokens)
    #expect(tokens == [3, 1, 2, 4, 5, 6, 7, 8])
    #expect(ledger.span == 0)
  }

  @Test("Numbers that were never given out are ignored")
  func unknown() {
    var ledger = Self.filled(2)
    var tokens: [UInt64] = []
    ledger.settle(3, multiple: false, into: &tokens)
    ledger.settle(.max, multiple: true, into: &tokens)
    ledger.settle(0, multiple: false, into: &tokens)
    #expect(tokens == [])
  }

  @Test("The ring has room again as its oldest message is settled, round and round")
  func ring() {
    var ledger = ConfirmLedger(capacity: 3)
    var tokens: [UInt64] = []
    for message in Given.messages(4, to: "q") { ledger.append(message) }
    #expect(!ledger.hasRoom)
    ledger.settle(2, multiple: false, into: &tokens)
    #expect(!ledger.hasRoom)
    ledger.settle(1, multiple: false, into: &tokens)
    #expect(ledger.span == 2)
    for number in 5...1_000 {
      ledger.append(Given.message(UInt64(number), to: "q"))
      ledger.settle(UInt64(number - 2), multiple: false, into: &tokens)
    }
    ledger.settle(1_000, multiple: true, into: &tokens)
    #expect(tokens.sorted() == Array(1...1_000))
  }

  @Test(
    "The ack of a returned message confirms nothing, and a lost channel does not ask for it again")
  func returned() {
    var ledger = Self.filled(4)
    var tokens: [UInt64] = []
    let found = ["m2", "m2", "m4"].map { id in
      ledger.returned { $0.written.messageID == id }
    }
    #expect(found == [2, nil, 4])
    ledger.settle(3, multiple: true, into: &tokens)
    #expect(tokens == [1, 3])
    check(ledger.takeAll().map(\.token), is: [])
    #expect(ledger.span == 0)
  }
}

@Suite("What a publisher has in flight")
struct PublishWindowTests {
  private func sent(_ window: inout PublishWindow) -> [UInt64] {
    var tokens: [UInt64] = []
    while window.send({
      tokens.append($0.token)
      return nil
    }) {}
    return tokens
  }

  @Test("No more than the window is sent before confirms come")
  func bounded() {
    var window = PublishWindow(capacity: 3)
    window.enqueue(Given.messages(5, to: "q"))
    check(sent(&window), is: [1, 2, 3])
    window.acknowledged(2, multiple: true)
    check(sent(&window), is: [4, 5])
    check(window.takeOutcome().confirmed, is: [1, 2])
    window.nacked(5, multiple: true)
    check(window.takeOutcome().nacked, is: [3, 4, 5])
    #expect(window.queuedCount == 0)
    check(window.connectionLost(), is: [])
  }

  @Test("Nothing is sent while the broker blocks")
  func blocked() {
    var window = PublishWindow(capacity: 3)
    window.enqueue(Given.messages(2, to: "q"))
    window.block(true)
    check(sent(&window), is: [])
    window.block(false)
    check(sent(&window), is: [1, 2])
  }

  @Test("A message that cannot be encoded takes no number from its neighbours")
  func unsendable() {
    var window = PublishWindow(capacity: 4)
    window.enqueue(Given.messages(3, to: "q"))
    while window.send({ $0.token == 1 ? "too long" : nil }) {}
    window.acknowledged(1, multiple: false)
    let outcome = window.takeOutcome()
    #expect(outcome.returned.map(\.token) == [1])
    #expect(outcome.confirmed == [2])
  }

  @Test(
    "The messages to an exchange the broker names are refused, queued ones too, others go again")
  func namedExchange() {
    var window = PublishWindow(capacity: 4)
    var messages = Given.messages(8, to: "q")
    for index in [1, 5] {
      messages[index] = Given.message(UInt64(index + 1), exchange: "gone", to: "q")
    }
    window.enqueue(messages)
    check(sent(&window), is: [1, 2, 3, 4])
    window.channelClosed(replyCode: 404, replyText: "NOT_FOUND - no exchange 'gone' in vhost '/'")
    check(window.takeOutcome().returned.map(\.token), is: [2, 6])
    check(sent(&window), is: [1, 3, 4, 5])
    window.acknowledged(4, multiple: true)
    check(sent(&window), is: [7, 8])
  }

  @Test("A default exchange that is forbidden is known by the name that permissions have for it")
  func namedDefaultExchange() {
    var window = PublishWindow(capacity: 4)
    var messages = Given.messages(4, to: "q")
    for index in [0, 2] {
      messages[index] = Given.message(UInt64(index + 1), exchange: "results", to: "q")
    }
    window.enqueue(messages)
    check(sent(&window), is: [1, 2, 3, 4])
    window.channelClosed(
      replyCode: 403,
      replyText:
        "ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/' refused for user 'w'")
    check(window.takeOutcome().returned.map(\.token), is: [2, 4])
    check(sent(&window), is: [1, 3])
  }

  @Test("Where nobody is named, messages go one by one until the guilty one is alone")
  func suspects() {
    var window = PublishWindow(capacity: 3)
    window.enqueue(Given.messages(5, to: "q"))
    check(sent(&window), is: [1, 2, 3])
    window.channelClosed(replyCode: 406, replyText: "PRECONDITION_FAILED")
    check(sent(&window), is: [1])
    window.acknowledged(1, multiple: false)
    check(sent(&window), is: [2])
    window.channelClosed(replyCode: 406, replyText: "PRECONDITION_FAILED")
    check(window.takeOutcome().returned.map(\.token), is: [2])
    check(sent(&window), is: [3])
    window.acknowledged(1, multiple: false)
    check(sent(&window), is: [4, 5])
    check(window.takeOutcome().confirmed, is: [3])
  }

  @Test("A lost connection tells what was in flight and keeps what was not sent")
  func lost() {
    var window = PublishWindow(capacity: 2)
    window.enqueue(Given.messages(4, to: "q"))
    check(sent(&window), is: [1, 2])
    check(window.connectionLost(), is: [1, 2])
    #expect(window.queuedCount == 2)
    check(sent(&window), is: [3, 4])
  }
}

@Suite("The ledger of deliveries")
struct DeliveryLedgerTests {
  private static func delivered(_ count: UInt64, epoch: UInt64 = 1) -> DeliveryLedger {
    var ledger = DeliveryLedger()
    ledger.begin(epoch: epoch)
    for tag in 1...count { ledger.delivered(tag) }
    return ledger
  }

  @Test("An acknowledgement of another epoch, of the future or of the past is dropped and counted")
  func dropped() {
    var ledger = Self.delivered(5, epoch: 7)
    check(ledger.settle(upTo: 3, epoch: 6), is: nil)
    check(ledger.settle(upTo: 6, epoch: 7), is: nil)
    check(ledger.settle(1, epoch: 6), is: false)
    check(ledger.settle(upTo: 3, epoch: 7), is: 3)
    check(ledger.settle(upTo: 2, epoch: 7), is: nil)
    check(ledger.settle(3, epoch: 7), is: false)
    #expect(ledger.droppedCount == 5)
    #expect(ledger.outstandingCount == 2)
  }

  @Test("Up to a tag already settled alone means the last outstanding one before it")
  func lastOutstanding() {
    var ledger = Self.delivered(5)
    check(ledger.settle(5, epoch: 1), is: true)
    check(ledger.settle(4, epoch: 1), is: true)
    check(ledger.settle(4, epoch: 1), is: false)
    check(ledger.settle(upTo: 5, epoch: 1), is: 3)
    #expect(ledger.outstandingCount == 0)
  }

  @Test("Bytes are kept until they are settled, alone or up to a tag, in any order")
  func counting() {
    var ledger = DeliveryLedger()
    ledger.begin(epoch: 1)
    for tag in 1...5 as ClosedRange<UInt64> {
      ledger.delivered(tag)
      ledger.keeps(Int(tag))
    }
    #expect(ledger.keptByteCount == 15)
    check(ledger.settle(4, epoch: 1), is: true)
    #expect(ledger.keptByteCount == 11)
    check(ledger.settle(4, epoch: 1), is: false)
    check(ledger.settle(upTo: 2, epoch: 1), is: 2)
    #expect(ledger.keptByteCount == 8)
    check(ledger.settle(upTo: 5, epoch: 1), is: 5)
    #expect(ledger.keptByteCount == 0)
    ledger.delivered(6)
    ledger.keeps(6)
    ledger.begin(epoch: 2)
    #expect(ledger.keptByteCount == 0)
  }

  @Test("What comes under a tag that was settled or kept before is not counted")
  func repeatedTag() {
    var ledger = DeliveryLedger()
    ledger.begin(epoch: 1)
    ledger.delivered(3)
    ledger.keeps(7)
    ledger.delivered(2)
    ledger.keeps(7)
    #expect(ledger.keptByteCount == 7)
    _ = ledger.settle(upTo: 3, epoch: 1)
    ledger.delivered(1)
    ledger.keeps(7)
    #expect(ledger.keptByteCount == 0)
  }

  @Test("When all were settled alone, there is nothing to send")
  func nothingLeft() {
    var ledger = Self.delivered(3)
    let settled = ([2, 1, 3] as [UInt64]).map { ledger.settle($0, epoch: 1) }
    #expect(settled == [true, true, true])
    #expect(ledger.outstandingCount == 0)
    check(ledger.settle(upTo: 3, epoch: 1), is: nil)
  }

  @Test("The highest tag there is can be delivered and settled")
  func highestTag() {
    var ledger = Self.delivered(2)
    ledger.delivered(.max)
    #expect(ledger.outstandingCount == .max)
    check(ledger.settle(.max, epoch: 1), is: true)
    #expect(ledger.outstandingCount == .max - 1)
    check(ledger.settle(upTo: .max, epoch: 1), is: .max - 1)
    #expect(ledger.outstandingCount == 0)
  }

  @Test("A new epoch forgets the old one")
  func epochs() {
    var ledger = Self.delivered(3, epoch: 1)
    ledger.begin(epoch: 2)
    check(ledger.settle(upTo: 3, epoch: 1), is: nil)
    ledger.delivered(1)
    check(ledger.settle(1, epoch: 2), is: true)
  }
}

/// `#expect` cannot look into an expression that changes a value.
private func check<Value: Equatable>(
  _ value: Value, is expected: Value, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}
