import Billing
import Contracts
import Resizing

extension FuzzSubject {
  func checkCatalogue(_ bytes: [UInt8]) throws(Finding) {
    let document = CatalogDocument(bytes)
    for problem in document.problems {
      try require(!problem.message.isEmpty, "a problem without a word at line \(problem.line)")
    }
    try require(
      document.isValid != document.catalogs.isEmpty, "a catalogue neither holds nor is refused")
    for catalog in document.catalogs {
      for (name, product) in catalog.products.prefix(8) {
        try checkQuotes(catalog, name, product)
      }
    }
  }

  /// Quotes between the first specifications and numbers of units, in the middle of a year.
  private func checkQuotes(
    _ catalog: Catalog, _ name: String, _ product: Product
  ) throws(Finding) {
    let names = product.specifications.keys.sorted().prefix(3).map { Optional($0) } + [nil]
    let start: Int64 = 1_767_225_600
    let order = Order(
      orderId: "o-1", kind: .purchase, startsAt: Instant(secondsSinceEpoch: start),
      endsAt: Instant(secondsSinceEpoch: start + 31_536_000), terms: 12,
      paidCash: ExactDecimal(1_200), paidVoucher: .zero, refunded: .zero, status: .paid)
    for before in names {
      for after in names {
        let request = QuoteRequest(
          product: product, productName: name, catalogVersion: catalog.version,
          currency: catalog.currency,
          subscription: Subscription(
            orders: [order], configuration: Configuration(spec: before, units: 100)),
          target: Configuration(spec: after, units: 50),
          now: Instant(secondsSinceEpoch: start + 10_000_000))
        let quote: Quote
        do throws(QuoteRefusal) {
          quote = try request.quote()
        } catch {
          try require(!error.message.isEmpty, "a quote is refused without a word")
          continue
        }
        try check(quote)
      }
    }
  }

  /// The sign says the direction, and no amount is negative.
  func check(_ quote: Quote) throws(Finding) {
    try require(quote.amount.minorUnits >= 0, "a negative amount: \(quote.amount)")
    try require(
      (quote.direction == .none) == (quote.amount.minorUnits == 0),
      "\(quote.direction) of \(quote.amount)")
  }
}
