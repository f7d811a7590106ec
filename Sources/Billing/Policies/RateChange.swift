extension QuoteRequest {
  /// No money now; another hourly price from now on ("000, Degrading Postpaid Instances").
  func rateChangeQuote(
    _ change: borrowing ConfigurationChange, _ workings: inout some Workings
  ) -> Quote {
    let before = change.old.specification?.hourly ?? []
    let after = change.new.specification?.hourly ?? []
    note(before, change.old.name, "until now", &workings)
    note(after, change.new.name, "from now on", &workings)
    workings.note("nothing to pay now", Money.zero(currency).value)
    var quote = quote(.none, .zero(currency), .zero, .rateChange)
    quote.rateChange = RateChange(before: before, after: after)
    return quote
  }

  private func note(
    _ steps: [HourlyStep], _ name: String, _ when: String, _ workings: inout some Workings
  ) {
    for step in steps {
      let reach = step.uptoHours.map { ", up to \($0) hours" } ?? ""
      workings.note("hourly price \(name) \(when)\(reach)", "\(step.price)")
    }
  }
}
