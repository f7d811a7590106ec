/// One size of an instance, with its prices in the catalogue's currency.
public struct Specification: Hashable, Sendable {
  /// Price of a month of 365/12 days.
  public var monthly: ExactDecimal?

  /// Price of one term, whatever its length is: an order's period is `terms` of them.
  public var termPrice: ExactDecimal?

  /// Pay-as-you-go prices, by hours of use; empty if there are none.
  public var hourly: [HourlyStep]

  /// Virtual processors; only described, never charged for.
  public var vcpu: Int?

  /// Memory in GiB; only described, never charged for.
  public var memoryGiB: ExactDecimal?

  /// A specification with the prices it has.
  public init(
    monthly: ExactDecimal? = nil, termPrice: ExactDecimal? = nil, hourly: [HourlyStep] = [],
    vcpu: Int? = nil, memoryGiB: ExactDecimal? = nil
  ) {
    self.monthly = monthly
    self.termPrice = termPrice
    self.hourly = hourly
    self.vcpu = vcpu
    self.memoryGiB = memoryGiB
  }
}

/// A step of an hourly price: it holds from the end of the step before it up to its own.
///
/// Steps are marginal: with `96 h: 0.12, then 0.06`, 100 hours cost 96 × 0.12 + 4 × 0.06. The last
/// step's price goes on without end, even if it names one.
public struct HourlyStep: Hashable, Sendable {
  /// The hours since the start of use up to which the price holds; nil is without end.
  public var uptoHours: Int?

  /// Price of an hour.
  public var price: ExactDecimal

  /// A price up to so many hours of use.
  public init(uptoHours: Int? = nil, price: ExactDecimal) {
    self.uptoHours = uptoHours
    self.price = price
  }
}

/// The price of a product that is sold in units, such as compute units ("001").
public struct UnitPricing: Hashable, Sendable {
  /// What a unit is called, such as `CU`.
  public var name: String

  /// Price of one unit for one term.
  public var termPrice: ExactDecimal

  /// The fewest units that can be had; fewer would be a cancellation.
  public var min: Int

  /// A price for each unit.
  public init(name: String, termPrice: ExactDecimal, min: Int = 1) {
    self.name = name
    self.termPrice = termPrice
    self.min = min
  }
}

/// The prices of a network that is billed by its bandwidth ("002, Used network fees").
public struct BandwidthPricing: Hashable, Sendable {
  /// Price of one Mbps for a month of 365/12 days.
  public var monthlyPerMbps: ExactDecimal?

  /// Price of one Mbps for an hour.
  public var hourlyPerMbps: ExactDecimal?

  /// The prices there are.
  public init(monthlyPerMbps: ExactDecimal? = nil, hourlyPerMbps: ExactDecimal? = nil) {
    self.monthlyPerMbps = monthlyPerMbps
    self.hourlyPerMbps = hourlyPerMbps
  }
}
