import Billing
import Contracts
import Resizing
import Testing

@Suite("Catalogues")
struct CatalogDocumentTests {
  @Test("The example catalogue has no problem, and its prices are those of the documents")
  func example() throws {
    let document = CatalogDocument(
      try Fixtures.bytes(Fixtures.examples.appending(path: "catalog.yaml")))
    #expect(document.problems.isEmpty)
    let catalog = try #require(document.catalogs.first)
    #expect(catalog.version == "2026-11-01" && catalog.currency.code == "USD")
    #expect(catalog.products.keys.sorted() == ["cvm", "cvm-classic", "maxcompute", "uhost"])
    let cvm = try #require(catalog.products["cvm"])
    #expect(cvm.specifications["S5.LARGE8"]?.monthly?.description == "44.8")
    #expect(cvm.specifications["S5.LARGE8"]?.hourly.map(\.uptoHours) == [96, 360, nil])
    #expect(cvm.downgrade?.termTiers == cvm.upgrade?.termTiers)
    #expect(catalog.products["maxcompute"]?.unit?.termPrice.description == "10.00")
    #expect(catalog.products["uhost"]?.requiredStates == ["stopped", "running"])
  }

  @Test("A catalogue in JSON reads the same as in YAML")
  func json() throws {
    let yaml =
      "name: n\ncurrency: USD\nproducts: {p: {specs: {s: {termPrice: 16.80}}, upgrade: &r {policy: remainingTimeProration}, downgrade: *r}}"
    let json =
      #"{"name":"n","currency":"USD","products":{"p":{"specs":{"s":{"termPrice":"16.80"}},"upgrade":{"policy":"remainingTimeProration"},"downgrade":{"policy":"remainingTimeProration"}}}}"#
    let (left, right) = (CatalogDocument(Array(yaml.utf8)), CatalogDocument(Array(json.utf8)))
    #expect(left.catalogs == right.catalogs && left.catalogs.count == 1)
    #expect(left.problems.isEmpty && right.problems.isEmpty)
  }

  static let product = """
    name: n
    currency: USD
    products:
      p:
        upgrade: { policy: dailyDifferential }
        downgrade: { policy: unusedValueRefund }
        specs:
          a: { monthly: 10, hourly: [{ price: 0.1 }] }

    """

  @Test(
    "Each problem is told with its line, path and what to write instead",
    arguments: [
      (
        "currency: USD", "currency: usd",
        "line 2, column 11: currency is \"usd\", which is no currency; write \"USD\""
      ),
      (
        "currency: USD", "curency: USD",
        "line 2, column 1: curency is no field that is known here; did you mean \"currency\"?"
      ),
      (
        "dailyDifferential", "dailyDiferential",
        "line 5, column 24: products.p.upgrade.policy is \"dailyDiferential\"; did you mean \"dailyDifferential\"?"
      ),
      (
        "monthly: 10", "monthly: 1e3",
        "line 8, column 21: products.p.specs.a.monthly should be a number in plain digits with at most one point, such as 16.8, but is \"1e3\""
      ),
      (
        "monthly: 10", "monthly: -10",
        "line 8, column 21: products.p.specs.a.monthly is -10; a price cannot be negative"
      ),
      (
        "monthly: 10, ", "",
        "line 8, column 7: products.p.specs.a.monthly is missing; \"dailyDifferential\" needs it of every specification"
      ),
      (
        ", hourly: [{ price: 0.1 }]", "",
        "line 8, column 7: products.p.specs.a.hourly is missing; \"unusedValueRefund\" needs it of every specification"
      ),
      (
        "{ price: 0.1 }", "{ price: 0.1 }, { uptoHours: 5, price: 0.2 }",
        "line 8, column 34: products.p.specs.a.hourly[0].uptoHours is missing; only the last step goes on without end"
      ),
      (
        "{ price: 0.1 }", "{ uptoHours: 9, price: 0.1 }, { uptoHours: 5, price: 0.2 }",
        "line 8, column 77: products.p.specs.a.hourly[1].uptoHours is 5, not above 9 of the step before; put the steps in order"
      ),
      (
        "policy: dailyDifferential", "policy: extendExpiry",
        "line 5, column 24: products.p.upgrade.policy is \"extendExpiry\", which only works as a downgrade; use \"dailyDifferential\""
      ),
      (
        "    downgrade: { policy: unusedValueRefund }\n", "",
        "line 4, column 3: warning: products.p.downgrade is missing; "
          + "changes to a lower price will be rejected"
      ),
      (
        "policy: dailyDifferential", "policy: rateChange",
        "line 5, column 24: products.p.upgrade.policy is \"rateChange\", which postpaid instances always use; name the rule of prepaid ones"
      ),
      (
        "policy: dailyDifferential", "policy: unitProration",
        "line 4, column 3: products.p.unit is missing; \"unitProration\" needs the price of a unit"
      ),
      (
        "policy: dailyDifferential",
        "policy: dailyDifferential, termTiers: [{ minMonths: 6, payRatio: 88 }]",
        "line 5, column 81: products.p.upgrade.termTiers[0].payRatio is 88, more than the whole price; is it per cent? 88 % to pay is 0.88"
      ),
      (
        "policy: dailyDifferential",
        "policy: dailyDifferential, termTiers: [{ minMonths: 6, payRatio: 0.8 }, { minMonths: 3, payRatio: 0.9 }]",
        "line 5, column 101: products.p.upgrade.termTiers[1].minMonths is 3, not above 6 of the tier before; put the tiers in rising order"
      ),
      (
        "policy: dailyDifferential", "policy: dailyDifferential, basis: paid",
        "line 5, column 50: warning: products.p.upgrade.basis has no effect: \"dailyDifferential\" does not look at it"
      ),
      (
        "    upgrade:", "    timeZone: Mars/Olympus\n    upgrade:",
        "line 5, column 15: products.p.timeZone is \"Mars/Olympus\", which this machine's time zone database does not have; use a name such as \"UTC\" or \"Asia/Shanghai\", or install tzdata"
      ),
      (
        "    upgrade:", "    requires: { states: [] }\n    upgrade:",
        "line 5, column 17: products.p.requires.states is empty, so that nothing could ever be resized; leave it out"
      ),
      (
        "    upgrade:", "    limits: { maxDowngrades: \"5\" }\n    upgrade:",
        "line 5, column 30: products.p.limits.maxDowngrades should be a whole number such as 6, without quotes, but is \"5\""
      ),
      (
        "name: n", "name: n\nvalidFrom: tomorrow",
        "line 2, column 12: validFrom should be a time such as 2026-11-01T00:00:00Z, but is \"tomorrow\""
      ),
      (
        "name: n", "name: n\nname: m",
        "line 1, column 1: the field name is there twice; which counts?"
      ),
      (
        "products:", "products: [",
        "line 5, column 12: is no YAML: while parsing a flow sequence: did not find expected ',' or ']'"
      ),
    ])
  func problems(_ original: String, _ replacement: String, _ message: String) {
    let text = Self.product.replacing(original, with: replacement)
    let problems = CatalogDocument(Array(text.utf8)).problems.map(\.description)
    #expect(problems.contains(message), "\(problems)")
  }

