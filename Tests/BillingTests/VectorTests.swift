import Billing
import Foundation
import Testing

/// Codes that are decided before billing is asked.
private let decidedElsewhere: Set<String> = [
  "UnknownProduct", "OperationInProgress", "InvalidInstanceState", "LocalDiskNotSupported",
  "BillingModeMismatch", "BelowMinimum", "NoChange",
]

@Suite("Vectors")
struct VectorTests {
  @Test("every worked case of the reference documents has the amount it names")
  func workedCases() throws {
    let scenarios = try Scenario.resource("quotes")
    #expect(scenarios.count == 49)
    try expectAll(scenarios)
  }

  @Test("random cases agree with an independent implementation, to the same fraction")
  func independentImplementation() throws {
    let scenarios = try Scenario.resource("random")
    #expect(scenarios.count == 400)
    try expectAll(scenarios)
  }

  @Test(
    "so do the cases of the file SCENARIOS names",
    .enabled(if: ProcessInfo.processInfo.environment["SCENARIOS"] != nil))
  func furtherCases() throws {
    let path = try #require(ProcessInfo.processInfo.environment["SCENARIOS"])
    try expectAll(try Scenario.read(URL(fileURLWithPath: path)))
  }

  private func expectAll(_ scenarios: [Scenario]) throws {
    for scenario in scenarios where !decidedElsewhere.contains(scenario.expected.rejection ?? "") {
      let request = try #require(scenario.request)
      do throws(QuoteRefusal) {
        let quote = try request.quote()
        expect(quote, scenario.expected, Comment(rawValue: scenario.id))
        expectLines(try request.lines(), leadTo: quote, Comment(rawValue: scenario.id))
      } catch {
        #expect(error.code.rawValue == scenario.expected.rejection, "\(scenario.id): \(error)")
        #expect(!error.message.isEmpty)
      }
    }
  }

  private func expect(_ quote: Quote, _ expected: Scenario.Expectation, _ id: Comment) {
    #expect(expected.rejection == nil, id)
    #expect(quote.direction.rawValue == expected.direction, id)
    #expect(quote.amount.value == expected.amount, id)
    #expect(quote.exact.description == expected.exact ?? quote.exact.description, id)
    #expect(quote.policy.rawValue == expected.policy ?? quote.policy.rawValue, id)
    #expect(quote.voucherApplied?.value == expected.voucherApplied, id)
    #expect(quote.newExpiresAt == expected.newExpiresAt, id)
    guard let expectedShares = expected.shares else { return }
    let shares = quote.refundOf.map {
      Scenario.Share(orderId: $0.orderId, amount: $0.amount.value)
    }
    #expect(shares == expectedShares, id)
  }

  /// The amount stands in the lines, after everything it follows from.
  private func expectLines(_ lines: [QuoteLine], leadTo quote: Quote, _ id: Comment) {
    #expect(lines.allSatisfy { !$0.text.isEmpty && !$0.value.isEmpty }, id)
    let result = lines.last { !$0.text.hasPrefix("refunded of order") }
    let value =
      quote.newExpiresAt == nil ? quote.amount.value : Money.zero(quote.fee.currency).value
    #expect(result?.value == value, id)
  }
}
