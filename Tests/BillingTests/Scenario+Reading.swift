import Billing
import Testing

extension Scenario {
  init(_ fields: Fields) throws {
    id = try #require(fields.text("id"))
    expected = try Expectation(try #require(try fields.fields("expected")))
    let catalog = try Catalog(try #require(try fields.fields("catalog")))
    let instance = try #require(try fields.fields("instance"))
    let asked = try #require(try fields.fields("request"))
    request = QuoteRequest(
      catalog: catalog, productName: try #require(instance.text("product")),
      subscription: try Subscription(instance),
      target: Configuration(try #require(try asked.fields("target"))),
      isPostpaid: instance.text("billingMode") == "postpaid",
      now: try #require(try fields.instant("now")),
      voucher: try asked.fields("voucher").map(StatedAmount.init),
      maxCharge: try asked.fields("maxCharge").map(StatedAmount.init))
  }
}

extension Scenario.Expectation {
  fileprivate init(_ fields: Fields) throws {
    rejection = fields.text("rejection")
    direction = fields.text("direction")
    amount = fields.text("amount")
    exact = fields.text("exact")
    policy = fields.text("policy")
    voucherApplied = fields.text("voucherApplied")
    newExpiresAt = try fields.instant("newExpiresAt")
    guard fields.has("of") else { return }
    shares = try fields.list("of").map {
      Scenario.Share(
        orderId: try #require($0.text("orderId")), amount: try #require($0.text("amount")))
    }
  }
}

extension Catalog {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      name: try #require(fields.text("name")), version: fields.text("version"),
      currency: try #require(try fields.value("currency") { Currency(code: $0) }),
      products: try #require(try fields.fields("products")).objects().mapValues(Product.init))
  }
}

extension Product {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      timeZone: try #require(try fields.value("timeZone") { TimeZoneRules(identifier: $0) }),
      upgrade: try fields.fields("upgrade").map(Rule.init),
      downgrade: try fields.fields("downgrade").map(Rule.init),
      maxDowngrades: try fields.fields("limits")?.number("maxDowngrades"),
      specifications: try fields.fields("specs")?.objects().mapValues(Specification.init) ?? [:],
      unit: try fields.fields("unit").map { unit in
        UnitPricing(
          name: unit.text("name") ?? "", termPrice: try #require(try unit.decimal("termPrice")),
          min: unit.number("min") ?? 1)
      },
      bandwidth: try fields.fields("bandwidth").map { bandwidth in
        BandwidthPricing(
          monthlyPerMbps: try bandwidth.decimal("monthlyPerMbps"),
          hourlyPerMbps: try bandwidth.decimal("hourlyPerMbps"))
      })
  }
}

extension Specification {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      monthly: try fields.decimal("monthly"), termPrice: try fields.decimal("termPrice"),
      hourly: try fields.list("hourly").map { step in
        HourlyStep(
          uptoHours: step.number("uptoHours"), price: try #require(try step.decimal("price")))
      })
  }
}

extension Rule {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      policy: try #require(try fields.value("policy") { Policy(rawValue: $0) }),
      dayCount: try fields.value("dayCount") { DayCount(rawValue: $0) } ?? .exactSeconds,
      newSpecPrice: try fields.value("newSpecPrice") { NewSpecPrice(rawValue: $0) } ?? .tiered,
      basis: try fields.value("basis") { Basis(rawValue: $0) } ?? .list,
      termTiers: try fields.list("termTiers").map { tier in
        TermTier(
          minMonths: try #require(tier.number("minMonths")),
          payRatio: try #require(try tier.decimal("payRatio")))
      })
  }
}

extension Subscription {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      startsAt: try fields.instant("startsAt"), expiresAt: try fields.instant("expiresAt"),
      orders: try fields.list("orders").map(Order.init),
      usage: try fields.fields("usage").map { usage in
        Usage(
          fullMonths: usage.number("fullMonths") ?? 0,
          partialSeconds: Int64(usage.number("partialSeconds") ?? 0))
      },
      network: try fields.fields("network").map { network in
        Network(
          billing: try #require(
            try network.value("billing") { Network.Billing(rawValue: $0) }),
          mbps: network.number("mbps") ?? 0)
      },
      downgrades: fields.number("downgrades") ?? 0, configuration: Configuration(fields))
  }
}

extension Order {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      orderId: try #require(fields.text("orderId")),
      kind: try fields.value("kind") { Kind(rawValue: $0) } ?? .purchase,
      startsAt: try #require(try fields.instant("startsAt")),
      endsAt: try #require(try fields.instant("endsAt")), terms: fields.number("terms"),
      listAmount: try fields.decimal("listAmount"),
      paidCash: try #require(try fields.decimal("paidCash")),
      paidVoucher: try fields.decimal("paidVoucher") ?? .zero,
      refunded: try fields.decimal("refunded") ?? .zero,
      status: try fields.value("status") { Status(rawValue: $0) } ?? .paid,
      currency: fields.text("currency"))
  }
}

extension Configuration {
  fileprivate init(_ fields: Fields) {
    self.init(
      spec: fields.text("spec"), units: fields.number("units"), mbps: fields.number("mbps"))
  }
}

extension StatedAmount {
  fileprivate init(_ fields: Fields) throws {
    self.init(
      currency: try #require(fields.text("currency")),
      value: try #require(try fields.decimal("value")))
  }
}
