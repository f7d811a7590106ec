import Billing

extension CatalogAudit {
  /// No price is negative, and the steps of hourly prices follow one another.
  mutating func checkPrices(_ product: Product, _ path: String) {
    for (name, specification) in product.specifications {
      let path = catalogPath(path + ".specs", name)
      checkPrice(specification.monthly, path + ".monthly")
      checkPrice(specification.termPrice, path + ".termPrice")
      if let count = specification.vcpu, count < 0 { report(path + ".vcpu", "is negative") }
      if specification.memoryGiB?.isNegative == true {
        report(path + ".memoryGiB", "is negative")
      }
      checkSteps(specification.hourly, path + ".hourly")
    }
    if let unit = product.unit {
      checkPrice(unit.termPrice, path + ".unit.termPrice")
      if unit.min < 1 {
        report(
          path + ".unit.min", "is \(unit.min); no units would be a cancellation, use 1 or more")
      }
    }
    checkPrice(product.bandwidth?.monthlyPerMbps, path + ".bandwidth.monthlyPerMbps")
    checkPrice(product.bandwidth?.hourlyPerMbps, path + ".bandwidth.hourlyPerMbps")
  }

  private mutating func checkPrice(_ price: ExactDecimal?, _ path: String) {
    guard let price, price.isNegative else { return }
    report(path, "is \(price); a price cannot be negative")
  }

  private mutating func checkSteps(_ steps: [HourlyStep], _ path: String) {
    var before = 0
    for (index, step) in steps.enumerated() {
      let path = "\(path)[\(index)]"
      checkPrice(step.price, path + ".price")
      guard let upto = step.uptoHours else {
        if index < steps.count - 1 {
          report(
            path + ".uptoHours", "is missing; only the last step goes on without end")
        }
        continue
      }
      if upto <= before {
        report(
          path + ".uptoHours",
          "is \(upto), not above \(before) of the step before; put the steps in order")
      }
      before = max(before, upto)
    }
  }
}
