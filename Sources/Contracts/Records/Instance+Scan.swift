import Billing
import Resizing

extension Instance {
  /// Reads a whole record in the order in which `RecordCodec` writes it.
  convenience init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.beginRecord()
    let instanceId = try scanner.text("instanceId")
    let tenantId = try scanner.text("tenantId")
    let product = try scanner.text("product")
    let zone = try scanner.optionalText("zone")
    let billingMode: BillingMode = try scanner.choice("billingMode")
    let state = try scanner.text("state")
    let operation = try scanner.optionalText("operation")
    var disks: [Disk] = []
    if scanner.has("disks") {
      try scanner.begin("[")
      while try scanner.hasElement() { disks.append(try Disk(scanning: &scanner)) }
    }
    self.init(
      instanceId: instanceId, tenantId: tenantId, product: product, zone: zone,
      billingMode: billingMode, state: state, disks: disks, operation: operation,
      subscription: try Subscription(scanning: &scanner))
    try scanner.endRecord()
  }
}

extension Disk {
  fileprivate init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      role: try scanner.text("role"), media: try scanner.text("media"),
      sizeGiB: try scanner.count("sizeGiB"))
    try scanner.end("}")
  }
}

extension Subscription {
  fileprivate init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    let startsAt = try scanner.optionalSeconds("startsAt")
    let expiresAt = try scanner.optionalSeconds("expiresAt")
    var usage: Usage?
    if scanner.has("usage") {
      try scanner.begin("{")
      usage = Usage(
        fullMonths: try scanner.count("fullMonths"),
        partialSeconds: try scanner.integer("partialSeconds"))
      try scanner.end("}")
    }
    var network: Network?
    if scanner.has("network") {
      try scanner.begin("{")
      network = Network(
        billing: try scanner.choice("billing"), mbps: try scanner.count("mbps"))
      try scanner.end("}")
    }
    let downgrades = try scanner.count("downgrades")
    try scanner.require("configuration")
    let configuration = try Configuration(scanning: &scanner)
    try scanner.require("orders")
    var orders: [Order] = []
    try scanner.begin("[")
    while try scanner.hasElement() { orders.append(try Order(scanning: &scanner)) }
    self.init(
      startsAt: startsAt, expiresAt: expiresAt, orders: orders, usage: usage, network: network,
      downgrades: downgrades, configuration: configuration)
  }
}

extension Configuration {
  init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      spec: try scanner.optionalText("spec"),
      units: try scanner.optionalCount("units"), mbps: try scanner.optionalCount("mbps"))
    try scanner.end("}")
  }
}

extension Order {
  fileprivate init(scanning scanner: inout RecordScanner) throws(RecordScanner.Surprise) {
    try scanner.begin("{")
    self.init(
      orderId: try scanner.text("orderId"), kind: try scanner.choice("kind"),
      startsAt: try scanner.seconds("startsAt"), endsAt: try scanner.seconds("endsAt"),
      terms: try scanner.optionalCount("terms"),
      listAmount: try scanner.optionalDecimal("listAmount"),
      paidCash: try scanner.decimal("paidCash"), paidVoucher: try scanner.decimal("paidVoucher"),
      refunded: try scanner.decimal("refunded"), status: try scanner.choice("status"),
      currency: try scanner.optionalText("currency"))
    if scanner.has("from") {
      let from = try Configuration(scanning: &scanner)
      try scanner.require("to")
      change = Change(from: from, to: try Configuration(scanning: &scanner))
    }
    try scanner.end("}")
  }
}
