import Billing

extension CatalogReader {
  mutating func product(_ node: CatalogNode, _ path: String) -> Product? {
    let known = [
      "timeZone", "upgrade", "downgrade", "requires", "limits", "specs", "unit", "bandwidth",
    ]
    guard let group = group(node, path, known: known) else { return nil }
    var product = Product(timeZone: timeZone(group))
    product.upgrade = group["upgrade"].flatMap { rule($0, group.path(of: "upgrade")) }
    product.downgrade = group["downgrade"].flatMap { rule($0, group.path(of: "downgrade")) }
    if let node = group["requires"],
      let requires = self.group(
        node, group.path(of: "requires"), known: ["states", "diskMedia"])
    {
      product.requiredStates = texts(requires, "states")
      product.requiredDiskMedia = texts(requires, "diskMedia")
    }
    if let node = group["limits"],
      let limits = self.group(node, group.path(of: "limits"), known: ["maxDowngrades"])
    {
      product.maxDowngrades = integer(limits, "maxDowngrades")
    }
    if let node = group["specs"], let specs = self.group(node, group.path(of: "specs")) {
      for entry in specs.entries {
        product.specifications[entry.key] = specification(
          entry.value, specs.path(of: entry.key))
      }
    }
    product.unit = group["unit"].flatMap { unit($0, group.path(of: "unit")) }
    product.bandwidth = group["bandwidth"].flatMap { bandwidth($0, group.path(of: "bandwidth")) }
    return product
  }

  /// The zone of a product; UTC where it is left out.
  private mutating func timeZone(_ group: CatalogGroup) -> TimeZoneRules {
    guard let identifier = text(group, "timeZone") else { return .utc }
    if let zone = TimeZoneRules(identifier: identifier) { return zone }
    report(
      group["timeZone"] ?? group.node, group.path(of: "timeZone"),
      "is \"\(identifier.shortened)\", which this machine's time zone database does not have; "
        + "use a name such as \"UTC\" or \"Asia/Shanghai\", or install tzdata")
    return .utc
  }

  private mutating func rule(_ node: CatalogNode, _ path: String) -> Rule? {
    let known = ["policy", "dayCount", "newSpecPrice", "basis", "termTiers"]
    guard let group = group(node, path, known: known), required(group, "policy") != nil else {
      return nil
    }
    let policy: Policy? = choice(group, "policy")
    let dayCount: Rule.DayCount? = choice(group, "dayCount")
    let newSpecPrice: Rule.NewSpecPrice? = choice(group, "newSpecPrice")
    let basis: Rule.Basis? = choice(group, "basis")
    let termTiers = list(group, "termTiers").compactMap { node, path in tier(node, path) }
    guard let policy else { return nil }
    return Rule(
      policy: policy, dayCount: dayCount ?? .exactSeconds, newSpecPrice: newSpecPrice ?? .tiered,
      basis: basis ?? .list, termTiers: termTiers)
  }

  private mutating func tier(_ node: CatalogNode, _ path: String) -> TermTier? {
    guard let group = group(node, path, known: ["minMonths", "payRatio"]) else { return nil }
    _ = required(group, "minMonths")
    _ = required(group, "payRatio")
    let minMonths = integer(group, "minMonths")
    let payRatio = decimal(group, "payRatio")
    guard let minMonths, let payRatio else { return nil }
    return TermTier(minMonths: minMonths, payRatio: payRatio)
  }

  private mutating func specification(_ node: CatalogNode, _ path: String) -> Specification? {
    let known = ["monthly", "hourly", "termPrice", "vcpu", "memoryGiB"]
    guard let group = group(node, path, known: known) else { return nil }
    return Specification(
      monthly: decimal(group, "monthly"), termPrice: decimal(group, "termPrice"),
      hourly: list(group, "hourly").compactMap { node, path in hourlyStep(node, path) },
      vcpu: integer(group, "vcpu"), memoryGiB: decimal(group, "memoryGiB"))
  }

  private mutating func hourlyStep(_ node: CatalogNode, _ path: String) -> HourlyStep? {
    guard let group = group(node, path, known: ["uptoHours", "price"]) else { return nil }
    _ = required(group, "price")
    let uptoHours = integer(group, "uptoHours")
    return decimal(group, "price").map { HourlyStep(uptoHours: uptoHours, price: $0) }
  }

  private mutating func unit(_ node: CatalogNode, _ path: String) -> UnitPricing? {
    guard let group = group(node, path, known: ["name", "termPrice", "min"]) else { return nil }
    _ = required(group, "termPrice")
    let name = text(group, "name") ?? "units"
    let min = integer(group, "min") ?? 1
    return decimal(group, "termPrice").map { UnitPricing(name: name, termPrice: $0, min: min) }
  }

  private mutating func bandwidth(_ node: CatalogNode, _ path: String) -> BandwidthPricing? {
    guard let group = group(node, path, known: ["monthlyPerMbps", "hourlyPerMbps"]) else {
      return nil
    }
    return BandwidthPricing(
      monthlyPerMbps: decimal(group, "monthlyPerMbps"),
      hourlyPerMbps: decimal(group, "hourlyPerMbps"))
  }
}
