import ArgumentParser
import Contracts
import Resizing
import Storage

/// `payments retry`
struct PaymentsRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Ask for a payment or refund again at once, under the same idempotency key.",
    discussion: """
      For one that waits for its back-off, whose answer is overdue, or that is flagged for \
      attention. It becomes due in the database, and any worker asks, now or once it runs; the \
      timeline tells who wanted it. Refused, with 1, where nothing is to be asked for: \
      Ended, Applying, AnswerAwaited, AlreadyRetrying, Held (it leaves by itself).

      Examples:
        resize-worker payments retry 002-upgrade
        resize-worker payments retry pay_002-upgrade --by ann --json
      """)

  @Argument(help: "The request's id, or the payment's or refund's.") var id: String
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup var author: OperatorFlag

  func run() async throws {
    let settings = try configuration.settings(store)
    let (movement, requestId, switches) = try await settings.withStore { store in
      let (movement, requestId) = try await retry(in: store)
      return (movement, requestId, try await store.switches())
    }
    if json {
      return OutputChannel.standard.json(
        .object([
          JSONMember("requestId", .string(requestId)),
          JSONMember("movementId", .string(movement.id)),
          JSONMember("attempt", .number(String(movement.attempt + 1))),
        ]))
    }
    var line =
      "\(movement.id) (\(movement.amount)) is asked for again, attempt \(movement.attempt + 1)"
    if switches.payments.isPaused {
      line += ", once payments resume: they are \(switches.payments.summary)"
    } else if switches.breaker.phase != .closed {
      line += ", once the breaker lets it through: it is \(switches.breaker.summary)"
    }
    OutputChannel.standard.line(line)
  }

  /// Makes the timer due, on top of whatever a worker does to the resize meanwhile.
  private func retry(in store: some Store) async throws -> (Movement, String) {
    for _ in 0..<10 {
      let resize = try await find(in: store)
      let hold = try await PaymentHold(of: resize, in: store)
      if let hold, hold.isCertain { throw Problem(.didNotWorkOut, "Held: \(hold)") }
      let decision: Decision
      do throws(RetryRefusal) {
        decision = try ResizeMachine.retry(resize, now: .now)
      } catch {
        throw Problem(.didNotWorkOut, error.description + (hold.map { "; \($0)" } ?? ""))
      }
      let changes = ChangeSet(
        worker: author.operatorName, resizes: decision.resize.map { [$0] } ?? [],
        timeline: decision.timeline)
      if case .committed = try await store.commit(changes),
        let movement = decision.resize?.awaitedMovement
      {
        return (movement, resize.requestId)
      }
    }
    throw Problem(.didNotWorkOut, "\(id.printable) changes all the time; try again")
  }

  private func find(in store: some Store) async throws -> Resize {
    let isMovement = id.hasPrefix("pay_") || id.hasPrefix("ref_")
    let ids = [id] + (isMovement ? [String(id.dropFirst(4))] : [])
    let resizes = try await store.load(FactKeys(requestIds: Set(ids))).resizes
    guard let resize = ids.lazy.compactMap({ resizes[$0] }).first else {
      throw Problem(
        .didNotWorkOut, "no resize \(id.printable) is in the database; check the id")
    }
    return resize
  }
}
