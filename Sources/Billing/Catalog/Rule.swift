/// How a change of a configuration is charged.
public struct Rule: Hashable, Sendable {
  /// The formula.
  public var policy: Policy

  /// How `dailyDifferential` counts the remaining days.
  public var dayCount: DayCount

  /// Whether `unusedValueRefund` prices the new specification with its term discount.
  public var newSpecPrice: NewSpecPrice

  /// What `remainingTimeProration` takes as the old value.
  public var basis: Basis

  /// Discounts by length, in any order; below the smallest the full price is paid.
  public var termTiers: [TermTier]

  /// A rule; what a policy does not use is ignored by it.
  public init(
    policy: Policy, dayCount: DayCount = .exactSeconds, newSpecPrice: NewSpecPrice = .tiered,
    basis: Basis = .list, termTiers: [TermTier] = []
  ) {
    self.policy = policy
    self.dayCount = dayCount
    self.newSpecPrice = newSpecPrice
    self.basis = basis
    self.termTiers = termTiers
  }

  /// How remaining days are counted.
  public enum DayCount: String, Hashable, Sendable, CaseIterable {
    /// Seconds ÷ 86,400.
    case exactSeconds
    /// The difference of the dates in the product's time zone.
    case calendarDays
  }

  /// At which price the new specification is bought in a downgrade.
  public enum NewSpecPrice: String, Hashable, Sendable, CaseIterable {
    /// With the discount of the remaining term.
    case tiered
    /// At the full price.
    case list
  }

  /// What the value of the old configuration is.
  public enum Basis: String, Hashable, Sendable, CaseIterable {
    /// Its list price.
    case list
    /// The cash that was paid for it.
    case paid
  }
}

/// A discount from so many months on.
public struct TermTier: Hashable, Sendable {
  /// The shortest length the tier is for, in months of 365/12 days; inclusive.
  public var minMonths: Int

  /// The part of the price that is paid: 0.88 where vendors write "88 % discount" ("002").
  public var payRatio: ExactDecimal

  /// So much of the price is paid from so many months on.
  public init(minMonths: Int, payRatio: ExactDecimal) {
    self.minMonths = minMonths
    self.payRatio = payRatio
  }
}

/// The formulas a change can be charged by; raw values are their names in catalogues and quotes.
public enum Policy: String, Hashable, Sendable, CaseIterable {
  /// Monthly price difference × remaining months × discount
  /// ("002, Monthly Instance Configuration Upgrade").
  case dailyDifferential
  /// The same with whole calendar months and a part of a month (a newer rule of that vendor).
  case calendarMonthDifferential
  /// What was paid, less what was used, less the new specification's cost
  /// ("002, Monthly configuration downgrade").
  case unusedValueRefund
  /// New value less old value of the remaining time ("003").
  case remainingTimeProration
  /// The price of the added, or the cash of the removed units for the remaining time ("001").
  case unitProration
  /// No money: the remaining value lasts longer ("000, Degrading Prepaid Instances").
  case extendExpiry
  /// Postpaid: no money now, another hourly price from now on
  /// ("000, Degrading Postpaid Instances").
  case rateChange
}
