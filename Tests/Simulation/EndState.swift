import Billing
import Resizing
import Storage

/// What a simulated run has come to: all that its rules are about, as a value.
public struct EndState: Sendable {
  /// What is known of one resize at the end.
  public struct Course: Sendable {
    public var resize: Resize
    public var timeline: [TimelineRow]
    public var postings: [Posting]
  }

  public var isAtRest: Bool
  /// Ids of all requests that customers have sent.
  public var submitted: Set<String>
  public var courses: [Course]
  public var instances: [InstanceRecord]
  public var movements: [BankMovement]
  /// Keys that the bank was asked for with more than one amount.
  public var changedAmounts: [String]
  /// Ids of the status messages that reached the result exchange.
  public var statuses: Set<String>
  public var outboxRows: Int
  /// What a verification of the ledger finds.
  public var ledgerFindings: [String]
  public var deadLetters: [String]
  /// Requests that end whoever begins with them, the messages about them, and those of these that were put aside.
  public var poison: Set<String>
  public var poisonMessages: Set<String>
  public var buried: Set<String>
  /// Timers that were handed to two workers at a time.
  public var doubleClaims: [String]
  /// What the control plane has made of each instance; nil where the worker changes them itself.
  public var applied: [String: Configuration]?
}

/// A rule that every run keeps.
public enum SimulationRule: String, Sendable, CaseIterable {
  /// Everything comes to rest: no message waits, no timer is left that could still do something.
  case rest
  /// Every request that was accepted is known.
  case nothingIsLost
  /// Every request has exactly one end.
  case oneEnd
  /// A timeline is a path of the state machine, and ends where the resize stands.
  case path
  /// Every status was told.
  case statusesTold
  /// Under one idempotency key, and for one request and direction, money moves at most once.
  case movedOnce
  /// A key is always asked for with the same amount.
  case sameAmount
  /// What moved for a resize is what its end says.
  case moneyAsEnded
  /// Postings cancel out, and say what moved; the ledger's chains are whole.
  case ledger
  /// What moved for an instance is what its orders say.
  case orders
  /// No order gives back more than was paid for it.
  case refundsBounded
  /// No instance is left held by a resize.
  case unlocked
  /// No two resizes hold an instance at a time.
  case oneAtATime
  /// An instance is what its last resize made of it, here and at the control plane.
  case configuration
  /// The outbox is empty.
  case outboxEmpty
  /// Nothing went to the dead letters that was sound.
  case noDeadLetters
  /// What ends workers does so no more: it went to the dead letters.
  case poisonBuried
  /// A timer is handed to one worker at a time.
  case timerClaimedOnce
}

/// A rule that does not hold, and where.
public struct Violation: Sendable, CustomStringConvertible {
  public var rule: SimulationRule
  public var what: String

  public var description: String { "\(rule.rawValue): \(what)" }
}

extension SimulatedWorld {
  /// Whether nothing is left to do.
  func comesToRest() -> Bool {
    guard live.isEmpty, onTheWay.isEmpty, customers.requests.count >= plan.requests,
      queues.isEmpty, workers.allSatisfy({ $0.inFlight.isEmpty && $0.queued.isEmpty })
    else { return false }
    return statistics?.outboxRows == 0
  }

  private var statistics: StoreStatistics? {
    let (store, now) = (store, now)
    return executor.value { try? await store.statistics(now: now) } ?? nil
  }

  func endState(isAtRest: Bool) -> EndState {
    let store = store
    let courses = executor.value { await store.courses } ?? []
    let findings = executor.value { await store.ledgerFindings } ?? []
    let instances = executor.value { try? await store.instances(after: nil, limit: 1_000) } ?? nil
    return EndState(
      isAtRest: isAtRest, submitted: customers.submitted, courses: courses,
      instances: instances ?? [], movements: bank.movements, changedAmounts: bank.changedAmounts,
      statuses: statuses, outboxRows: statistics?.outboxRows ?? -1, ledgerFindings: findings,
      deadLetters: deadLetters + queues.rejected.map(\.messageId), poison: customers.poison,
      poisonMessages: customers.poisonMessages, buried: buried, doubleClaims: doubleClaims,
      applied: plan.applyMode == .command ? controlPlane.configurations : nil)
  }
}

extension Store {
  fileprivate var courses: [EndState.Course] {
    get async {
      var courses: [EndState.Course] = []
      for resize in (try? await resizes(matching: ResizeFilter(limit: 1_000_000))) ?? [] {
        courses.append(
          EndState.Course(
            resize: resize, timeline: (try? await timeline(requestId: resize.requestId)) ?? [],
            postings: (try? await postings(requestId: resize.requestId)) ?? []))
      }
      return courses
    }
  }

  /// What `ledger verify` would tell of.
  fileprivate var ledgerFindings: [String] {
    get async {
      var findings: [String] = []
      do throws(StoreError) {
        _ = try await LedgerVerification(of: self).run { observation in
          if case .finding(let finding) = observation { findings.append("\(finding)") }
        }
      } catch {
        findings.append("\(error)")
      }
      return findings
    }
  }
}
