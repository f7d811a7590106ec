extension QuoteRequest {
  /// new × T − old value ("003, Upgrade and Downgrade Refund Formula").
  ///
  /// With the basis `paid` that is the formula's spent − (B + D): the cash of the unused time
  /// less the new configuration's cost, sign reversed.
  func remainingTimeProration<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ rule: Rule, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let terms: Number = try unusedTerms(&workings)
    let newPrice: Number = try price(.term, of: change.new)
    let newValue = try newPrice.multiplied(by: terms)
    let newName = change.new.name
    workings.note(
      """
      value of \(newName) for the time left: \(newPrice) × \
      \(terms, timesPrice: newPrice, minorDigits: currency.minorDigits)
      """, "\(amount: newValue)")
    let oldValue: Number
    switch rule.basis {
    case .list:
      let oldPrice: Number = try price(.term, of: change.old)
      oldValue = try oldPrice.multiplied(by: terms)
      let oldName = change.old.name
      workings.note(
        """
        value of \(oldName) for the time left: \(oldPrice) × \
        \(terms, timesPrice: oldPrice, minorDigits: currency.minorDigits)
        """, "\(amount: oldValue)")
    case .paid:
      oldValue = try unusedCash(&workings)
    }
    workings.conclude("\(amount: newValue) − \(amount: oldValue)")
    return try newValue.subtracting(oldValue)
  }

  /// Added units at their price for the terms left, or the unused cash of removed ones ("001").
  func unitProration<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, isUpgrade: Bool, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    guard let unit = product.unit, let old = change.old.units, let new = change.new.units else {
      throw missingPrice("unit price", of: change.new.name)
    }
    let difference = try Number(Int64(new)).subtracting(Number(Int64(old)))
    workings.note("\(unit.name) \(new) − \(old)", "\(difference)")
    if isUpgrade {
      let terms: Number = try unusedTerms(&workings)
      let price = try difference.multiplied(by: Number(unit.termPrice))
      workings.conclude(
        """
        \(difference) × \(unit.termPrice) × \
        \(terms, timesPrice: price, minorDigits: currency.minorDigits)
        """)
      return try price.multiplied(by: terms)
    }
    guard old > 0 else {
      throw QuoteRefusal(.invalidPrice, "\(productName) has no units to give back")
    }
    let cash: Number = try unusedCash(&workings)
    workings.conclude("\(amount: cash) × \(difference)/\(old)")
    return try cash.multiplied(by: difference).divided(by: Number(Int64(old)))
  }
}
