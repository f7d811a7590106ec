/// What a change costs or gives back.
public struct Quote: Hashable, Sendable {
  /// Which way money moves.
  public var direction: Direction

  /// What moves: after rounding, the refund's bound and the voucher. Never negative.
  public var amount: Money

  /// The exact result, positive for a charge; after the refund's bound, not yet rounded.
  public var exact: Fraction

  /// The formula that was used.
  public var policy: Policy

  /// The part of the fee a voucher pays; nil if none was given, or nothing is charged.
  public var voucherApplied: Money?

  /// The rounded charge or refund, before the voucher. Never negative.
  public var fee: Money

  /// When the subscription ended as it was quoted; nil where the price does not depend on it.
  public var expiresAt: Instant?

  /// When the subscription ends from now on, where the change moves that.
  public var newExpiresAt: Instant?

  /// Whether the product's downgrade rule was used, which counts towards its `maxDowngrades`.
  public var isDowngrade: Bool

  /// The version of the catalogue the prices are from.
  public var catalogVersion: String?

  /// The moment of the change the quote is for.
  public var quotedAt: Instant

  /// The hourly prices before and after; only of `rateChange`.
  public var rateChange: RateChange?

  /// How a refund spreads over the orders' cash, and which of them are taken back; sums up to
  /// `amount`. Empty if none is due and nothing is taken back.
  public var refundOf: [RefundShare]

  /// A quote.
  public init(
    direction: Direction, amount: Money, exact: Fraction, policy: Policy,
    voucherApplied: Money? = nil, fee: Money, expiresAt: Instant? = nil,
    newExpiresAt: Instant? = nil,
    isDowngrade: Bool = false, catalogVersion: String? = nil, quotedAt: Instant,
    rateChange: RateChange? = nil,
    refundOf: [RefundShare] = []
  ) {
    self.direction = direction
    self.amount = amount
    self.exact = exact
    self.policy = policy
    self.voucherApplied = voucherApplied
    self.fee = fee
    self.expiresAt = expiresAt
    self.newExpiresAt = newExpiresAt
    self.isDowngrade = isDowngrade
    self.catalogVersion = catalogVersion
    self.quotedAt = quotedAt
    self.rateChange = rateChange
    self.refundOf = refundOf
  }

  /// Which way money moves.
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// From the customer.
    case charge
    /// To the customer.
    case refund
    /// Not at all; the change itself goes on.
    case none
  }
}

/// The part of a refund that is given back of one order's cash.
public struct RefundShare: Hashable, Sendable {
  /// The order.
  public var orderId: String

  /// How much of its cash; above zero, except of an order taken back that has none left.
  public var amount: Money

  /// Whether the order is taken back whole, because its resize began at this very moment: it counts
  /// nowhere once the change is done.
  public var isTakenBack: Bool

  /// A share of a refund.
  public init(orderId: String, amount: Money, isTakenBack: Bool = false) {
    self.orderId = orderId
    self.amount = amount
    self.isTakenBack = isTakenBack
  }
}

/// The hourly prices of a postpaid instance before and after a change.
public struct RateChange: Hashable, Sendable {
  /// The specification's steps until now; empty if the catalogue has no hourly price for it.
  public var before: [HourlyStep]

  /// The specification's steps from now on; empty if the catalogue has no hourly price for it.
  public var after: [HourlyStep]

  /// A change of hourly prices.
  public init(before: [HourlyStep], after: [HourlyStep]) {
    self.before = before
    self.after = after
  }
}

/// One line of a quote's explanation: a term in words, and its value.
public struct QuoteLine: Hashable, Sendable {
  /// The term with its numbers, such as `remaining 244 days ÷ (365/12)`.
  public var text: String

  /// Its value, such as `2928/365 months`.
  public var value: String

  /// A line.
  public init(text: String, value: String) {
    self.text = text
    self.value = value
  }
}
