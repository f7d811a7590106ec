import Billing
import Resizing

extension Instance {
  /// The instance as `instance.changed.v1` and inventory files tell it.
  public var json: [UInt8] {
    var writer = JSONWriter()
    writer.write(self)
    return writer.bytes
  }

  /// Reads an instance of an inventory file, or of `json`.
  ///
  /// - Throws: What is wrong with the first field that is.
  public convenience init(json bytes: [UInt8]) throws(ContractViolation) {
    try self.init(try Fields(try IncomingMessage.parse(bytes), path: ""))
  }
}

extension ResizeRequest {
  /// Reads the `data` of a request alone, such as a line of a file to be submitted.
  ///
  /// - Throws: What is wrong with the first field that is.
  public convenience init(json bytes: [UInt8]) throws(ContractViolation) {
    try self.init(try Fields(try IncomingMessage.parse(bytes), path: ""))
  }
}

extension JSONWriter {
  mutating func write(_ instance: Instance) {
    let subscription = instance.subscription
    beginObject()
    member("instanceId", instance.instanceId)
    member("tenantId", instance.tenantId)
    member("product", instance.product)
    member("zone", instance.zone)
    member("spec", subscription.configuration.spec)
    member("units", subscription.configuration.units)
    member("billingMode", instance.billingMode.rawValue)
    member("state", instance.state)
    member("operation", instance.operation)
    name("disks")
    beginArray()
    for disk in instance.disks { write(disk) }
    endArray()
    write(subscription.network)
    write(subscription.usage)
    member("startsAt", subscription.startsAt)
    member("expiresAt", subscription.expiresAt)
    member("downgrades", subscription.downgrades)
    name("orders")
    beginArray()
    for order in subscription.orders { write(order) }
    endArray()
    endObject()
  }

  private mutating func write(_ disk: Disk) {
    beginObject()
    member("role", disk.role)
    member("media", disk.media)
    member("sizeGiB", disk.sizeGiB)
    endObject()
  }

  private mutating func write(_ network: Network?) {
    guard let network else { return }
    name("network")
    beginObject()
    member("billing", network.billing.rawValue)
    member("mbps", network.mbps)
    endObject()
  }

  private mutating func write(_ usage: Usage?) {
    guard let usage else { return }
    name("usage")
    beginObject()
    member("fullMonths", usage.fullMonths)
    member("partialSeconds", usage.partialSeconds)
    endObject()
  }

  private mutating func write(_ order: Order) {
    beginObject()
    member("orderId", order.orderId)
    member("kind", order.kind.rawValue)
    member("startsAt", order.startsAt)
    member("endsAt", order.endsAt)
    member("terms", order.terms)
    member("currency", order.currency)
    member("listAmount", order.listAmount)
    member("paidCash", order.paidCash)
    member("paidVoucher", order.paidVoucher)
    member("refunded", order.refunded)
    member("status", order.status.rawValue)
    if let change = order.change {
      name("change")
      beginObject()
      member("from", change.from)
      member("to", change.to)
      endObject()
    }
    endObject()
  }
}
