import Foundation
import Simulation
import Testing

@Suite("Simulated runs")
struct SimulationTests {
  private static let seeds =
    ProcessInfo.processInfo.environment["SEEDS"].flatMap(UInt64.init) ?? 300

  @Test("Nothing is lost, nobody is charged twice, whatever crashes: every rule holds at rest")
  func everyRule() async {
    for seed in 1...Self.seeds {
      let broken = await SimulatedWorld(seed: seed).run()
      #expect(broken.isEmpty, "seed \(seed)")
    }
  }

  @Test("A planted bug is found", arguments: PlantedBug.allCases)
  func planted(bug: PlantedBug) async {
    var found: UInt64?
    for seed: UInt64 in 1...500 where found == nil {
      let plan = SimulationPlan(seed: seed, bug: bug)
      if !(await SimulatedWorld(seed: seed, plan: plan).run()).isEmpty { found = seed }
    }
    #expect(found != nil, "500 seeds do not show \(bug)")
  }

  @Test("The same seed is the same run")
  func replay() async {
    let first = SimulatedWorld(seed: 7, isTracing: true)
    let second = SimulatedWorld(seed: 7, isTracing: true)
    _ = await first.run()
    _ = await second.run()
    #expect(await first.traceLines == second.traceLines)
  }
}
