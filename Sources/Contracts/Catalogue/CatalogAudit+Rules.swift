import Billing

extension CatalogAudit {
  /// A rule is in a direction it is made for, and the product has the prices that its formula asks
  /// for.
  mutating func check(_ rule: Rule, of product: Product, isUpgrade: Bool, _ path: String) {
    let rulePath = path + (isUpgrade ? ".upgrade" : ".downgrade")
    let policy = rule.policy.rawValue
    switch rule.policy {
    case .rateChange:
      report(
        rulePath + ".policy",
        "is \"rateChange\", which postpaid instances always use; name the rule of prepaid ones")
    case .extendExpiry, .unusedValueRefund:
      if isUpgrade {
        report(
          rulePath + ".policy",
          "is \"\(policy)\", which only works as a downgrade; use \"dailyDifferential\"")
      }
    case .unitProration:
      if product.unit == nil {
        report(path + ".unit", "is missing; \"unitProration\" needs the price of a unit")
      }
    case .dailyDifferential, .calendarMonthDifferential, .remainingTimeProration: break
    }
    if rule.policy != .unitProration, product.unit != nil {
      report(
        rulePath + ".policy",
        "is \"\(policy)\", but the product is sold in units; use \"unitProration\"")
    }
    if let option = product.bandwidth?.pricePassedOver(by: rule.policy, product) {
      warn(
        rulePath + ".policy",
        "is \"\(policy)\", which does not look at \"bandwidth.\(option)\": a change of the Mbps alone "
          + "costs nothing; use a rule of monthly prices, or put bandwidth into the specifications")
    }
    checkNeeds(of: rule, product, path)
    checkTiers(rule.termTiers, rulePath + ".termTiers")
    checkOptions(of: rule, rulePath)
  }

  private mutating func checkNeeds(of rule: Rule, _ product: Product, _ path: String) {
    let policy = rule.policy
    for (name, specification) in product.specifications {
      let path = catalogPath(path + ".specs", name)
      func need(_ field: String) -> (String, String) {
        (path + "." + field, "is missing; \"\(policy.rawValue)\" needs it of every specification")
      }
      if policy.needsMonthly, specification.monthly == nil { report(need("monthly")) }
      if policy == .remainingTimeProration, specification.termPrice == nil {
        report(need("termPrice"))
      }
      if policy == .unusedValueRefund, specification.hourly.isEmpty { report(need("hourly")) }
      if policy == .extendExpiry, specification.monthly?.isZero == true {
        report(path + ".monthly", "is 0; \"extendExpiry\" divides by it")
      }
    }
    guard let bandwidth = product.bandwidth else { return }
    if policy.needsMonthly, bandwidth.monthlyPerMbps == nil {
      report(
        path + ".bandwidth.monthlyPerMbps", "is missing; \"\(policy.rawValue)\" needs it")
    }
    if policy == .unusedValueRefund, bandwidth.hourlyPerMbps == nil {
      report(path + ".bandwidth.hourlyPerMbps", "is missing; \"unusedValueRefund\" needs it")
    }
  }

  private mutating func report(_ problem: (path: String, message: String)) {
    if !problems.contains(where: { $0.path == problem.path && $0.message == problem.message }) {
      report(problem.path, problem.message)
    }
  }

  private mutating func checkTiers(_ tiers: [TermTier], _ path: String) {
    var before: Int?
    for (index, tier) in tiers.enumerated() {
      let path = "\(path)[\(index)]"
      if let before, tier.minMonths <= before {
        report(
          path + ".minMonths",
          "is \(tier.minMonths), not above \(before) of the tier before; "
            + (tier.minMonths == before ? "keep one of them" : "put the tiers in rising order"))
      } else if tier.minMonths < 0 {
        report(path + ".minMonths", "is negative; a term has 0 months or more")
      }
      before = max(before ?? tier.minMonths, tier.minMonths)
      checkRatio(tier.payRatio, path + ".payRatio")
    }
  }

  private mutating func checkRatio(_ ratio: ExactDecimal, _ path: String) {
    let one = ExactDecimal(1)
    if ratio.isNegative || ratio.isZero {
      report(path, "is \(ratio); write the part of the price that is paid, such as 0.88")
    } else if ratio > one {
      let hint = ratio <= ExactDecimal(100) ? "; is it per cent? 88 % to pay is 0.88" : ""
      report(path, "is \(ratio), more than the whole price" + hint)
    }
  }

  /// Options that the policy does not look at.
  private mutating func checkOptions(of rule: Rule, _ path: String) {
    let policy = rule.policy
    let unused: [(String, Bool)] = [
      ("dayCount", policy != .dailyDifferential && rule.dayCount != .exactSeconds),
      ("newSpecPrice", policy != .unusedValueRefund && rule.newSpecPrice != .tiered),
      ("basis", policy != .remainingTimeProration && rule.basis != .list),
      ("termTiers", !policy.usesTiers && !rule.termTiers.isEmpty),
    ]
    for (option, isUnused) in unused where isUnused {
      warn(
        path + "." + option, "has no effect: \"\(policy.rawValue)\" does not look at it")
    }
  }
}

extension BandwidthPricing {
  /// A price that this rule does not look at, and nothing else of the product does: postpaid instances are charged by the hour.
  fileprivate func pricePassedOver(by policy: Policy, _ product: Product) -> String? {
    switch policy {
    case .remainingTimeProration, .unitProration: break
    default: return nil
    }
    if monthlyPerMbps != nil { return "monthlyPerMbps" }
    let isPostpaid = product.specifications.values.contains { !$0.hourly.isEmpty }
    return hourlyPerMbps != nil && !isPostpaid ? "hourlyPerMbps" : nil
  }
}

extension Policy {
  fileprivate var needsMonthly: Bool {
    switch self {
    case .dailyDifferential, .calendarMonthDifferential, .unusedValueRefund, .extendExpiry: true
    case .remainingTimeProration, .unitProration, .rateChange: false
    }
  }

  fileprivate var usesTiers: Bool {
    switch self {
    case .dailyDifferential, .calendarMonthDifferential, .unusedValueRefund: true
    case .remainingTimeProration, .unitProration, .extendExpiry, .rateChange: false
    }
  }
}
