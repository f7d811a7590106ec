extension QuoteRequest {
  /// (new − old) × months × discount ("002, Monthly Instance Configuration Upgrade").
  func dailyDifferential<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ rule: Rule, until expiry: Instant,
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let difference: Number = try monthlyDifference(change, &workings)
    let seconds: Int64
    switch rule.dayCount {
    case .exactSeconds:
      seconds = Instant.seconds(from: now, to: expiry)
      workings.note(
        "remaining \(days: seconds) ÷ (365/12)",
        "\(months(seconds, Number.self)) months")
    case .calendarDays:
      let today = product.timeZone.local(now).date
      let last = product.timeZone.local(expiry).date
      let days = last.daysSinceEpoch - today.daysSinceEpoch
      seconds = days * 86_400
      workings.note(
        "\(days) days from \(today) to \(last) in \(product.timeZone.identifier) ÷ (365/12)",
        "\(months(seconds, Number.self)) months")
    }
    return try discounted(difference, months(seconds, Number.self), rule, &workings)
  }

  /// The same, with whole calendar months and the rest's part of the month before the expiry's.
  func calendarMonthDifferential<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ rule: Rule, until expiry: Instant,
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let difference: Number = try monthlyDifference(change, &workings)
    let remaining = product.timeZone.fullMonths(from: now, to: expiry)
    let end = product.timeZone.local(expiry).date.firstOfMonth.adding(months: -1)
    let days = CivilDate.daysInMonth(year: end.year, month: end.month)
    let part = Number(Int128(remaining.seconds), over: Int128(days * 86_400))
    let months = try Number(remaining.months).adding(part)
    workings.note(
      "\(remaining.months, "calendar month") + "
        + "\(days: remaining.seconds) ÷ \(days) days",
      "\(months) months")
    return try discounted(difference, months, rule, &workings)
  }

  private func months<Number: ExactNumber>(_ seconds: Int64, _: Number.Type) -> Number {
    Number(Int128(seconds), over: Int128(secondsOfMonth))
  }

  private func monthlyDifference<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let prices: (old: Number, new: Number) = try monthlyPrices(change, &workings)
    let difference = try prices.new.subtracting(prices.old)
    let (old, new) = (change.old.name, change.new.name)
    workings.note(
      "monthly price \(new) \(prices.new) − \(old) \(prices.old)", "\(difference)")
    return difference
  }

  private func discounted<Number: ExactNumber>(
    _ difference: Number, _ months: Number, _ rule: Rule, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let ratio: Number = try rule.payRatio(months: months, &workings)
    workings.conclude(
      rule.termTiers.isEmpty
        ? "\(difference) × \(months)" : "\(difference) × \(months) × \(ratio)")
    return try difference.multiplied(by: months).multiplied(by: ratio)
  }
}
