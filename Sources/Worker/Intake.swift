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

  /// Takes the next batch: up to the limits, a suspect delivery always alone.
  mutating func cut() -> [IntakeDelivery] {
    guard let first = waiting.popFirst() else { return [] }
    var batch = [first]
    guard !first.isSuspect else { return batch }
    var size = first.bodyLength
    while batch.count < limit, let next = waiting.first, !next.isSuspect {
      size += next.bodyLength
      guard size <= bytes else { break }
      batch.append(waiting.removeFirst())
    }
    return batch
  }
}

extension IntakeDelivery {
  /// Whether this delivery may be what stopped a worker before, or cannot be settled together with others.
  var isSuspect: Bool { redelivered || deliveryCount > 0 || body == nil }
}
