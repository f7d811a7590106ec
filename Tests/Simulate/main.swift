import Foundation
import Simulation

// `simulate`: runs SEEDS seeded runs from SEED on; with SEEDS=1 it prints the trace of that run. BUG plants a bug by its name, to see
// that it is found.
let environment = ProcessInfo.processInfo.environment
let first = environment["SEED"].flatMap(UInt64.init) ?? 1
let count = environment["SEEDS"].flatMap(UInt64.init) ?? 1_000
let bug = environment["BUG"].flatMap(PlantedBug.init)
var failed: [UInt64] = []
for seed in first..<(first + count) {
  let plan = SimulationPlan(seed: seed, bug: bug)
  let world = SimulatedWorld(seed: seed, plan: plan, isTracing: count == 1)
  let broken = await world.run()
  if count == 1 { print(await world.traceLines.joined(separator: "\n")) }
  guard !broken.isEmpty else { continue }
  failed.append(seed)
  print("seed \(seed) breaks rules; replay it with SEEDS=1 SEED=\(seed):")
  for rule in broken { print("  \(rule)") }
}
print("\(count - UInt64(failed.count)) of \(count) seeds kept every rule")
exit(failed.isEmpty ? 0 : 1)
