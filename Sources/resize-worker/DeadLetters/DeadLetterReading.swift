import AMQP
import Contracts

/// Goes through the dead letters from the head of their queue and leaves them where they are.
struct DeadLetterReading {
  /// How many are taken at a time.
  private static let portion = 64

  private let settings: Settings
  private let renewal: DeadLetterRenewal
  /// Letters that were published anew and are still to come by a second time.
  private var renewed: [FoundDeadLetter: Int] = [:]

  init(_ settings: Settings) {
    self.settings = settings
    renewal = DeadLetterRenewal(settings: settings)
  }

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
      var seen: [(FoundDeadLetter, Delivery)] = []
      var isEnough = false
      for delivery in deliveries {
        let letter = FoundDeadLetter(delivery)
        if renewed.take(letter) { continue }
        seen.append((letter, delivery))
        count += 1
        if !isEnough { isEnough = try !look(letter, delivery) }
      }
      for letter in try await renewal.renew(seen, in: reader) { renewed[letter, default: 0] += 1 }
      if isEnough { return }
    }
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
