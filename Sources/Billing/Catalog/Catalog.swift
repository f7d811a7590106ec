/// The products that are sold, with their prices and rules, as one version of the price list.
public struct Catalog: Hashable, Sendable {
  /// The catalogue's name.
  public var name: String

  /// Which version of the prices this is; a change of prices is a new version.
  public var version: String?

  /// From when on this version holds; nil is since ever.
  public var validFrom: Instant?

  /// What all prices are in.
  public var currency: Currency

  /// Products by name.
  public var products: [String: Product]

  /// A catalogue of these products.
  public init(
    name: String, version: String? = nil, validFrom: Instant? = nil, currency: Currency,
    products: [String: Product]
  ) {
    self.name = name
    self.version = version
    self.validFrom = validFrom
    self.currency = currency
    self.products = products
  }
}
