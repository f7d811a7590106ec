/// How a broker counts the deliveries of a message that comes back, by its version.
public enum BrokerRules: String, Sendable, CaseIterable {
  /// RabbitMQ 3.x: whatever comes back counts; there is no limit but a declared one.
  case version3
  /// RabbitMQ 4.0 to 4.2: the same, but 20 where no limit is declared.
  case version4
  /// RabbitMQ 4.3: what is nacked does not count, only what a lost consumer leaves.
  case version43
  /// A classic queue of any version: it tells that a message may have been delivered before, not how often.
  case classic

  /// How a message came back.
  enum Return {
    case nacked
    case lost
  }

  func counts(_ way: Return) -> Bool {
    switch self {
    case .version3, .version4: true
    case .version43: way == .lost
    case .classic: false
    }
  }

  /// Whether a delivery tells how often the message came back, be it never.
  var tellsCounts: Bool { self != .classic }
}
