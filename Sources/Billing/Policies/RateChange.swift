extension QuoteRequest {
  /// No money now; another hourly price from now on ("000, Degrading Postpaid Instances").
  func rateChangeQuote(
    _ change: borrowing ConfigurationChange, _ workings: inout some Workings
  ) -> Quote {
    let before = change.old.specification?.hourly ?? []
    let after = change.new.specification?.hourly ?? []
    note(before, change.old.name, "until now", &workings)
    note(after, change.new.name, "from now on", &workings)
    noteBandwidth(change, &workings)
    workings.note("nothing to pay now", "\(amount: Money.zero(currency))")
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

  private func noteBandwidth(
    _ change: borrowing ConfigurationChange, _ workings: inout some Workings
  ) {
    guard let price = product.bandwidth?.hourlyPerMbps, change.old.mbps != change.new.mbps else {
      return
    }
    for (mbps, when) in [(change.old.mbps, "until now"), (change.new.mbps, "from now on")] {
      workings.note("hourly price of bandwidth \(when)", "\(mbps) Mbps × \(price)")
    }
  }
}
