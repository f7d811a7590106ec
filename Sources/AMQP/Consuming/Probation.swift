/// Which queues are still looked into one message at a time, before they are consumed.
///
/// A message that came back often may be what stopped its consumers. Everything that was handed out
/// ahead with it shares its fate: each crash counts as a delivery of all of it, so that the delivery
/// limit would take the neighbours along. Therefore, as long as the message at the head of a queue
/// is such a one, it is taken alone (`basic.get`) and the next only when it is settled; what came
/// back is at the head of a quorum queue, so the first that did not come back so often ends it. Then
/// the next queue is looked into; after the last one all are consumed, with their prefetch.
struct Probation {
  private let queueCount: Int
  /// Deliveries without success that make a suspect.
  private let suspectCount: Int
  private var index: Int
  /// Whether nothing may be taken before what was taken is settled.
  private(set) var isWaiting = false

  /// - Parameter suspectCount: Nil if nothing is suspected.
  init(queueCount: Int, suspectCount: Int?) {
    self.queueCount = queueCount
    self.suspectCount = suspectCount ?? .max
    index = suspectCount == nil ? queueCount : 0
  }

  /// The queue to look into; nil if it is over.
  var queue: Int? { index < queueCount ? index : nil }

  /// The head of the queue was taken, or there is none.
  mutating func took(_ head: Delivery?) {
    isWaiting = head.map { $0.deliveryCount >= suspectCount } ?? false
    if !isWaiting { index += 1 }
  }
}
