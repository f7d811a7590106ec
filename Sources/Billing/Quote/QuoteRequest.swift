/// Everything a quote depends on. The same request always gets the same quote.
public struct QuoteRequest: Hashable, Sendable {
  // Not the product first: the memberwise initializer must differ from the public one.
  /// The product's name, for messages.
  public var productName: String

  /// The product the instance is of.
  public var product: Product

  /// The version of the catalogue the prices are from.
  public var catalogVersion: String?

  /// The catalogue's currency.
  public var currency: Currency

  /// The instance.
  public var subscription: Subscription

  /// What it shall become.
  public var target: Configuration

  /// Whether it is billed afterwards, by the hour; then only the rate changes.
  public var isPostpaid: Bool

  /// The moment of the change.
  public var now: Instant

  /// A voucher to pay a charge with.
  public var voucher: StatedAmount?

  /// The most the customer agrees to be charged, after the voucher; inclusive.
  public var maxCharge: StatedAmount?
}

extension QuoteRequest {
  /// A request for a product that was looked up already.
  public init(
    product: Product, productName: String, catalogVersion: String? = nil, currency: Currency,
    subscription: Subscription, target: Configuration, isPostpaid: Bool = false, now: Instant,
    voucher: StatedAmount? = nil, maxCharge: StatedAmount? = nil
  ) {
    // By the memberwise initializer, which moves: one that sets field by field ends with a copy of
    // them all, a dozen references to count.
    self.init(
      productName: productName, product: product, catalogVersion: catalogVersion,
      currency: currency, subscription: subscription, target: target, isPostpaid: isPostpaid,
      now: now, voucher: voucher, maxCharge: maxCharge)
  }

  /// A request for a product of this catalogue, or nil if it has none of that name.
  public init?(
    catalog: Catalog, productName: String, subscription: Subscription, target: Configuration,
    isPostpaid: Bool = false, now: Instant, voucher: StatedAmount? = nil,
    maxCharge: StatedAmount? = nil
  ) {
    guard let product = catalog.products[productName] else { return nil }
    self.init(
      product: product, productName: productName, catalogVersion: catalog.version,
      currency: catalog.currency, subscription: subscription, target: target,
      isPostpaid: isPostpaid, now: now, voucher: voucher, maxCharge: maxCharge)
  }
}
