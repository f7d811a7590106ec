/// In what a policy prices a configuration.
enum PriceKind {
  /// By the month, bandwidth included.
  case monthly
  /// By the term.
  case term
  /// By the unit and term.
  case units
}

extension Policy {
  /// The kind of price the policy's formula uses.
  var priceKind: PriceKind {
    switch self {
    case .remainingTimeProration: .term
    case .unitProration: .units
    case .dailyDifferential, .calendarMonthDifferential, .unusedValueRefund, .extendExpiry,
      .rateChange:
      .monthly
    }
  }
}

extension QuoteRequest {
  /// The price of a configuration; refuses with `InvalidPrice` if the catalogue has none.
  func price<Number: ExactNumber>(
    _ kind: PriceKind, of side: borrowing ConfigurationChange.Side
  ) throws(QuoteRefusal) -> Number {
    switch kind {
    case .monthly:
      guard let monthly = side.specification?.monthly else {
        throw missingPrice("monthly price", of: side.name)
      }
      guard side.mbps != 0 else { return Number(monthly) }
      return try Number(monthly).adding(try monthlyBandwidth(side.mbps))
    case .term:
      guard let price = side.specification?.termPrice else {
        throw missingPrice("term price", of: side.name)
      }
      return Number(price)
    case .units:
      guard let unit = product.unit, let units = side.units else {
        throw missingPrice("unit price", of: side.name)
      }
      return try Number(unit.termPrice).multiplied(by: Number(Int64(units)))
    }
  }

  /// The price of so many Mbps for a month.
  func monthlyBandwidth<Number: ExactNumber>(_ mbps: Int) throws(QuoteRefusal) -> Number {
    guard let price = product.bandwidth?.monthlyPerMbps else {
      throw missingPrice("monthly price of an Mbps", of: "the bandwidth")
    }
    return try Number(price).multiplied(by: Number(Int64(mbps)))
  }

  func missingPrice(_ kind: String, of name: String) -> QuoteRefusal {
    QuoteRefusal(
      .invalidPrice, "\(productName) has no \(kind) of \(name); add it to the catalogue")
  }

  /// The monthly prices before and after, with a line for each that bandwidth is a part of.
  func monthlyPrices<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> (old: Number, new: Number) {
    let new: Number = try noted(change.new, &workings)
    let old: Number = try noted(change.old, &workings)
    return (old, new)
  }

  /// A side's monthly price, with a line if bandwidth is a part of it.
  func noted<Number: ExactNumber>(
    _ side: borrowing ConfigurationChange.Side, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let price: Number = try price(.monthly, of: side)
    guard side.mbps != 0 else { return price }
    let (name, mbps, monthly) = (side.name, side.mbps, side.specification?.monthly ?? .zero)
    let perMbps = product.bandwidth?.monthlyPerMbps ?? .zero
    workings.note(
      "\(name) with bandwidth, a month: \(monthly) + \(mbps) Mbps × \(perMbps)", "\(price)")
    return price
  }
}
