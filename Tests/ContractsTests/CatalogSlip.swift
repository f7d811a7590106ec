import Testing

/// A slip in a small catalogue, and the problem it has to be told as.
struct CatalogSlip: Sendable, CustomTestStringConvertible {
  var original: String
  var replacement: String
  var problem: String

  var testDescription: String { problem }

  init(_ original: String, becomes replacement: String, _ problem: String) {
    self.original = original
    self.replacement = replacement
    self.problem = problem
  }

  static let all: [CatalogSlip] = [
    CatalogSlip(
      "currency: USD",
      becomes: "currency: usd",
      "line 2, column 11: currency is \"usd\", which is no currency; write \"USD\""),
    CatalogSlip(
      "currency: USD",
      becomes: "curency: USD",
      "line 2, column 1: curency is no field that is known here; did you mean \"currency\"?"),
    CatalogSlip(
      "dailyDifferential",
      becomes: "dailyDiferential",
      "line 5, column 24: products.p.upgrade.policy is \"dailyDiferential\"; did you mean "
        + "\"dailyDifferential\"?"),
    CatalogSlip(
      "monthly: 10",
      becomes: "monthly: 1e3",
      "line 8, column 21: products.p.specs.a.monthly should be a number in plain digits "
        + "with at most one point, such as 16.8, but is \"1e3\""),
    CatalogSlip(
      "monthly: 10",
      becomes: "monthly: -10",
      "line 8, column 21: products.p.specs.a.monthly is -10; a price cannot be negative"),
    CatalogSlip(
      "monthly: 10, ",
      becomes: "",
      "line 8, column 7: products.p.specs.a.monthly is missing; \"dailyDifferential\" "
        + "needs it of every specification"),
    CatalogSlip(
      ", hourly: [{ price: 0.1 }]",
      becomes: "",
      "line 8, column 7: products.p.specs.a.hourly is missing; \"unusedValueRefund\" needs "
        + "it of every specification"),
    CatalogSlip(
      "{ price: 0.1 }",
      becomes: "{ price: 0.1 }, { uptoHours: 5, price: 0.2 }",
      "line 8, column 34: products.p.specs.a.hourly[0].uptoHours is missing; only the last "
        + "step goes on without end"),
    CatalogSlip(
      "{ price: 0.1 }",
      becomes: "{ uptoHours: 9, price: 0.1 }, { uptoHours: 5, price: 0.2 }",
      "line 8, column 77: products.p.specs.a.hourly[1].uptoHours is 5, not above 9 of the "
        + "step before; put the steps in order"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: extendExpiry",
      "line 5, column 24: products.p.upgrade.policy is \"extendExpiry\", which only works "
        + "as a downgrade; use \"dailyDifferential\""),
    CatalogSlip(
      "    downgrade: { policy: unusedValueRefund }\n",
      becomes: "",
      "line 4, column 3: warning: products.p.downgrade is missing; changes to a lower "
        + "price will be rejected"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: rateChange",
      "line 5, column 24: products.p.upgrade.policy is \"rateChange\", which postpaid "
        + "instances always use; name the rule of prepaid ones"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: unitProration",
      "line 4, column 3: products.p.unit is missing; \"unitProration\" needs the price of a unit"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: dailyDifferential, termTiers: [{ minMonths: 6, payRatio: 88 }]",
      "line 5, column 81: products.p.upgrade.termTiers[0].payRatio is 88, more than the "
        + "whole price; is it per cent? 88 % to pay is 0.88"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: dailyDifferential, termTiers: [{ minMonths: 6, payRatio: 0.8 }, { "
        + "minMonths: 3, payRatio: 0.9 }]",
      "line 5, column 101: products.p.upgrade.termTiers[1].minMonths is 3, not above 6 of "
        + "the tier before; put the tiers in rising order"),
    CatalogSlip(
      "policy: dailyDifferential",
      becomes: "policy: dailyDifferential, basis: paid",
      "line 5, column 50: warning: products.p.upgrade.basis has no effect: "
        + "\"dailyDifferential\" does not look at it"),
    CatalogSlip(
      "    upgrade: { policy: dailyDifferential }",
      becomes: "    bandwidth: { monthlyPerMbps: 20, hourlyPerMbps: 0.1 }\n"
        + "    upgrade: { policy: remainingTimeProration }",
      "line 6, column 24: warning: products.p.upgrade.policy is \"remainingTimeProration\", which "
        + "does not look at \"bandwidth.monthlyPerMbps\": a change of the Mbps alone costs nothing; "
        + "use a rule of monthly prices, or put bandwidth into the specifications"),
    CatalogSlip(
      "    upgrade:",
      becomes: "    timeZone: Mars/Olympus\n    upgrade:",
      "line 5, column 15: products.p.timeZone is \"Mars/Olympus\", which this machine's "
        + "time zone database does not have; use a name such as \"UTC\" or \"Asia/Shanghai\", "
        + "or install tzdata"),
    CatalogSlip(
      "    upgrade:",
      becomes: "    requires: { states: [] }\n    upgrade:",
      "line 5, column 17: products.p.requires.states is empty, so that nothing could ever "
        + "be resized; leave it out"),
    CatalogSlip(
      "    upgrade:",
      becomes: "    limits: { maxDowngrades: \"5\" }\n    upgrade:",
      "line 5, column 30: products.p.limits.maxDowngrades should be a whole number such as "
        + "6, without quotes, but is \"5\""),
    CatalogSlip(
      "name: n",
      becomes: "name: n\nvalidFrom: tomorrow",
      "line 2, column 12: validFrom should be a time such as 2026-11-01T00:00:00Z, but is "
        + "\"tomorrow\""),
    CatalogSlip(
      "name: n",
      becomes: "name: n\nname: m",
      "line 1, column 1: the field name is there twice; which counts?"),
    CatalogSlip(
      "products:",
      becomes: "products: [",
      "line 5, column 12: is no YAML: while parsing a flow sequence: did not find expected "
        + "',' or ']'"),
  ]
}
