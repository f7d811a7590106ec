import Billing
import Contracts
import Resizing
import Storage
import Testing
import Worker

/// "Up and straight down again at the same instant costs nothing but rounding", with the whole worker: its wire format, its core, its
/// service and a store; only time stands still.
@Suite("Up and straight down again at one instant", .timeLimit(.minutes(10)))
struct TakingBackTests {
  /// Of each product of the demo catalogue that charges an instance half-way through its time, and what it is changed to.
  struct Trip: Sendable, CustomTestStringConvertible {
    var product: String
    var from: Configuration
    var to: Configuration

    var testDescription: String { product }

    static let all = [
      Trip(
        product: "cvm", from: Configuration(spec: "S5.MEDIUM2"),
        to: Configuration(spec: "S5.LARGE8")),
      Trip(
        product: "cvm-classic", from: Configuration(spec: "S5.MEDIUM2"),
        to: Configuration(spec: "S5.LARGE8")),
      Trip(
        product: "uhost", from: Configuration(spec: "basic"), to: Configuration(spec: "plus")),
      Trip(
        product: "maxcompute", from: Configuration(units: 10), to: Configuration(units: 17)),
    ]
  }

  @Test("costs nothing, and leaves ledger and orders as they were", arguments: Trip.all)
  func costsNothing(trip: Trip) async throws {
    for applyMode in [ApplyMode.inventory, .command] {
      let site = try StillSite(applyMode, trip.product)
      let before = try await site.instance(trip.from)
      async let working: Void = site.service.run()
      site.request("up", ResizeTarget(trip.to))
      let up = try await site.end(of: "up")
      site.request("down", ResizeTarget(trip.from))
      let down = try await site.end(of: "down")
      site.mailbox.put(.drain)
      try await working

      #expect(up.status == .completed && down.status == .completed)
      #expect(
        up.assessment?.quote.direction == .charge && down.assessment?.quote.direction == .refund)
      let charge = try #require(up.assessment?.quote.amount)
      #expect(charge.minorUnits > 0 && down.assessment?.quote.amount == charge)
      #expect(site.services.asked == [.init("pay_up", charge), .init("ref_down", charge)])

      let heads = try await site.store.ledgerHeads(after: nil, limit: 10)
      #expect(heads.map(\.position) == [2, 2] && heads.map(\.balance) == [0, 0])
      let after = try #require(
        try await site.store.instances(after: nil, limit: 1).first?.instance.subscription)
      #expect(after.configuration == before.configuration && after.expiry == before.expiry)
      #expect(after.orders.dropLast() == before.orders[...])
      let order = try #require(after.orders.last)
      #expect(order.orderId == "resize-up" && order.status == .canceled)
      #expect(order.paidCash == StatedAmount(charge).value && order.refunded == order.paidCash)
      // What it would cost to begin anew is what it cost.
      #expect(try site.quote(after, trip.to).amount == charge)
    }
  }

  @Test("Every product of the demo catalogue that charges is among them")
  func allProducts() throws {
    #expect(Set(try StillSite.catalog().products.keys) == Set(Trip.all.map(\.product)))
  }
}

extension ResizeTarget {
  fileprivate init(_ configuration: Configuration) {
    self.init(spec: configuration.spec, units: configuration.units)
  }
}
