/// What billing has to know of an instance.
public struct Subscription: Hashable, Sendable {
  /// When the instance was bought; nil is the start of its first order.
  public var startsAt: Instant?

  /// When it ends, for an instance without orders; else the end of the last order counts.
  public var expiresAt: Instant?

  /// Its orders, in any order.
  public var orders: [Order]

  /// The use to be charged for; nil is the elapsed time.
  public var usage: Usage?

  /// How its network is billed; nil is by traffic.
  public var network: Network?

  /// How often it was downgraded so far.
  public var downgrades: Int

  /// What it is now.
  public var configuration: Configuration

  /// A subscription to a configuration.
  public init(
    startsAt: Instant? = nil, expiresAt: Instant? = nil, orders: [Order] = [],
    usage: Usage? = nil, network: Network? = nil, downgrades: Int = 0,
    configuration: Configuration
  ) {
    self.startsAt = startsAt
    self.expiresAt = expiresAt
    self.orders = orders
    self.usage = usage
    self.network = network
    self.downgrades = downgrades
    self.configuration = configuration
  }
}

/// How long an instance was really used since its current order began
/// ("002, Billing examples": 48 hours within 5 days).
public struct Usage: Hashable, Sendable {
  /// Full months of use.
  public var fullMonths: Int

  /// Seconds of use beyond them.
  public var partialSeconds: Int64

  /// So many months, and so many seconds.
  public init(fullMonths: Int, partialSeconds: Int64) {
    self.fullMonths = fullMonths
    self.partialSeconds = partialSeconds
  }
}

/// The network of an instance.
public struct Network: Hashable, Sendable {
  /// How it is billed.
  public var billing: Billing

  /// Its bandwidth in Mbps; costs money only if it is billed by bandwidth.
  public var mbps: Int

  /// A network.
  public init(billing: Billing, mbps: Int) {
    self.billing = billing
    self.mbps = mbps
  }

  /// How a network is billed.
  public enum Billing: String, Hashable, Sendable, CaseIterable {
    /// By what goes through it; nothing of that is prepaid.
    case traffic
    /// By its bandwidth.
    case bandwidth
  }
}

/// What an instance is, or shall become.
public struct Configuration: Hashable, Sendable {
  /// The specification's name; nil for products sold in units, and in a target: as it is.
  public var spec: String?

  /// Units; nil for products sold by specification, and in a target: as it is.
  public var units: Int?

  /// Bandwidth in Mbps. In a target nil is: as it is. Of the current configuration it only
  /// describes; `Subscription.network` is what counts.
  public var mbps: Int?

  /// A configuration.
  public init(spec: String? = nil, units: Int? = nil, mbps: Int? = nil) {
    self.spec = spec
    self.units = units
    self.mbps = mbps
  }
}
