import Foundation
import Simulation

// `simulate`: runs SEEDS seeded runs from SEED on; with SEEDS=1 it prints the trace of that run. BUG plants a bug by its name, to see
// that it is found. TRACE=1 traces every run and prints one fingerprint over all traces: the same on every machine.
let environment = ProcessInfo.processInfo.environment
let first = environment["SEED"].flatMap(UInt64.init) ?? 1
let count = environment["SEEDS"].flatMap(UInt64.init) ?? 1_000
let bug = environment["BUG"].flatMap(PlantedBug.init)
if let name = environment["BUG"], bug == nil {
  print("there is no bug \(name); plant one of: \(PlantedBug.allCases.map(\.rawValue))")
  exit(2)
}
let isTracing = count == 1 || environment["TRACE"] != nil
let begin = ContinuousClock.now
var failed: [UInt64] = []
var fingerprint: UInt64 = 0
for seed in first..<(first + count) {
  let world = SimulatedWorld(
    seed: seed, plan: SimulationPlan(seed: seed, bug: bug), isTracing: isTracing)
  let result = world.run()
  fingerprint = (fingerprint &* 31) ^ result.digest
  if count == 1 { print(world.traceLines.joined(separator: "\n")) }
  guard !result.violations.isEmpty else { continue }
  failed.append(seed)
  print("seed \(seed) breaks rules; replay it with SEEDS=1 SEED=\(seed):")
  for violation in result.violations { print("  \(violation)") }
}
let (seconds, fraction) = (ContinuousClock.now - begin).components
let elapsed = Double(seconds) + Double(fraction) / 1e18
print(
  "\(count - UInt64(failed.count)) of \(count) seeds kept every rule; "
    + "\(Int(Double(count) / elapsed * 60)) seeds a minute")
if isTracing { print("fingerprint \(String(fingerprint, radix: 16))") }
exit(failed.isEmpty ? 0 : 1)
