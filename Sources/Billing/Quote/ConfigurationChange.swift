/// What is had before and after a change, looked up in the catalogue.
///
/// It cannot be copied: a formula borrows it.
struct ConfigurationChange: ~Copyable {
  /// One side of the change.
  struct Side {
    /// The specification's name; nil for products sold in units.
    var spec: String?
    var specification: Specification?
    var units: Int?
    /// Bandwidth that is billed as such; 0 on networks billed by traffic.
    var mbps: Int

    /// The name in messages and lines.
    var name: String { spec ?? "\(units ?? 0) units" }
  }

  var old: Side
  var new: Side

  /// Resolves what the target leaves as it is; refuses specifications the product has not.
  init(_ request: borrowing QuoteRequest) throws(QuoteRefusal) {
    let network = request.subscription.network
    let isBilledByBandwidth = network?.billing == .bandwidth
    let mbps = isBilledByBandwidth ? network?.mbps ?? 0 : 0
    let spec = request.subscription.configuration.spec
    let units = request.subscription.configuration.units
    let present = try request.specification(spec)
    let wanted = try request.target.spec.map { name throws(QuoteRefusal) in
      try request.specification(name)
    }
    old = Side(spec: spec, specification: present, units: units, mbps: mbps)
    new = Side(
      spec: request.target.spec ?? spec, specification: wanted ?? present,
      units: request.target.units ?? units,
      mbps: isBilledByBandwidth ? request.target.mbps ?? mbps : 0)
  }
}

extension QuoteRequest {
  func specification(_ name: String?) throws(QuoteRefusal) -> Specification? {
    guard let name else { return nil }
    guard let specification = product.specifications[name] else {
      throw QuoteRefusal(
        .unknownSpec,
        "\(name) is not a specification of \(productName); take one of its catalogue")
    }
    return specification
  }
}