  @Test("All problems of a file are told at once, in its order, and the file is not used")
  func allAtOnce() throws {
    let text = Self.product.replacing("USD", with: "EURO").replacing(
      "monthly: 10", with: "monthly: -1"
    )
    .replacing("unusedValueRefund", with: "refund").replacing("price: 0.1", with: "prize: 0.1")
    let document = CatalogDocument(Array(text.utf8))
    #expect(document.problems.map(\.line) == [2, 6, 8, 8, 8])
    #expect(!document.isValid && document.catalogs.isEmpty)
    let violation = try #require(throws: ContractViolation.self) { try document.history() }
    #expect(violation.code == .invalidCatalog)
    #expect(violation.message.hasSuffix("(and 4 more; see \"catalog check\")"))
  }

  @Test("Of several versions the newest whose time has come holds")
  func versions() throws {
    let text = """
      catalogs:
        - { name: n, version: a, currency: USD, products: &p { u: { unit: { termPrice: 10 }, upgrade: &r { policy: unitProration }, downgrade: *r } } }
        - { name: n, version: b, validFrom: 2026-11-01T00:00:00Z, currency: USD, products: *p }
      """
    let history = try CatalogDocument(Array(text.utf8)).history()
    let before = try #require(Instant(rfc3339: "2026-10-31T23:59:59Z"))
    let after = try #require(Instant(rfc3339: "2026-11-01T00:00:00Z"))
    #expect(history.version(at: before)?.version == "a")
    #expect(history.version(at: after)?.version == "b")
    let same = text.replacing("version: b, validFrom: 2026-11-01T00:00:00Z", with: "version: a")
    #expect(
      CatalogDocument(Array(same.utf8)).problems.map(\.path) == [
        "catalogs[1].validFrom", "catalogs[1].version",
      ])
  }

  @Test(
    "What is no catalogue at all has one problem",
    arguments: ["", "[]", "42", "a: b: c", "\u{0}", "- - -"])
  func noCatalogue(_ text: String) {
    #expect(!CatalogDocument(Array(text.utf8)).problems.isEmpty)
  }

  @Test("Nesting without end is refused, not followed", arguments: ["[", "{a: ", "- ", "? "])
  func nesting(_ mark: String) {
    let text = String(repeating: mark, count: 300_000)
    #expect(!CatalogDocument(Array(text.utf8)).isValid)
  }
}
