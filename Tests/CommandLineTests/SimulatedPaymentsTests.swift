import Billing
import Sandbox
import Testing

@Suite("The sandbox's payment service")
struct SimulatedPaymentsTests {
  @Test("What moved under a key is what it answers, even where it is asked for another amount")
  func sameKeyOtherAmount() throws {
    var payments = SimulatedPayments(faults: SandboxFaults())
    let first = try payments.take(ask(19_766))
    let again = try payments.take(ask(16_202))
    #expect(first.map(\.settlement) == again.map(\.settlement))
    #expect(again.first?.settlement.settled?.minorUnits == 19_766)
    #expect(payments.movements.map(\.amount.minorUnits) == [19_766])
  }

  private func ask(_ cents: Int64) throws -> PaymentAsk {
    PaymentAsk(
      kind: .payment, movementId: "pay_r", requestId: "r", tenantId: "t",
      idempotencyKey: "pay_r",
      amount: Money(minorUnits: cents, currency: try #require(Currency(code: "USD"))), attempt: 1)
  }
}
