import Billing
import Resizing

extension JSONWriter {
  mutating func writeRecordMembers(of instance: Instance) {
    member("instanceId", instance.instanceId)
    member("tenantId", instance.tenantId)
    member("product", instance.product)
    member("zone", instance.zone)
    member("billingMode", instance.billingMode.rawValue)
    member("state", instance.state)
    member("operation", instance.operation)
    if !instance.disks.isEmpty {
      name("disks")
      beginArray()
      for disk in instance.disks { writeRecord(of: disk) }
      endArray()
    }
    writeRecordMembers(of: instance.subscription)
  }

  private mutating func writeRecord(of disk: Disk) {
    beginObject()
    member("role", disk.role)
    member("media", disk.media)
    member("sizeGiB", disk.sizeGiB)
    endObject()
  }

  private mutating func writeRecordMembers(of subscription: Subscription) {
    member("startsAt", seconds: subscription.startsAt)
    member("expiresAt", seconds: subscription.expiresAt)
    if let usage = subscription.usage {
      name("usage")
      beginObject()
      member("fullMonths", usage.fullMonths)
      member("partialSeconds", usage.partialSeconds)
      endObject()
    }
    if let network = subscription.network {
      name("network")
      beginObject()
      member("billing", network.billing.rawValue)
      member("mbps", network.mbps)
      endObject()
    }
    member("downgrades", subscription.downgrades)
    member("configuration", subscription.configuration)
    name("orders")
    beginArray()
    for order in subscription.orders { writeRecord(of: order) }
    endArray()
  }

  private mutating func writeRecord(of order: Order) {
    beginObject()
    member("orderId", order.orderId)
    member("kind", order.kind.rawValue)
    member("startsAt", seconds: order.startsAt)
    member("endsAt", seconds: order.endsAt)
    member("terms", order.terms)
    member("listAmount", order.listAmount)
    member("paidCash", order.paidCash)
    member("paidVoucher", order.paidVoucher)
    member("refunded", order.refunded)
    member("status", order.status.rawValue)
    member("currency", order.currency)
    if let change = order.change {
      member("from", change.from)
      member("to", change.to)
    }
    endObject()
  }
}

extension Instance {
  convenience init(record fields: Fields) throws(ContractViolation) {
    var disks: [Disk] = []
    for disk in try fields.objects("disks") {
      disks.append(
        Disk(
          role: try disk.string("role"), media: try disk.string("media"),
          sizeGiB: try disk.count("sizeGiB")))
    }
    self.init(
      instanceId: try fields.string("instanceId"), tenantId: try fields.string("tenantId"),
      product: try fields.string("product"), zone: try fields.optionalString("zone"),
      billingMode: try fields.choice("billingMode"), state: try fields.string("state"),
      disks: disks, operation: try fields.optionalString("operation"),
      subscription: try Subscription(record: fields))
  }
}

extension Subscription {
  init(record fields: Fields) throws(ContractViolation) {
    var orders: [Order] = []
    for order in try fields.objects("orders") { orders.append(try Order(record: order)) }
    self.init(
      startsAt: try fields.optionalSeconds("startsAt"),
      expiresAt: try fields.optionalSeconds("expiresAt"), orders: orders,
      downgrades: try fields.count("downgrades"),
      configuration: try Configuration(record: try fields.object("configuration")))
    if let usage = try fields.optionalObject("usage") {
      self.usage = Usage(
        fullMonths: try usage.count("fullMonths"),
        partialSeconds: try usage.integer("partialSeconds", in: Int64.min...Int64.max))
    }
    if let network = try fields.optionalObject("network") {
      self.network = Network(
        billing: try network.choice("billing"), mbps: try network.count("mbps"))
    }
  }
}

extension Configuration {
  init(record fields: Fields) throws(ContractViolation) {
    self.init(
      spec: try fields.optionalString("spec"), units: try fields.optionalCount("units"),
      mbps: try fields.optionalCount("mbps"))
  }
}

extension Order {
  init(record fields: Fields) throws(ContractViolation) {
    let from = try fields.optionalObject("from").map { fields throws(ContractViolation) in
      try Configuration(record: fields)
    }
    self.init(
      orderId: try fields.string("orderId"), kind: try fields.choice("kind"),
      startsAt: try fields.seconds("startsAt"), endsAt: try fields.seconds("endsAt"),
      terms: try fields.optionalCount("terms"),
      listAmount: try fields.optionalDecimal("listAmount"),
      paidCash: try fields.decimal("paidCash"), paidVoucher: try fields.decimal("paidVoucher"),
      refunded: try fields.decimal("refunded"), status: try fields.choice("status"),
      currency: try fields.optionalString("currency"),
      change: try from.map { from throws(ContractViolation) in
        Change(from: from, to: try Configuration(record: fields.object("to")))
      })
  }
}
