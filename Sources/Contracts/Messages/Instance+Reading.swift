import Billing
import Resizing

extension Instance {
  /// Reads an instance as the control plane tells it; what is left out has the schema's default.
  ///
  /// Negative amounts and periods of no length are read as they are: such an instance is known, and
  /// billing names what is wrong with it when it is asked for a quote.
  convenience init(_ fields: Fields) throws(ContractViolation) {
    var disks: [Disk] = []
    for disk in try fields.objects("disks") { disks.append(try Disk(disk)) }
    self.init(
      instanceId: try fields.identifier("instanceId"), tenantId: try fields.identifier("tenantId"),
      product: try fields.word("product"), zone: try fields.optionalWord("zone"),
      billingMode: try fields.choice("billingMode"), state: try fields.word("state"),
      disks: disks, operation: try fields.optionalWord("operation"),
      subscription: try Subscription(fields))
  }
}

extension Disk {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      role: try fields.word("role"), media: try fields.word("media"),
      sizeGiB: Int(try fields.optionalInteger("sizeGiB", in: 0...largestCount) ?? 0))
  }
}

extension Subscription {
  init(_ fields: Fields) throws(ContractViolation) {
    var orders: [Order] = []
    for order in try fields.objects("orders") { orders.append(try Order(order)) }
    try Self.checkDistinct(orders, fields)
    let units = try fields.optionalInteger("units", in: 0...largestCount).map { Int($0) }
    self.init(
      startsAt: try fields.optionalInstant("startsAt"),
      expiresAt: try fields.optionalInstant("expiresAt"), orders: orders,
      usage: try fields.optionalObject("usage").map { fields throws(ContractViolation) in
        try Usage(fields)
      },
      network: try fields.optionalObject("network").map { fields throws(ContractViolation) in
        try Network(fields)
      },
      downgrades: Int(try fields.optionalInteger("downgrades", in: 0...largestCount) ?? 0),
      configuration: Configuration(spec: try fields.optionalWord("spec"), units: units))
    guard configuration.spec != nil || units != nil else {
      throw ContractViolation(
        .missingField, at: fields.path, "should say \"spec\" or \"units\"")
    }
  }

  private static func checkDistinct(
    _ orders: [Order], _ fields: Fields
  ) throws(ContractViolation) {
    var ids: Set<String> = []
    for order in orders where !ids.insert(order.orderId).inserted {
      throw fields.invalid("orders", "has two orders with the id \"\(order.orderId)\"")
    }
  }
}

extension Usage {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      fullMonths: Int(try fields.optionalInteger("fullMonths", in: -12_000...12_000) ?? 0),
      partialSeconds: try fields.optionalInteger(
        "partialSeconds", in: -100_000_000_000...100_000_000_000) ?? 0)
  }
}

extension Network {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      billing: try fields.choice("billing"),
      mbps: Int(try fields.optionalInteger("mbps", in: 0...largestCount) ?? 0))
  }
}

extension Order {
  init(_ fields: Fields) throws(ContractViolation) {
    self.init(
      orderId: try fields.orderId("orderId"),
      kind: try fields.optionalChoice("kind") ?? .purchase,
      startsAt: try fields.instant("startsAt"), endsAt: try fields.instant("endsAt"),
      terms: try fields.optionalInteger("terms", in: -largestCount...largestCount).map { Int($0) },
      listAmount: try fields.optionalDecimalText("listAmount"),
      paidCash: try fields.decimalText("paidCash"),
      paidVoucher: try fields.optionalDecimalText("paidVoucher") ?? .zero,
      refunded: try fields.optionalDecimalText("refunded") ?? .zero,
      status: try fields.optionalChoice("status") ?? .paid,
      currency: try fields.optionalWord("currency"),
      change: try fields.optionalObject("change").map { fields throws(ContractViolation) in
        Change(
          from: try Configuration(change: fields.object("from")),
          to: try Configuration(change: fields.object("to")))
      })
  }
}

extension Configuration {
  /// Reads one side of what a resize changed.
  fileprivate init(change fields: Fields) throws(ContractViolation) {
    self.init(
      spec: try fields.optionalWord("spec"),
      units: try fields.optionalInteger("units", in: 0...largestCount).map { Int($0) },
      mbps: try fields.optionalInteger("mbps", in: 0...largestCount).map { Int($0) })
  }
}
