import DequeModule

/// Which deliveries of the current connection are still to be settled, and what is kept of them.
///
/// A delivery tag belongs to its channel: one of an older epoch, one settled twice, or one never
/// delivered would make the broker close the channel. This value says what may be sent.
struct DeliveryLedger {
  private(set) var epoch: UInt64 = 0
  private(set) var lastDelivered: UInt64 = 0
  /// Settlements that were asked for and must not be sent.
  private(set) var droppedCount = 0
  /// Every tag up to here is settled.
  private var settledUpTo: UInt64 = 0
  private var settledAlone: Set<UInt64> = []
  /// What is kept of unsettled deliveries, by rising tags.
  private var kept: Deque<(tag: UInt64, byteCount: Int)> = []
  /// The bytes of all that is kept.
  private(set) var keptByteCount = 0

  /// At most what an `Int` holds: a tag is whatever the peer says.
  var outstandingCount: Int { Int(clamping: lastDelivered - settledUpTo) - settledAlone.count }

  /// A new channel is open: tags start anew and everything from before is void.
  mutating func begin(epoch: UInt64) {
    self.epoch = epoch
    lastDelivered = 0
    settledUpTo = 0
    settledAlone.removeAll()
    kept.removeAll()
    keptByteCount = 0
  }

  mutating func delivered(_ tag: UInt64) {
    lastDelivered = max(lastDelivered, tag)
  }

  /// So many bytes of the delivery that came last are kept until it is settled.
  mutating func keeps(_ byteCount: Int) {
    guard lastDelivered > settledUpTo, kept.last.map({ $0.tag < lastDelivered }) ?? true else {
      return
    }
    kept.append((lastDelivered, byteCount))
    keptByteCount += byteCount
  }

  /// A settlement must not be sent for a reason that is not known here.
  mutating func drop() { droppedCount += 1 }

  /// Settles everything up to `tag`; answers the tag to send as `multiple`, if any.
  ///
  /// It is the highest outstanding one, for RabbitMQ refuses to settle up to a tag that it does
  /// not hold itself (`unknown delivery tag`).
  mutating func settle(upTo tag: UInt64, epoch: UInt64) -> UInt64? {
    guard epoch == self.epoch, tag <= lastDelivered, tag > settledUpTo else {
      droppedCount += 1
      return nil
    }
    var highest = tag
    while highest > settledUpTo, settledAlone.contains(highest) { highest -= 1 }
    let answer = highest > settledUpTo ? highest : nil
    settledUpTo = tag
    while let first = kept.first, first.tag <= tag {
      keptByteCount -= first.byteCount
      kept.removeFirst()
    }
    if !settledAlone.isEmpty { settledAlone = settledAlone.filter { $0 > tag } }
    advance()
    return answer
  }

  /// Settles one delivery; false if that must not be sent.
  mutating func settle(_ tag: UInt64, epoch: UInt64) -> Bool {
    guard
      epoch == self.epoch, tag <= lastDelivered, tag > settledUpTo,
      settledAlone.insert(tag).inserted
    else {
      droppedCount += 1
      return false
    }
    if let index = kept.firstIndex(where: { $0.tag == tag }) {
      keptByteCount -= kept.remove(at: index).byteCount
    }
    advance()
    return true
  }

  private mutating func advance() {
    while !settledAlone.isEmpty, settledAlone.remove(settledUpTo + 1) != nil { settledUpTo += 1 }
  }
}
