import Billing

extension CatalogReader {
  /// The catalogues of a file: one, or a list of versions under `catalogs`.
  mutating func catalogs(_ root: CatalogNode) -> [CatalogVersion] {
    guard case .mapping(let entries) = root.content,
      entries.contains(where: { $0.key == "catalogs" })
    else { return catalog(root, "").map { [CatalogVersion(catalog: $0, path: "")] } ?? [] }
    guard let group = group(root, "", known: ["catalogs"]) else { return [] }
    let list = list(group, "catalogs")
    if list.isEmpty { report(root, "catalogs", "should list at least one catalogue") }
    return list.compactMap { node, path in
      catalog(node, path).map { CatalogVersion(catalog: $0, path: path) }
    }
  }

  /// One version of a catalogue; after problems it holds what could be read.
  mutating func catalog(_ node: CatalogNode, _ path: String) -> Catalog? {
    let known = ["name", "version", "validFrom", "currency", "products"]
    guard let group = group(node, path, known: known) else { return nil }
    _ = required(group, "name")
    let name = text(group, "name") ?? ""
    let version = text(group, "version")
    let validFrom = instant(group, "validFrom")
    let currency = currency(group)
    var products: [String: Product] = [:]
    if let node = required(group, "products"),
      let group = self.group(node, group.path(of: "products"))
    {
      for entry in group.entries {
        products[entry.key] = product(entry.value, group.path(of: entry.key))
      }
    }
    guard let currency = currency ?? Currency(code: "USD") else { return nil }
    return Catalog(
      name: name, version: version, validFrom: validFrom, currency: currency, products: products)
  }

  private mutating func currency(_ group: CatalogGroup) -> Currency? {
    guard let node = required(group, "currency"), let code = text(group, "currency") else {
      return nil
    }
    if let currency = Currency(code: code) { return currency }
    report(node, group.path(of: "currency"), currencyAdvice(code))
    return nil
  }

  private mutating func instant(_ group: CatalogGroup, _ name: String) -> Instant? {
    guard let text = text(group, name) else { return nil }
    if let instant = Instant(rfc3339: text) { return instant }
    report(
      group[name] ?? group.node, group.path(of: name),
      "should be a time such as 2026-11-01T00:00:00Z, but is \"\(text.shortened)\"")
    return nil
  }
}

/// A version of a catalogue, and where it stands in its file.
struct CatalogVersion: Sendable {
  var catalog: Catalog
  /// `catalogs[1]`; empty where it is the whole file.
  var path: String
}
