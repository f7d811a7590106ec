import Contracts
import Resizing
import Storage

/// One thing to decide: an input that was read, or a message that could not be.
///
/// A value that is shared, not copied, from hand to hand: it has two dozen references to count.
final class BatchItem: Sendable {
  enum Content: Sendable {
    case input(ResizeInput, eventId: String)
    /// Goes to the dead letters; answered as well if a request id could be read.
    case unreadable(UnreadableMessage)
  }

  let content: Content
  /// Nil for a timer.
  let delivery: IntakeDelivery?
  /// The resize that the item is about.
  let requestId: String?
  /// The instance that the item names itself; nil where it is that of its resize.
  let instanceId: String?

  init(content: Content, delivery: IntakeDelivery?) {
    self.content = content
    self.delivery = delivery
    guard case .input(let input, _) = content else {
      (requestId, instanceId) = (nil, nil)
      return
    }
    requestId = input.requestId
    instanceId = input.instanceId
  }
}

extension BatchItem {
  /// How the payment service answered; nil for what is no answer of it.
  var paymentOutcome: PaymentOutcome? {
    switch content {
    case .input(.paymentSettled(let settlement), _), .input(.refundSettled(let settlement), _):
      settlement.outcome == .failed ? .failed : .answered
    case .input, .unreadable: nil
    }
  }

  /// The tenant that the item names; nil where it names none.
  var tenantId: String? {
    switch content {
    case .input(.requested(let request, _), _): request.tenantId
    case .input(.cancelRequested(_, let tenantId, _), _): tenantId
    case .input, .unreadable: nil
    }
  }
}

extension ResizeInput {
  fileprivate var requestId: String? {
    switch self {
    case .requested(let request, _): return request.requestId
    case .cancelRequested(let requestId, _, _): return requestId
    case .paymentSettled(let settlement), .refundSettled(let settlement):
      return settlement.requestId
    case .applied(let report): return report.requestId
    case .timerDue(let requestId): return requestId
    case .instanceChanged: return nil
    }
  }

  fileprivate var instanceId: String? {
    switch self {
    case .requested(let request, _): return request.instanceId
    case .instanceChanged(let change): return change.instanceId
    case .cancelRequested, .paymentSettled, .refundSettled, .applied, .timerDue: return nil
    }
  }
}

/// What is decided and committed together.
struct Batch: Sendable {
  var items: [BatchItem]
  /// What its one message is called on trial; nil for every other batch.
  var trial: String?

  /// What the decisions need to know.
  var keys: FactKeys {
    var keys = FactKeys()
    // Room for all: a set that grows hashes every id again.
    keys.requestIds.reserveCapacity(items.count)
    keys.instanceIds.reserveCapacity(items.count)
    for item in items {
      if let requestId = item.requestId { keys.requestIds.insert(requestId) }
      if let instanceId = item.instanceId { keys.instanceIds.insert(instanceId) }
    }
    return keys
  }

  /// The last delivery, up to which the batch is acknowledged once it is durable; nil if it holds timers only.
  var lastDelivery: IntakeDelivery? {
    items.last { $0.delivery != nil }?.delivery
  }

  /// Both halves, for finding the message that breaks a commit.
  var halves: (Batch, Batch) {
    let middle = items.count / 2
    return (Batch(items: Array(items[..<middle])), Batch(items: Array(items[middle...])))
  }
}
