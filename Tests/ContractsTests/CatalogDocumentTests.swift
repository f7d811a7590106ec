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
    let yaml = """
      name: n
      currency: USD
      products:
        p:
          specs: { s: { termPrice: 16.80 } }
          upgrade: &rule { policy: remainingTimeProration }
          downgrade: *rule
      """
    let json = """
      {"name": "n", "currency": "USD", "products": {"p": {
        "specs": {"s": {"termPrice": "16.80"}},
        "upgrade": {"policy": "remainingTimeProration"},
        "downgrade": {"policy": "remainingTimeProration"}}}}
      """
    let (left, right) = (CatalogDocument(Array(yaml.utf8)), CatalogDocument(Array(json.utf8)))
    #expect(left.catalogs == right.catalogs && left.catalogs.count == 1)
    #expect(left.problems.isEmpty && right.problems.isEmpty)
  }

  @Test("JSON may have all its specifications in one line, and any character escaped")
  func oneLine() {
    let specifications = (0..<2_000).map {
      #""s\#($0)": {"monthly": "16.80", "hourly": [{"price": 0.1}], "vcpu": 1}"#
    }
    let text = #"""
       {"name": "a: - ? \ud83d\ude00", "currency": "USD", "products": {"p": {"specs": {\#(
        specifications.joined(separator: ", "))},
      "upgrade": {"policy": "dailyDifferential"}, "downgrade": {"policy": "unusedValueRefund"}}}}
      """#
    let document = CatalogDocument(Array(text.utf8))
    #expect(document.problems.isEmpty)
    #expect(document.catalogs.first?.name == "a: - ? 😀")
    #expect(document.catalogs.first?.products["p"]?.specifications.count == 2_000)
    // What is YAML only, with brackets around it all, may do the same.
    let yaml = text.replacing("\"p\"", with: "p").replacing("\\ud83d\\ude00", with: "😀")
    let same = CatalogDocument(Array(yaml.utf8))
    #expect(same.problems.isEmpty && same.catalogs == document.catalogs)
  }

  @Test("What is wrong in JSON is told with the same places as in YAML")
  func placesInJSON() {
    let text = """
      {"name": "é😀", "curency": "USD", "products": {
        "é": {"timeZone": "UTC", "upgrade": {"policy": "dailyDiferential"},
          "specs": {"s": {"monthly": 1e3, "hourly": [
            {"price": 1}, {"price": "2"}]}}}}}
      """
    func problems(_ text: String) -> [String] {
      CatalogDocument(Array(text.utf8)).problems.map(\.description)
    }
    let found = problems(text)
    #expect(
      found.prefix(3) == [
        "line 1, column 1: currency is missing",
        "line 1, column 16: curency is no field that is known here; did you mean \"currency\"?",
        "line 2, column 50: products[\"é\"].upgrade.policy is \"dailyDiferential\"; did you mean "
          + "\"dailyDifferential\"?",
      ])
    #expect(
      found
        == problems(
          text.replacing("\"curency\"", with: "'curency'").replacing("]}}}}}", with: "],}}}}}")))
    #expect(
      problems(#"{"name": "a", "name": "b"}"#) == [
        "line 1, column 15: the name \"name\" is there twice in one object; which counts?"
      ])
  }

  @Test(
    "A name that is there twice, once in quotes, is refused with its place",
    arguments: ["1", "1.5", "null", "yes", "2026-11-01", "~"])
  func twice(_ name: String) {
    let text = Self.product.replacing(
      "      a: {",
      with: "      \"\(name)\": { monthly: 20, hourly: [{ price: 1 }] }\n      \(name): {")
    let path = catalogPath(of: name)
    #expect(
      CatalogDocument(Array(text.utf8)).problems.map(\.description) == [
        "line 9, column 7: products.p.specs\(path) is there twice, whether in quotes or not; which "
          + "counts?"
      ])
    let products = """
      name: n
      currency: USD
      products: { "\(name)": &p { unit: { termPrice: 1 }, upgrade: &r { policy: unitProration }, \
      downgrade: *r }, \(name): *p }
      """
    #expect(
      CatalogDocument(Array(products.utf8)).problems.map(\.path) == ["products\(path)"])
  }

  private func catalogPath(of name: String) -> String {
    name.contains(".") || name == "~" ? "[\"\(name)\"]" : "." + name
  }

  @Test("Versions of different currencies are refused: orders that name none would change theirs")
  func currencies() {
    let text = """
      catalogs:
        - { name: n, version: a, currency: USD, products: &p { u: { unit: { termPrice: 10 }, \
      upgrade: &r { policy: unitProration }, downgrade: *r } } }
        - { name: n, version: b, validFrom: 2026-11-01T00:00:00Z, currency: EUR, products: *p }
      """
    #expect(
      CatalogDocument(Array(text.utf8)).problems.map(\.description) == [
        "line 3, column 71: catalogs[1].currency is EUR, but another version has USD: orders that "
          + "name no currency would be taken for either; keep versions of one currency"
      ])
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
    arguments: CatalogSlip.all)
  func problems(_ slip: CatalogSlip) {
    let text = Self.product.replacing(slip.original, with: slip.replacement)
    let problems = CatalogDocument(Array(text.utf8)).problems.map(\.description)
    #expect(problems.contains(slip.problem), "\(problems)")
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
        - name: n
          version: a
          currency: USD
          products: &p
            u:
              unit: { termPrice: 10 }
              upgrade: &r { policy: unitProration }
              downgrade: *r
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
