import Resizing

/// How rough a simulated run is; parts per hundred unless said otherwise.
public struct SimulationPlan: Sendable {
  public var workers = 3
  public var tenants = 2
  public var instances = 4
  public var requests = 24
  /// A worker crashes after so many await points and effects on average; 0 never.
  public var jobsBetweenCrashes = 1_500
  /// Steps in which something else than work goes wrong.
  public var troubles = 8
  /// Calls to the store that fail, before they take effect or after.
  public var storeFaults = 2
  public var nacks = 5
  public var returns = 2
  /// Payments and refunds that are not simply answered.
  public var paymentFaults = 30
  public var applyFaults = 15
  /// How far the clock of a worker jumps at most, in milliseconds; 0 never.
  public var clockJump: Int64 = 20_000
  /// With so few outcomes the payments' breaker may open.
  public var breakerMinimum = 4
  /// With so many undelivered messages a worker takes no requests.
  public var outboxLimit = 64
  public var applyMode = ApplyMode.inventory
  public var brokerRules = BrokerRules.version3
  /// Requests that end every worker that begins with them.
  public var poison = 0
  /// Steps with faults, before everything is left to come to rest.
  public var roughSteps = 600
  /// Nil in every run but those that test the simulation itself.
  public var bug: PlantedBug?

  public init() {}

  /// A plan drawn from a seed, so that runs differ in more than their course.
  public init(seed: UInt64, bug: PlantedBug? = nil) {
    self.bug = bug
    var generator = SeededGenerator(seed: seed ^ 0x5eed)
    workers = 1 + generator.below(4)
    tenants = 1 + generator.below(3)
    instances = 1 + generator.below(6)
    requests = 4 + generator.below(36)
    jobsBetweenCrashes = generator.happens(20) ? 0 : 150 + generator.below(2_000)
    troubles = generator.below(20)
    storeFaults = generator.happens(60) ? generator.below(8) : 0
    nacks = generator.below(15)
    returns = generator.below(6)
    paymentFaults = generator.below(70)
    applyFaults = generator.below(50)
    clockJump = [0, 2_000, 20_000, 600_000, 86_400_000].randomElement(using: &generator) ?? 0
    applyMode = generator.happens(50) ? .inventory : .command
    roughSteps = 100 + generator.below(700)
    breakerMinimum = 1 + generator.below(12)
    outboxLimit = generator.happens(50) ? 8 : 64
    brokerRules = BrokerRules.allCases.randomElement(using: &generator) ?? .version3
    poison = generator.happens(30) ? 1 + generator.below(10) : 0
  }
}
