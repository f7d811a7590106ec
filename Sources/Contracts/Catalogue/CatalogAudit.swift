import Billing

/// Checks whether a catalogue that can be read also makes sense: prices, tiers, and that every rule
/// has what it needs.
///
/// Whether its versions go together is for ``VersionAudit``.
struct CatalogAudit {
  private(set) var problems: [CatalogProblem] = []
  private let positions: [String: TextPosition]

  init(_ versions: [CatalogVersion], positions: [String: TextPosition]) {
    self.positions = positions
    for version in versions {
      let products = catalogPath(version.path, "products")
      if version.catalog.products.isEmpty { report(products, "names no product") }
      for (name, product) in version.catalog.products {
        check(product, catalogPath(products, name))
      }
    }
  }

  mutating func report(_ path: String, _ message: String) {
    problems.append(CatalogProblem(at: positions.nearest(to: path), path: path, message))
  }

  mutating func warn(_ path: String, _ message: String) {
    problems.append(
      CatalogProblem(.warning, at: positions.nearest(to: path), path: path, message))
  }

  private mutating func check(_ product: Product, _ path: String) {
    if product.specifications.isEmpty && product.unit == nil {
      report(path, "sells nothing; give it \"specs\" or a \"unit\"")
    }
    let hasHourly = product.specifications.values.contains { !$0.hourly.isEmpty }
    warnOfMissingDirection(product, path)
    if product.upgrade == nil && product.downgrade == nil && !hasHourly {
      report(path, "has no rule; give it an \"upgrade\" or a \"downgrade\" with a \"policy\"")
    }
    if let upgrade = product.upgrade { check(upgrade, of: product, isUpgrade: true, path) }
    if let downgrade = product.downgrade { check(downgrade, of: product, isUpgrade: false, path) }
    checkPrices(product, path)
    checkConditions(product, path)
  }

  private mutating func warnOfMissingDirection(_ product: Product, _ path: String) {
    guard (product.upgrade == nil) != (product.downgrade == nil) else { return }
    if product.downgrade == nil {
      warn(path + ".downgrade", "is missing; changes to a lower price will be rejected")
    } else {
      warn(path + ".upgrade", "is missing; changes to a higher price will be rejected")
    }
  }

  private mutating func checkConditions(_ product: Product, _ path: String) {
    if product.requiredStates?.isEmpty == true {
      report(
        path + ".requires.states", "is empty, so that nothing could ever be resized; leave it out")
    }
    if product.requiredDiskMedia?.isEmpty == true {
      report(
        path + ".requires.diskMedia",
        "is empty, so that nothing with a disk could ever be resized; leave it out")
    }
    if let limit = product.maxDowngrades, limit < 0 {
      report(
        path + ".limits.maxDowngrades", "is \(limit); use 0 for none, or leave it out for no limit")
    }
  }
}
