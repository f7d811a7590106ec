import Billing
import Foundation
import Resizing
import Seeding
import Testing

@Suite("Whatever happens, in whatever order")
struct CourseProperties {
  private static let cases = Int(ProcessInfo.processInfo.environment["CASES"] ?? "") ?? 2_000
  private static let seed = UInt64(ProcessInfo.processInfo.environment["SEED"] ?? "") ?? 1

  @Test(
    "Every timeline is a path of the state machine, money moves once a key, and locks are let go")
  func randomCourses() {
    for index in 0..<UInt64(Self.cases) {
      var generator = SeededGenerator(seed: Self.seed &* 1_000_003 &+ index)
      var stage = Stage(
        .uhost(Bool.random(using: &generator) ? "small" : "large"),
        rules: ResizeRules(
          applyMode: Bool.random(using: &generator) ? .inventory : .command, paymentAttempts: 2))
      for _ in 0..<30 { step(&stage, &generator) }
      check(stage, seed: index)
    }
  }

  private func step(_ stage: inout Stage, _ generator: inout SeededGenerator) {
    let id = ["r-1", "r-2"].randomElement(using: &generator)!
    switch Int.random(in: 0..<12, using: &generator) {
    case 0, 1: stage.request("large", id: id)
    case 2: stage.request("small", id: id)
    case 3: stage.settlePayment(.succeeded, id: id)
    case 4: stage.settlePayment(.failed, id: id)
    case 5: stage.settlePayment(.declined, id: id)
    case 6: stage.settleRefund(.succeeded, id: id)
    case 7: stage.settleRefund(.failed, id: id)
    case 8: stage.report(.applied, id: id)
    case 9: stage.report(.failed, id: id)
    case 10:
      stage.play(.cancelRequested(requestId: id, tenantId: "tenant-1", RequestContext()))
    default: stage.ring(id: id)
    }
  }

  private func check(_ stage: Stage, seed: UInt64) {
    for (id, resize) in stage.resizes {
      let states = stage.timeline.filter {
        $0.requestId == id && ResizeState(rawValue: $0.event) != nil
      }
      .map(\.state)
      #expect(states.first.map(ResizeState.initial.contains) == true, "seed \(seed)")
      for (from, to) in zip(states, states.dropFirst()) {
        #expect(from.successors.contains(to), "seed \(seed): \(id) went from \(from) to \(to)")
      }
      let sequences = stage.statuses.filter { $0.requestId == id && $0.sequence > 0 }.map(
        \.sequence)
      #expect(Set(sequences) == Set(1...resize.sequence), "seed \(seed)")
      let customer = stage.postings.filter {
        $0.requestId == id && $0.account.hasPrefix("cash:")
      }
      let keys = customer.map(\.movementId)
      #expect(Set(keys).count == keys.count, "seed \(seed): a key moved money twice")
      let balance = customer.map(\.minorUnits).reduce(0, +)
      if resize.state.isEnd, resize.refund?.state ?? .succeeded == .succeeded {
        let charged = resize.state == .completed ? resize.payment?.amount.minorUnits ?? 0 : 0
        let given = resize.state == .completed ? resize.refund?.amount.minorUnits ?? 0 : 0
        #expect(
          balance == charged - given, "seed \(seed): \(id) \(resize.state) balance \(balance)")
      }
    }
    #expect(stage.postings.map(\.minorUnits).reduce(0, +) == 0, "seed \(seed)")
    let live = stage.resizes.values.filter { !$0.state.isEnd }.map(\.requestId)
    #expect(live == (stage.record.liveResize.map { [$0] } ?? []), "seed \(seed)")
  }
}
