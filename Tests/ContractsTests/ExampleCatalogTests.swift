import Billing
import Contracts
import Resizing
import Testing

/// A change of the reference documents, on the example catalogue, and what it has to cost.
struct DocumentedChange: Sendable, CustomTestStringConvertible {
  var document: String
  /// The instance without its ids, billing mode and state.
  var instance: String
  var billingMode = "prepaid"
  var target: String
  var now: String
  var outcome: String
  var newExpiresAt: String?

  var testDescription: String { document }

  static func order(_ id: String, _ start: String, _ end: String, _ cash: String) -> String {
    """
    {"orderId": "\(id)", "startsAt": "\(start)T00:00:00Z", "endsAt": "\(end)T00:00:00Z", \
    "paidCash": "\(cash)"}
    """
  }

  static func uhost(_ document: String, _ from: String, _ to: String, _ outcome: String) -> Self {
    DocumentedChange(
      document: document,
      instance: #""product": "uhost", "spec": "uhost.\#(from)", "orders": "#
        + "[\(order("o-1", "2025-04-01", "2025-05-01", "37.72"))]",
      target: #"{"spec": "uhost.\#(to)"}"#, now: "2025-04-11T00:00:00Z", outcome: outcome)
  }

  static let all: [DocumentedChange] = [
    DocumentedChange(
      document: "002, Monthly Instance Configuration Upgrade",
      instance: #""product": "cvm", "spec": "S5.MEDIUM2", "orders": "#
        + "[\(order("o-1", "2022-12-31", "2023-12-31", "167.33"))]",
      target: #"{"spec": "S5.LARGE8"}"#, now: "2023-05-01T00:00:00Z",
      outcome: "charge 197.66 USD"),
    DocumentedChange(
      document: "002, Monthly configuration downgrade",
      instance: #""product": "cvm", "spec": "S5.SMALL2", "usage": {"partialSeconds": 172800}, "#
        + #""orders": [\#(order("o-1", "2025-01-01", "2026-01-01", "49.96")), "#
        + "\(order("o-2", "2026-01-01", "2027-01-01", "59.96"))]",
      target: #"{"spec": "S5.FREE"}"#, now: "2025-01-06T00:00:00Z", outcome: "refund 109.44 USD"),
    uhost("003, Example 1", "small", "large", "charge 12.57 USD"),
    uhost("003, Example 2", "large", "small", "refund 12.57 USD"),
    DocumentedChange(
      document: "001, Note: half the units for half the term, on the 850 paid and not the 1,000",
      instance: #""product": "maxcompute", "units": 100, "orders": "#
        + "[\(order("o-1", "2025-01-01", "2026-01-01", "850.00"))]",
      target: #"{"units": 50}"#, now: "2025-07-02T12:00:00Z", outcome: "refund 212.50 USD"),
    DocumentedChange(
      document: "000, Degrading Prepaid Instances",
      instance: #""product": "cvm-classic", "spec": "C1.LARGE8", "orders": "#
        + "[\(order("o-1", "2023-04-21", "2023-05-31", "44.80"))]",
      target: #"{"spec": "C1.MEDIUM2"}"#, now: "2023-05-01T00:00:00Z",
      outcome: "nothing to pay", newExpiresAt: "2023-07-20T00:00:00Z"),
    DocumentedChange(
      document: "000, Degrading Postpaid Instances",
      instance: #""product": "cvm", "spec": "S5.LARGE8""#, billingMode: "postpaid",
      target: #"{"spec": "S5.MEDIUM2"}"#, now: "2023-05-01T00:00:00Z", outcome: "nothing to pay"),
  ]
}

@Suite("The example catalogue")
struct ExampleCatalogTests {
  @Test("It reproduces the reference documents", arguments: DocumentedChange.all)
  func reproduces(_ change: DocumentedChange) throws {
    let file = Fixtures.examples.appending(path: "catalog.yaml")
    let machine = ResizeMachine(
      rules: ResizeRules(), catalogs: try CatalogDocument(Fixtures.bytes(file)).history())
    let instance = """
      {"instanceId": "i", "tenantId": "t", "billingMode": "\(change.billingMode)",
      "state": "stopped", \(change.instance)}
      """
    let request = """
      {"requestId": "r", "tenantId": "t", "instanceId": "i", "target": \(change.target)}
      """
    let assessment = try machine.assess(
      ResizeRequest(json: Array(request.utf8)),
      InstanceRecord(instance: Instance(json: Array(instance.utf8)), revision: 1),
      try #require(Instant(rfc3339: change.now)))
    #expect(assessment.quote.summary == change.outcome)
    #expect(assessment.quote.newExpiresAt?.rfc3339 == change.newExpiresAt)
  }
}
