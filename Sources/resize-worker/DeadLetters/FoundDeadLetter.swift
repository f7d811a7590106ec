import AMQP
import Contracts
import Resizing

/// A dead letter as it lies in its queue, without its bytes.
struct FoundDeadLetter: Sendable, Hashable {
  /// The message's own id; for a message without one, made of its bytes.
  var id: String
  /// Empty where none could be read.
  var requestId: String
  var type: String
  /// The queue that it came from.
  var source: String
  var reasonCode: String
  var reason: String
  /// When it was put aside; nil where nobody says so.
  var deadAt: Moment?
  /// How often it was put aside, 1 the first time.
  var attempt: Int
  var contentType: String
  var byteCount: Int
  /// Tells letters apart that are alike in all of the above.
  var fingerprint: Int
  /// Why it was put aside before, the oldest first.
  var history: [Burial]

  /// One time that it was put aside.
  struct Burial: Sendable, Hashable {
    var code: String
    var reason: String
    var at: Moment?
  }

  /// All times that it was put aside, the latest last.
  var burials: [Burial] { history + [Burial(code: reasonCode, reason: reason, at: deadAt)] }

  /// Reads the letter's own headers or, where the broker has put it there, the broker's.
  init(_ delivery: Delivery) {
    let headers = delivery.properties.headers
    let names = DeadLetter.HeaderName.self
    let death = BrokerDeath(headers)
    let past = DeathHistory(headers)
    let body = delivery.body ?? []
    let identity = MessageIdentity(searching: body)
    id = delivery.properties.messageID ?? DeadLetter.id(of: body)
    requestId = identity.requestId(orFrom: delivery.properties.correlationID) ?? ""
    type =
      delivery.properties.type.flatMap { $0.isEmpty ? nil : $0 } ?? identity.type ?? ""
    source = headers[names.sourceQueue]?.string ?? death.queue ?? delivery.routingKey
    reasonCode = headers[names.reasonCode]?.string ?? death.reason ?? "unknown"
    reason = headers[names.reason]?.string ?? death.explanation
    deadAt =
      (headers[names.deadAt] ?? headers[names.firstDeadAt])?.string.flatMap(Moment.init(rfc3339:))
      ?? death.at
    attempt = past.count + 1
    contentType = delivery.properties.contentType ?? ""
    byteCount = Int(clamping: delivery.bodyByteCount)
    history = past.deaths.map { Burial(code: $0.reason.code, reason: $0.reason.message, at: $0.at) }
    fingerprint = body.hashValue
  }
}

extension DeathHistory {
  /// What a message says of the times before; it never died where it says nothing that makes sense.
  init(_ headers: HeaderTable) {
    self =
      headers[DeadLetter.HeaderName.history]?.string.flatMap(DeathHistory.init(header:))
      ?? DeathHistory()
  }
}

/// What the broker notes of a message that it dead-letters itself (`x-death`, `x-first-death-…`).
private struct BrokerDeath {
  var reason: String?
  var queue: String?
  var at: Moment?

  init(_ headers: HeaderTable) {
    reason = headers["x-first-death-reason"]?.string
    queue = headers["x-first-death-queue"]?.string
    guard case .array(let deaths)? = headers["x-death"], case .table(let latest)? = deaths.first
    else { return }
    reason = latest["reason"]?.string ?? reason
    queue = latest["queue"]?.string ?? queue
    if case .timestamp(let seconds)? = latest["time"] {
      at = Moment(millisecondsSinceEpoch: Int64(clamping: seconds).multipliedClamping(by: 1_000))
    }
  }

  var explanation: String {
    switch reason {
    case "delivery_limit":
      "it was delivered more often than the queue's policy allows; its connections were lost, or it "
        + "is what stopped its workers"
    case "rejected": "a worker refused it, unread: it is longer than a worker ever holds"
    case "expired": "it was too old"
    case "maxlen": "its queue was full"
    default: "it says no reason"
    }
  }
}

extension Int64 {
  fileprivate func multipliedClamping(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
