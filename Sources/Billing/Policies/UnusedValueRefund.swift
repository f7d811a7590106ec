extension QuoteRequest {
  /// max(0, paid − used + resized − cost), as a refund: zero or negative
  /// ("002, Monthly configuration downgrade").
  func unusedValueRefund<Number: ExactNumber>(
    _ change: borrowing ConfigurationChange, _ rule: Rule, until expiry: Instant,
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    var value: Number = try paidForPeriods(&workings)
    value = try value.subtracting(try used(change.old, rule, &workings))
    value = try value.adding(try unusedCash(ofKind: .resize, &workings))
    value = try value.subtracting(try cost(change.new, rule, until: expiry, &workings))
    workings.note("sum of these", "\(amount: value)")
    workings.conclude("the larger of 0 and \(amount: value)")
    return value.isNegative ? .zero : try value.negated()
  }

  /// The whole cash of current and future orders; resizes count by their unused share instead.
  private func paidForPeriods<Number: ExactNumber>(
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    var paid = Number.zero
    for index in subscription.orders.indices
    where subscription.orders[index].kind != .resize && isUnfinished(index) {
      paid = try paid.adding(Number(subscription.orders[index].paidCash))
      workings.note(
        "paid for order \(subscription.orders[index].orderId)",
        "\(subscription.orders[index].paidCash)")
    }
    return paid
  }

  /// What the remaining time costs in the new configuration.
  private func cost<Number: ExactNumber>(
    _ side: borrowing ConfigurationChange.Side, _ rule: Rule, until expiry: Instant,
    _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let price: Number = try noted(side, &workings)
    let seconds = Instant.seconds(from: now, to: expiry)
    let months = Number(Int128(seconds), over: Int128(secondsOfMonth))
    let tier = rule.newSpecPrice == .tiered ? try rule.tier(months: months) : nil
    let ratio = tier.map { Number($0.payRatio) } ?? .one
    let cost = try price.multiplied(by: months).multiplied(by: ratio)
    let name = side.name
    workings.note(
      "new specification \(name): \(price) × \(days: seconds) ÷ (365/12)"
        + (tier?.factorText ?? ""), negated(cost))
    return cost
  }
}

extension QuoteRequest {
  /// What was used of the current order, by price list.
  fileprivate func used<Number: ExactNumber>(
    _ side: borrowing ConfigurationChange.Side, _ rule: Rule, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    let usage = usage(&workings)
    let months = Number(Int64(usage.fullMonths))
    let tier = try rule.tier(months: months)
    var used = Number.zero
    if usage.fullMonths > 0 {
      guard let monthly = side.specification?.monthly else {
        throw missingPrice("monthly price", of: side.name)
      }
      let discounted = try months.multiplied(by: tier.map { Number($0.payRatio) } ?? .one)
      used = try Number(monthly).multiplied(by: discounted)
      let name = side.name
      workings.note(
        "used \(name), full months: \(monthly) × \(usage.fullMonths)\(tier?.factorText ?? "")",
        negated(used))
      if side.mbps != 0 {
        let bandwidth: Number = try monthlyBandwidth(side.mbps)
        let amount = try bandwidth.multiplied(by: discounted)
        workings.note(
          "used bandwidth, full months: \(bandwidth) × \(usage.fullMonths)"
            + (tier?.factorText ?? ""),
          negated(amount))
        used = try used.adding(amount)
      }
    }
    guard usage.partialSeconds > 0 else { return used }
    used = try used.adding(try hourly(side, seconds: usage.partialSeconds, &workings))
    guard side.mbps != 0 else { return used }
    return try used.adding(
      try hourlyBandwidth(side.mbps, seconds: usage.partialSeconds, &workings))
  }

  /// The usage on record, else the time since the current order began.
  private func usage(_ workings: inout some Workings) -> Usage {
    if let usage = subscription.usage {
      workings.note("use on record", usage.text)
      return usage
    }
    var current: Instant?
    for index in subscription.orders.indices
    where subscription.orders[index].kind != .resize && isUnfinished(index) {
      let start = subscription.orders[index].startsAt
      if start <= now { current = min(current ?? start, start) }
    }
    guard let current else { return Usage(fullMonths: 0, partialSeconds: 0) }
    let elapsed = product.timeZone.fullMonths(from: current, to: now)
    let usage = Usage(fullMonths: Int(elapsed.months), partialSeconds: elapsed.seconds)
    workings.note("used since the current order began at \(current)", usage.text)
    return usage
  }

  /// Hours of use by the stepped price, each step for the time that falls into it.
  private func hourly<Number: ExactNumber>(
    _ side: borrowing ConfigurationChange.Side, seconds: Int64, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    guard let specification = side.specification, !specification.hourly.isEmpty else {
      throw missingPrice("hourly price", of: side.name)
    }
    let name = side.name
    var total = Number.zero
    var from: Int64 = 0
    for index in specification.hourly.indices where from < seconds {
      let step = specification.hourly[index]
      let isLast = index == specification.hourly.count - 1
      let end = isLast ? nil : step.uptoHours.map { $0.multipliedReportingOverflow(by: 3600) }
      let upto = end.map { $0.overflow ? seconds : min(seconds, Int64($0.partialValue)) } ?? seconds
      guard upto > from else { continue }
      let hours = Number(Int128(upto - from), over: 3600)
      let amount = try Number(step.price).multiplied(by: hours)
      workings.note("used \(name), hours: \(step.price) × \(hours)", negated(amount))
      total = try total.adding(amount)
      from = upto
    }
    return total
  }

  private func hourlyBandwidth<Number: ExactNumber>(
    _ mbps: Int, seconds: Int64, _ workings: inout some Workings
  ) throws(QuoteRefusal) -> Number {
    guard let price = product.bandwidth?.hourlyPerMbps else {
      throw missingPrice("hourly price of an Mbps", of: "the bandwidth")
    }
    let hours = Number(Int128(seconds), over: 3600)
    let amount = try Number(price).multiplied(by: Number(Int64(mbps))).multiplied(by: hours)
    workings.note(
      "used bandwidth, hours: \(price) × \(mbps) Mbps × \(hours)", negated(amount))
    return amount
  }
}

extension Usage {
  fileprivate var text: Wording {
    "\(fullMonths, "month") + \(Rational(Int128(partialSeconds), over: 3600)) hours"
  }
}

private func negated(_ number: some ExactNumber) -> Wording {
  "\(amount: try? number.negated())"
}
