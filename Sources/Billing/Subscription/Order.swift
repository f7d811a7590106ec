/// A purchase, a renewal or a charged resize of an instance: a period, and what was paid for it.
public struct Order: Hashable, Sendable {
  /// The order's id, unique within its instance.
  public var orderId: String

  /// What was ordered.
  public var kind: Kind

  /// When the period begins.
  public var startsAt: Instant

  /// When the period is over; not part of it.
  public var endsAt: Instant

  /// How many terms the period is; nil is 1. Orders of kind `resize` count none, whatever it says.
  public var terms: Int?

  /// The list price, before discounts; only described.
  public var listAmount: ExactDecimal?

  /// What was paid in money. May have more digits than the currency.
  public var paidCash: ExactDecimal

  /// What was paid by voucher; never refunded ("001, Note"; "002, Billing rules").
  public var paidVoucher: ExactDecimal

  /// How much of the cash was given back so far.
  public var refunded: ExactDecimal

  /// Whether it is paid.
  public var status: Status

  /// The code of the currency it was paid in; nil is the catalogue's.
  public var currency: String?

  /// Of an order of kind `resize`, what it changed; nil where that is not on record.
  public var change: Change?

  /// An order; only its id, period and cash have to be known.
  public init(
    orderId: String, kind: Kind = .purchase, startsAt: Instant, endsAt: Instant,
    terms: Int? = nil, listAmount: ExactDecimal? = nil, paidCash: ExactDecimal,
    paidVoucher: ExactDecimal = .zero, refunded: ExactDecimal = .zero, status: Status = .paid,
    currency: String? = nil, change: Change? = nil
  ) {
    self.orderId = orderId
    self.kind = kind
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.terms = terms
    self.listAmount = listAmount
    self.paidCash = paidCash
    self.paidVoucher = paidVoucher
    self.refunded = refunded
    self.status = status
    self.currency = currency
    self.change = change
  }

  /// From what a resize led to what; both whole, with the Mbps the network is billed for.
  public struct Change: Hashable, Sendable {
    /// What the instance was before.
    public var from: Configuration
    /// What it was to become.
    public var to: Configuration

    /// A change.
    public init(from: Configuration, to: Configuration) {
      self.from = from
      self.to = to
    }
  }

  /// What an order was for.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The first period.
    case purchase
    /// A further period.
    case renewal
    /// A better configuration, for the time that was left.
    case resize
  }

  /// Whether an order is paid.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    /// It is, as far as its amounts say.
    case paid
    /// Not yet: it blocks a resize.
    case unpaid
    /// It never was and will not be, or it was taken back whole: it counts nowhere.
    case canceled
  }
}
