import Billing

/// A request that cannot be carried out, with the first precondition that fails.
public struct Rejection: Error, Sendable, Equatable {
  public var reason: Reason

  public init(_ reason: Reason) { self.reason = reason }

  init(_ code: ReasonCode, _ message: String) { reason = Reason(code, message) }
}

/// The preconditions that need no arithmetic, in the order of Resizing.docc (Preconditions); the first that fails is the answer.
struct Preconditions {
  let request: ResizeRequest
  let record: InstanceRecord

  private var instance: Instance { record.instance }

  /// Checks them all.
  /// - Returns: The product, and the whole configuration that the request leads to.
  func check(_ catalog: borrowing Catalog) throws(Rejection) -> (Product, Configuration) {
    guard let product = catalog.products[instance.product] else {
      let name = catalog.name
      throw Rejection(
        .unknownProduct,
        "product \(instance.product) of \(instance.instanceId) is not in the catalogue \(name)")
    }
    try checkIdle()
    try checkState(product)
    try checkDisks(product)
    try checkBillingMode()
    let current = instance.configuration
    let target = try resolve(product, current)
    guard target != current else {
      throw Rejection(
        .noChange, "\(instance.instanceId) is \(current.summary) already; nothing to change")
    }
    return (product, target)
  }

  private func checkIdle() throws(Rejection) {
    if let live = record.liveResize {
      throw Rejection(
        .operationInProgress,
        "resize \(live) of \(instance.instanceId) is still under way; wait for its end, or cancel it"
      )
    }
    if let operation = instance.operation {
      throw Rejection(
        .operationInProgress,
        "\(instance.instanceId) has the operation \(operation) under way; wait for its end")
    }
  }

  private func checkState(_ product: Product) throws(Rejection) {
    guard let states = product.requiredStates, !states.contains(instance.state) else { return }
    let advice = states == ["stopped"] ? "shut it down first" : "bring it to one of: \(states.list)"
    throw Rejection(
      .invalidInstanceState, "\(instance.instanceId) is \(instance.state); \(advice)")
  }

  private func checkDisks(_ product: Product) throws(Rejection) {
    guard let media = product.requiredDiskMedia else { return }
    guard let disk = instance.disks.first(where: { !media.contains($0.media) }) else { return }
    throw Rejection(
      .localDiskNotSupported,
      "the \(disk.role) disk of \(instance.instanceId) is a \(disk.media) disk; "
        + "all disks have to be: \(media.list)")
  }

  private func checkBillingMode() throws(Rejection) {
    guard let asked = request.billingMode, asked != instance.billingMode else { return }
    throw Rejection(
      .billingModeMismatch,
      "\(instance.instanceId) is \(instance.billingMode.rawValue), "
        + "the request is for a \(asked.rawValue) instance")
  }

  /// The target with what it leaves out taken from the present.
  private func resolve(
    _ product: Product, _ current: Configuration
  ) throws(Rejection) -> Configuration {
    let target = request.target
    var resolved = current
    if let mbps = target.mbps { resolved.mbps = mbps }
    if let unit = product.unit {
      if let units = target.units {
        guard units >= max(unit.min, 1) else {
          throw Rejection(
            .belowMinimum,
            "\(units) \(unit.name) is below the minimum of \(max(unit.min, 1)); "
              + "a subscription can be made smaller, not canceled")
        }
        resolved.units = units
      }
      if let spec = target.spec { throw unknownSpec(spec, "it is sold in \(unit.name)") }
      return resolved
    }
    if target.units != nil {
      throw Rejection(
        .unknownSpec, "product \(instance.product) is sold by specification, not in units")
    }
    if let spec = target.spec { resolved.spec = spec }
    for spec in [current.spec, resolved.spec] {
      guard let spec, product.specifications.keys.contains(spec) else {
        throw unknownSpec(spec ?? "(none)", "see the catalogue for what there is")
      }
    }
    return resolved
  }

  private func unknownSpec(_ spec: String, _ advice: String) -> Rejection {
    Rejection(
      .unknownSpec, "product \(instance.product) has no specification \(spec); \(advice)")
  }
}

extension [String] {
  fileprivate var list: String { joined(separator: ", ") }
}
