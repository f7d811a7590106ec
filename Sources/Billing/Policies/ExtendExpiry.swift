extension QuoteRequest {
  /// How many seconds the remaining value of the old configuration lasts in the new one:
  /// R × old ÷ new ("000, Degrading Prepaid Instances").
  func lastingSeconds<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, from expiry: Instant, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let prices: (old: Number, new: Number) = try monthlyPrices(change, &workings)
    guard !prices.new.isZero else {
      throw QuoteRefusal(
        .invalidPrice, "\(change.new.name) costs nothing, so the expiry would never come")
    }
    let remaining = Instant.seconds(from: now, to: expiry)
    let lasting = try Number(remaining).multiplied(by: prices.old).divided(by: prices.new)
    let (old, new) = (change.old.name, change.new.name)
    workings.note(
      "remaining \(days: remaining) × \(old) \(prices.old) ÷ \(new) \(prices.new)",
      "\(lasting) seconds")
    return lasting
  }

  /// The quote that moves the expiry instead of money, to now + so many seconds, rounded down.
  func extended(
    by lasting: some ExactNumber, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Quote {
    let latest = Instant.secondsRange.upperBound - now.secondsSinceEpoch
    guard let seconds = try lasting.roundedDown(), seconds <= latest else {
      throw QuoteRefusal(.amountTooLarge, "the new expiry would be after the year 9999")
    }
    let expiry = Instant(secondsSinceEpoch: now.secondsSinceEpoch + seconds)
    workings.note("new expiry: \(now) + \(days: seconds)", "\(expiry)")
    workings.note("no money moves", "\(amount: Money.zero(currency))")
    var quote = quote(.none, .zero(currency), .zero, .extendExpiry)
    quote.newExpiresAt = expiry
    return quote
  }
}
