extension QuoteRequest {
  /// What the change costs or gives back.
  ///
  /// Checks its preconditions in the order of `QuoteRefusal.Code`; the first that fails is thrown.
  public func quote() throws(QuoteRefusal) -> Quote {
    var workings = NoWorkings()
    return try quote(&workings)
  }

  /// The lines that explain the quote of this request, term by term; they lead to its amount.
  ///
  /// Written by the very code that computes the quote. Throws what `quote()` throws.
  public func lines() throws(QuoteRefusal) -> [QuoteLine] {
    Array(try explainedQuote().lines)
  }

  /// The quote and the lines that explain it, computed once. Throws what `quote()` throws.
  public func explainedQuote() throws(QuoteRefusal) -> (quote: Quote, lines: QuoteLines) {
    var workings = WrittenWorkings()
    var quote = try quote(&workings)
    quote.exact = quote.exact.inLowestTerms
    return (quote, workings.lines)
  }

  /// With 128-bit numbers, and again with wide ones if those do not suffice.
  private func quote<Notes: Workings>(_ workings: inout Notes) throws(QuoteRefusal) -> Quote {
    do throws(QuoteRefusal) {
      return try quote(in: Rational.self, &workings)
    } catch {
      guard error.code == .amountTooLarge else { throw error }
    }
    workings = Notes()
    return try quote(in: WideRational.self, &workings)
  }

  func quote<Number: ExactNumber>(
    in numbers: Number.Type, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Quote {
    let change = try ConfigurationChange(self)
    guard !isPostpaid else { return rateChangeQuote(change, &workings) }
    let expiry = try checkedExpiry(change)
    let (rule, isUpgrade) = try chosenRule(change, numbers)
    let taken = subscription.resizesTakenBack(by: target, at: now)
    guard rule.policy != .rateChange || !taken.isEmpty else {
      return rateChangeQuote(change, &workings)
    }
    let result: Number =
      taken.isEmpty
      ? try priced(change, rule, isUpgrade: isUpgrade, until: expiry, &workings)
      : try cashTakenBack(taken, &workings)
    if !isUpgrade, let limit = product.maxDowngrades, subscription.downgrades >= limit {
      throw QuoteRefusal(
        .downgradeLimitReached,
        "it was downgraded \(subscription.downgrades) times; \(productName) allows \(limit)")
    }
    var quote: Quote
    if !taken.isEmpty {
      quote = try settled(result, takingBack: taken, policy: rule.policy, &workings)
    } else if rule.policy == .extendExpiry {
      quote = try extended(by: result, &workings)
    } else {
      quote = try settled(result, policy: rule.policy, &workings)
    }
    quote.isDowngrade = !isUpgrade
    quote.expiresAt = expiry
    return quote
  }

  /// What the change costs, or gives back if negative, by its rule; for `extendExpiry` the seconds
  /// that are left.
  private func priced<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ rule: Rule, isUpgrade: Bool,
    until expiry: Instant, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    switch rule.policy {
    case .dailyDifferential:
      try dailyDifferential(change, rule, until: expiry, &workings)
    case .calendarMonthDifferential:
      try calendarMonthDifferential(change, rule, until: expiry, &workings)
    case .unusedValueRefund:
      try unusedValueRefund(change, rule, until: expiry, &workings)
    case .remainingTimeProration:
      try remainingTimeProration(change, rule, &workings)
    case .unitProration:
      try unitProration(change, isUpgrade: isUpgrade, &workings)
    case .extendExpiry, .rateChange:
      try lastingSeconds(change, from: expiry, &workings)
    }
  }

  /// The rule for the change: the money's sign decides, not the size of the specification.
  private func chosenRule<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _: Number.Type
  ) throws(QuoteRefusal) -> (rule: Rule, isUpgrade: Bool) {
    guard let kind = (product.upgrade ?? product.downgrade)?.policy.priceKind else {
      throw missingRule("upgrade")
    }
    let new: Number = try price(kind, of: change.new)
    let isUpgrade = !(try new.isLess(than: price(kind, of: change.old)))
    guard let rule = isUpgrade ? product.upgrade : product.downgrade else {
      throw missingRule(isUpgrade ? "upgrade" : "downgrade")
    }
    return (rule, isUpgrade)
  }

  private func missingRule(_ name: String) -> QuoteRefusal {
    QuoteRefusal(
      .invalidPrice, "\(productName) has no \(name) rule to price this change by; add it")
  }
}
