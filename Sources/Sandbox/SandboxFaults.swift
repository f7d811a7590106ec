/// How badly the simulated services behave; parts per hundred of all first answers, drawn from the seed and the message alone.
public struct SandboxFaults: Sendable, Equatable {
  /// Answered `failed`: it may be tried again.
  public var failed: Int
  /// Not answered at all, though the money moves.
  public var unanswered: Int
  /// Answered twice.
  public var duplicated: Int
  /// Answered `declined`.
  public var declined: Int
  /// Changes that the control plane cannot apply.
  public var applyFailed: Int
  /// How long an answer takes, in milliseconds, evenly from 0.
  public var delay: Int64
  public var seed: UInt64

  public init(
    failed: Int = 0, unanswered: Int = 0, duplicated: Int = 0, declined: Int = 0,
    applyFailed: Int = 0, delay: Int64 = 0, seed: UInt64 = 1
  ) {
    self.failed = failed
    self.unanswered = unanswered
    self.duplicated = duplicated
    self.declined = declined
    self.applyFailed = applyFailed
    self.delay = delay
    self.seed = seed
  }
}

/// Draws that depend on nothing but the seed, a key and an attempt: the same message always meets the same fault.
struct FaultDice {
  private var state: UInt64

  init(seed: UInt64, key: String, attempt: Int) {
    state = seed &+ UInt64(bitPattern: Int64(attempt)) &* 0x9e37_79b9_7f4a_7c15
    for byte in key.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The next draw: below the bound.
  mutating func roll(below bound: UInt64) -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return bound == 0 ? 0 : (mixed ^ (mixed >> 31)) % bound
  }

  mutating func happens(_ percent: Int) -> Bool {
    roll(below: 100) < UInt64(max(percent, 0))
  }
}
