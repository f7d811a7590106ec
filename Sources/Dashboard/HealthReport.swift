import Worker

/// Whether a worker should get traffic, and why not: consumers that should be there are counted, not believed.
public struct HealthReport: Sendable, Equatable {
  public struct Check: Sendable, Equatable {
    public var name: String
    public var isFine: Bool
    /// What is wrong, for people; empty where nothing is.
    public var message: String
  }

  public var checks: [Check]

  public var isReady: Bool { checks.allSatisfy(\.isFine) }

  /// - Parameters:
  ///   - expectedConsumers: How many subscriptions there should be.
  ///   - actualConsumers: How many the broker has confirmed and not taken back.
  public init(_ status: WorkerStatus, expectedConsumers: Int, actualConsumers: Int) {
    let consumers =
      "\(actualConsumers) of \(expectedConsumers) consumers are subscribed; see the worker's log"
    checks = [
      Check("intake", status.isIntakeConnected, "the consuming connection is lost"),
      Check("consumers", actualConsumers == expectedConsumers && actualConsumers > 0, consumers),
      Check("relay", status.isRelayConnected, "the publishing connection is lost"),
      Check("store", status.isStoreReachable, "the database does not answer"),
      Check(
        "routes", status.unroutable == nil,
        "messages cannot be routed (\(status.unroutable ?? "")); run `resize-worker topology apply`"
      ),
      Check("draining", !status.isDraining, "the worker is stopping"),
    ]
  }
}

extension HealthReport.Check {
  fileprivate init(_ name: String, _ isFine: Bool, _ complaint: String) {
    self.init(name: name, isFine: isFine, message: isFine ? "" : complaint)
  }
}
