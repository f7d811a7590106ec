import Foundation
import Simulation
import Testing

@Suite("Simulated runs")
struct SimulationTests {
  private static let seeds =
    ProcessInfo.processInfo.environment["SEEDS"].flatMap(UInt64.init) ?? 300

  @Test("Nothing is lost, nobody is charged twice, whatever goes wrong: every rule holds at rest")
  func everyRule() {
    for seed in 1...Self.seeds {
      let violations = SimulatedWorld(seed: seed).run().violations
      #expect(violations.isEmpty, "replay it with make simulate SEEDS=1 SEED=\(seed)")
    }
  }

  @Test("A planted bug is found", arguments: PlantedBug.allCases)
  func planted(bug: PlantedBug) {
    let found = (1...UInt64(100)).first { seed in
      let plan = SimulationPlan(seed: seed, bug: bug)
      return !SimulatedWorld(seed: seed, plan: plan).run().violations.isEmpty
    }
    #expect(found != nil, "100 seeds do not show \(bug)")
  }

  @Test(
    "Under the rules of every RabbitMQ poison ends in the dead letters, and lost connections alone put nothing there",
    arguments: BrokerRules.allCases)
  func poison(rules: BrokerRules) {
    var buried = 0
    for seed in 1...UInt64(25) {
      var plan = SimulationPlan(seed: seed)
      (plan.brokerRules, plan.poison, plan.troubles) = (rules, 10, 30)
      let result = SimulatedWorld(seed: seed, plan: plan).run()
      #expect(result.violations.isEmpty, "seed \(seed): \(result.violations)")
      buried += result.state.buried.count
    }
    #expect(buried > 0)
  }

  @Test("The same seed is the same run, line by line", arguments: 1...20)
  func replay(seed: Int) {
    let first = SimulatedWorld(seed: UInt64(seed), isTracing: true)
    let second = SimulatedWorld(seed: UInt64(seed), isTracing: true)
    let results = [first.run(), second.run()]
    #expect(first.traceLines == second.traceLines)
    #expect(results[0].digest == results[1].digest)
  }
}
