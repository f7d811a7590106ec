import Billing

/// Checks whether a catalogue that can be read also makes sense: prices, tiers, and that every rule
/// has what it needs.
struct CatalogAudit {
  private(set) var problems: [CatalogProblem] = []
  private let positions: [String: TextPosition]

  init(_ catalogs: [Catalog], isList: Bool, positions: [String: TextPosition]) {
    self.positions = positions
    for (index, catalog) in catalogs.enumerated() {
      let path = isList ? "catalogs[\(index)]" : ""
      let products = catalogPath(path, "products")
      if catalog.products.isEmpty { report(products, "names no product") }
      for (name, product) in catalog.products {
        check(product, catalogPath(products, name))
      }
    }
    if isList { checkVersions(catalogs) }
  }

  mutating func report(_ path: String, _ message: String) {
    problems.append(CatalogProblem(at: position(of: path), path: path, message))
  }

  mutating func warn(_ path: String, _ message: String) {
    problems.append(CatalogProblem(.warning, at: position(of: path), path: path, message))
  }

  /// The place of a field, or of the nearest group around it where the field is missing.
  private func position(of path: String) -> TextPosition? {
    var path = path
    while positions[path] == nil {
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = String(path[..<end])
    }
    return positions[path] ?? positions[""]
  }

  private mutating func checkVersions(_ catalogs: [Catalog]) {
    for (index, catalog) in catalogs.enumerated() {
      let path = "catalogs[\(index)]"
      let earlier = catalogs[..<index]
      guard let version = catalog.version else {
        report(path + ".version", "is missing; with several versions each needs a name of its own")
        continue
      }
      if earlier.contains(where: { $0.version == version }) {
        report(
          path + ".version", "is \"\(version)\" like another; a stored quote could mean either")
      }
      guard earlier.contains(where: { $0.validFrom == catalog.validFrom }) else { continue }
      report(
        path + ".validFrom",
        catalog.validFrom == nil
          ? "is missing, as in another version; only one can hold since ever"
          : "is the same time as another version's; only one can hold from then on")
    }
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
