/// Seconds of a month, which is 365/12 days.
let secondsOfMonth: Int64 = 2_628_000

extension Rule {
  /// The tier of the largest `minMonths` that is not above so many months; nil below all.
  func tier<Number: ExactNumber>(months: Number) throws(QuoteRefusal) -> TermTier? {
    var best: TermTier?
    for tier in termTiers where tier.minMonths > best?.minMonths ?? .min {
      if try !months.isLess(than: Number(Int64(tier.minMonths))) { best = tier }
    }
    guard best?.payRatio.isNegative != true else {
      throw QuoteRefusal(.invalidPrice, "a term discount's payRatio is negative")
    }
    return best
  }

  /// The part of the price that is paid for so many months; 1 without a tier.
  func payRatio<Number: ExactNumber>(
    months: Number, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    guard let tier = try tier(months: months) else {
      if let first = termTiers.map(\.minMonths).min() {
        workings.note("no term discount below \(first, "month"): pay 100 %", "1")
      }
      return .one
    }
    let ratio = Number(tier.payRatio)
    workings.note(
      """
      term discount, \(tier.minMonths, "month") and more: \
      pay \(try? ratio.multiplied(by: Number(100))) %
      """, "\(tier.payRatio)")
    return ratio
  }
}

extension TermTier {
  /// The discount as a factor in a line.
  var factorText: Wording { " × \(payRatio) (\(minMonths, "month") and more)" }
}
