import AMQP
import Contracts

/// Goes through the dead letters from the head of their queue and leaves them where they are.
///
/// Each look counts as a delivery of every letter looked at. A queue's delivery limit drops what was
/// delivered too often, and RabbitMQ 4.x sets one of 20 where none is declared; that it shall have
/// none can be said at its declaration from 4.0 on only, which older brokers refuse, and which could
/// not be changed when a broker is upgraded. So a letter that has been looked at often is published
/// anew, confirmed, before the old one is acknowledged: its count begins at 0 again, and no broker
/// of any version, whatever its policies say above ``renewalCount``, ever drops one.
struct DeadLetterReading {
  /// How many deliveries are left unused for looks that are cut off: half of RabbitMQ's default.
  static let renewalCount = 10
  /// How many are taken at a time.
  private static let portion = 64

  private let settings: Settings
  /// Letters that were published anew and are still to come by a second time.
  private var renewed: [FoundDeadLetter: Int] = [:]
  private var renewals: UInt64 = 0

  init(_ settings: Settings) { self.settings = settings }

  /// Hands over up to `limit` letters, until `look` answers that it has seen enough.
  mutating func each(
    limit: Int, _ look: (FoundDeadLetter, Delivery) throws -> Bool
  ) async throws {
    let reader = try await settings.deadLetterReader()
    do {
      try await read(reader, limit, look)
    } catch {
      await reader.close()
      throw error
    }
    await reader.close()
  }

  /// The letters of a selection.
  mutating func letters(
    limit: Int = .max, where isMeant: (FoundDeadLetter) -> Bool
  ) async throws -> [FoundDeadLetter] {
    var letters: [FoundDeadLetter] = []
    try await each(limit: limit) { letter, _ in
      if isMeant(letter) { letters.append(letter) }
      return true
    }
    return letters
  }

  private mutating func read(
    _ reader: QueueReader, _ limit: Int, _ look: (FoundDeadLetter, Delivery) throws -> Bool
  ) async throws {
    var count = 0
    while count < limit {
      let deliveries = try await reader.take(min(Self.portion, limit - count))
      guard !deliveries.isEmpty else { return }
      var worn: [(FoundDeadLetter, Delivery)] = []
      var isEnough = false
      for delivery in deliveries {
        let letter = FoundDeadLetter(delivery)
        if renewed.take(letter) { continue }
        if delivery.deliveryCount >= Self.renewalCount { worn.append((letter, delivery)) }
        count += 1
        if !isEnough { isEnough = try !look(letter, delivery) }
      }
      try await renew(worn, reader)
      if isEnough { return }
    }
  }

  private mutating func renew(
    _ worn: [(FoundDeadLetter, Delivery)], _ reader: QueueReader
  ) async throws {
    let whole = worn.filter { $0.1.body != nil }
    guard !whole.isEmpty else { return }
    let publisher = try await ConfirmedPublisher(settings, purpose: "dead letters, renewed")
    var tags: [UInt64: UInt64] = [:]
    var messages: [AMQP.OutgoingMessage] = []
    for (letter, delivery) in whole {
      renewals += 1
      tags[renewals] = delivery.deliveryTag
      messages.append(letter.renewed(from: delivery, in: reader.queue, token: renewals))
    }
    let fates = try await publisher.publish(messages)
    for (letter, _) in whole { renewed[letter, default: 0] += 1 }
    try await reader.acknowledge(tags.filter { fates[$0.key] == .confirmed }.map(\.value).sorted())
  }
}

extension Dictionary where Key == FoundDeadLetter, Value == Int {
  /// Takes one of a letter out; false if there is none.
  mutating func take(_ letter: FoundDeadLetter) -> Bool {
    guard let count = self[letter] else { return false }
    self[letter] = count > 1 ? count - 1 : nil
    return true
  }
}

extension Settings {
  /// A reader of the dead letters.
  ///
  /// It keeps bodies of any length that a broker can be set to: what is to be moved has to be held.
  func deadLetterReader() async throws(AMQPError) -> QueueReader {
    var connection = connection(for: "dead letters")
    connection.longestBodyByteCount = 512 << 20
    return try await QueueReader.open(
      channelNames.deadLetters, at: try brokerAddress(), settings: connection)
  }
}
