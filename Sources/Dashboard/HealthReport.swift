import Worker

/// Whether a worker should get traffic, and why not: consumers that should be there are counted, not believed.
public struct HealthReport: Sendable, Equatable {
  public struct Check: Sendable, Equatable {
    public var name: String
    public var isFine: Bool
    /// What is wrong, or restricted without being wrong, for people; empty where nothing is.
    public var message: String
  }

  /// A worker turns twenty times a second, whatever there is to do; it waits for its database longest
  /// of all, when it stops.
  private static let longestTurn = (ready: Duration.seconds(10), alive: Duration.seconds(60))

  public var checks: [Check]
  /// Whether the worker still turns. One that does not is no worker any more: what it holds is
  /// another's as soon as it is ended.
  public let isAlive: Bool

  public var isReady: Bool { checks.allSatisfy(\.isFine) }

  /// - Parameters:
  ///   - expectedConsumers: How many subscriptions there should be.
  ///   - actualConsumers: How many the broker has confirmed and not taken back. More than there
  ///     should be are there for the moment in which a subscription is taken back.
  ///   - missing: What the broker lacks, for people; nil if nothing.
  ///   - age: How long ago the worker has told its status.
  public init(
    _ status: WorkerStatus, expectedConsumers: Int, actualConsumers: Int, missing: String? = nil,
    age: Duration = .zero
  ) {
    isAlive = age < Self.longestTurn.alive
    let consumers =
      "\(actualConsumers) of \(expectedConsumers) consumers are subscribed; see the worker's log"
    checks = [
      Check(
        "loop", age < Self.longestTurn.ready,
        "the worker has stood still for \(age.components.seconds) s"),
      Check("intake", status.isIntakeConnected, "the consuming connection is lost"),
      Check("consumers", actualConsumers >= max(expectedConsumers, 1), consumers),
      Check("topology", missing == nil, missing ?? ""),
      Check("relay", status.isRelayConnected, "the publishing connection is lost"),
      Self.store(status),
      Check(
        "routes", status.unroutable == nil,
        "messages cannot be routed (\(status.unroutable ?? "")); run `resize-worker topology apply`"
      ),
      Self.requests(status), Self.payments(status),
      Check("draining", !status.isDraining, "the worker is stopping"),
    ]
  }

  /// What others have left behind can wait, and the breaker is moved by whoever can; without the rest
  /// a worker is no use.
  private static func store(_ status: WorkerStatus) -> Check {
    guard status.isStoreReachable else {
      return Check("store", false, "the database does not answer")
    }
    let missed = status.failingDuties.subtracting([.adoption, .breaker]).map(\.rawValue).sorted()
    return Check(
      "store", missed.isEmpty,
      "the database answers, but not for \(missed.joined(separator: ", ")); see the worker's log")
  }

  /// A worker that an operator has told to take no requests does what it should: it is ready. One
  /// that cannot deliver is not.
  private static func requests(_ status: WorkerStatus) -> Check {
    var isFine = true
    switch status.requestsHold {
    case nil, .paused: break
    case .brokerBlocked, .outboxFull: isFine = false
    }
    let message = status.requestsHoldReason.map { "no new requests are taken: \($0)" }
    return Check(name: "requests", isFine: isFine, message: message ?? "")
  }

  /// Held payments leave a worker ready, and say so: all workers hold them, so none would do better
  /// in its place, and requests, settlements and refunds of the past still need it.
  private static func payments(_ status: WorkerStatus) -> Check {
    let held = "\(status.heldPayments) are held here"
    let message =
      switch status.paymentsHold {
      case .paused: "payments are paused; \(held)"
      case .breaker: "the payments' breaker is open; \(held)"
      case .unknown: "it is not known yet whether payments are paused; \(held)"
      case nil: status.breaker.phase == .halfOpen ? "payments are being probed; \(held)" : ""
      }
    return Check(name: "payments", isFine: true, message: message)
  }
}

extension HealthReport.Check {
  fileprivate init(_ name: String, _ isFine: Bool, _ complaint: String) {
    self.init(name: name, isFine: isFine, message: isFine ? "" : complaint)
  }
}
