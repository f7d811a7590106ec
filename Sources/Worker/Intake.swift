import DequeModule

/// The deliveries that wait for a batch, in the order of their tags.
///
/// Batches are cut from the front only, so that one acknowledgement up to the last tag covers a batch and nothing else.
struct Intake {
  private var waiting: Deque<IntakeDelivery> = []
  private let limit: Int
  private let bytes: Int

  init(limit: Int, bytes: Int) {
    self.limit = limit
    self.bytes = bytes
  }

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }

  mutating func append(_ deliveries: [IntakeDelivery]) {
    waiting.append(contentsOf: deliveries)
  }

  /// Forgets everything: the broker delivers it again, to us or to others.
  mutating func forget() {
    waiting.removeAll()
  }

  /// Takes the next batch: up to the limits, and the smaller, the more often a delivery in it has come.
  mutating func cut() -> [IntakeDelivery] {
    guard let first = waiting.popFirst() else { return [] }
    var batch = [first]
    var size = first.bodyLength
    var room = first.room(in: limit)
    while let next = waiting.first {
      size += next.bodyLength
      room = min(room, next.room(in: limit))
      guard batch.count < room, size <= bytes else { break }
      batch.append(waiting.removeFirst())
    }
    return batch
  }
}

extension IntakeDelivery {
  /// A lost connection or a locked store brings back all that was handed out ahead; that often is usual.
  private static let usualDeliveryCount = 2

  /// Whether this delivery may be what stopped a worker before, or cannot be settled together with others.
  var isSuspect: Bool { room(in: .max) < .max }

  /// How many deliveries may be in a batch with this one.
  ///
  /// A message that stops the process comes again with all its neighbours. Quarter by quarter it is
  /// soon alone, while what only lost its connection again and again is not done one by one: that
  /// would take so long that it lost the next one, too, up to the delivery limit. Where the broker does
  /// not count (no quorum queue), whatever comes again runs alone.
  fileprivate func room(in limit: Int) -> Int {
    guard body != nil, deliveryCount > 0 || !redelivered else { return 1 }
    return max(limit >> (2 * max(deliveryCount - Self.usualDeliveryCount, 0)), 1)
  }
}
