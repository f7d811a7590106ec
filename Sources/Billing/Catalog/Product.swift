/// One product: what can be bought of it, at which price, and how a change of it is charged.
public struct Product: Hashable, Sendable {
  /// The zone in which dates and full months are counted.
  public var timeZone: TimeZoneRules

  /// How a change to a price that is as high or higher is charged.
  public var upgrade: Rule?

  /// How a change to a lower price is charged.
  public var downgrade: Rule?

  /// States in which an instance may be resized; nil is any ("000, Upgrading on Console").
  public var requiredStates: [String]?

  /// Media all disks must be on; nil is any ("000, Upgrading on Console").
  public var requiredDiskMedia: [String]?

  /// How often an instance may be downgraded; nil is without limit.
  public var maxDowngrades: Int?

  /// Specifications by name.
  public var specifications: [String: Specification]

  /// The price of a unit, for products that are sold in units ("001").
  public var unit: UnitPricing?

  /// The prices of bandwidth, for networks billed by it.
  public var bandwidth: BandwidthPricing?

  /// A product; everything but the time zone may be missing.
  public init(
    timeZone: TimeZoneRules, upgrade: Rule? = nil, downgrade: Rule? = nil,
    requiredStates: [String]? = nil, requiredDiskMedia: [String]? = nil,
    maxDowngrades: Int? = nil, specifications: [String: Specification] = [:],
    unit: UnitPricing? = nil, bandwidth: BandwidthPricing? = nil
  ) {
    self.timeZone = timeZone
    self.upgrade = upgrade
    self.downgrade = downgrade
    self.requiredStates = requiredStates
    self.requiredDiskMedia = requiredDiskMedia
    self.maxDowngrades = maxDowngrades
    self.specifications = specifications
    self.unit = unit
    self.bandwidth = bandwidth
  }
}
