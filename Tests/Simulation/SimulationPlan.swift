import Resizing

/// How rough a simulated run is; parts per hundred of all steps where the thing can happen.
public struct SimulationPlan: Sendable {
  public var workers = 3
  public var instances = 4
  public var requests = 24
  public var crashes = 1
  public var lostConnections = 2
  public var storeFaults = 2
  public var nacks = 5
  public var returns = 1
  public var paymentFaults = 15
  public var applyMode = ApplyMode.inventory
  /// Steps with faults, before everything is left to come to rest.
  public var roughSteps = 1_500
  /// Nil in every run but those that test the simulation itself.
  public var bug: PlantedBug?

  public init() {}

  /// A plan drawn from a seed, so that runs differ in more than their course.
  public init(seed: UInt64, bug: PlantedBug? = nil) {
    self.bug = bug
    var generator = SeededGenerator(seed: seed ^ 0x5eed)
    workers = 1 + generator.below(4)
    instances = 1 + generator.below(6)
    requests = 5 + generator.below(40)
    crashes = generator.below(3)
    lostConnections = generator.below(5)
    storeFaults = generator.happens(50) ? generator.below(6) : 0
    nacks = generator.below(15)
    returns = generator.below(4)
    paymentFaults = generator.below(40)
    applyMode = generator.happens(50) ? .inventory : .command
    roughSteps = 300 + generator.below(1_500)
  }
}
