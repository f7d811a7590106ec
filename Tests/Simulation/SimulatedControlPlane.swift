import Billing
import Resizing

/// A control plane that carries a command out once, and answers late, twice, or not at all the first time.
struct SimulatedControlPlane {
  private let faults: Int
  private var outcomes: [String: ApplyReport.Outcome] = [:]
  /// What it has made of each instance.
  private(set) var configurations: [String: Configuration] = [:]

  init(faults: Int) { self.faults = faults }

  mutating func take(
    _ emission: Emission, isRough: Bool, using generator: inout SeededGenerator
  ) -> [ServiceAnswer] {
    guard case .apply(let requestId, _, let instanceId, let target, _, _) = emission else {
      return []
    }
    let known = outcomes[requestId]
    let outcome = known ?? (isRough && generator.happens(faults / 2) ? .failed : .applied)
    outcomes[requestId] = outcome
    if known == nil, outcome == .applied { configurations[instanceId] = target }
    guard !isRough || !generator.happens(faults) else { return [] }
    let report = ApplyReport(requestId: requestId, instanceId: instanceId, outcome: outcome)
    let delay = Int64(generator.below(isRough ? 90_000 : 2_000))
    return [ServiceAnswer(input: .applied(report), delay: delay)]
  }
}
