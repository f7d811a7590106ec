import Logging
import Resizing
import Storage

extension WorkerDuty {
  /// What it means that it cannot be done.
  fileprivate var lack: String {
    switch self {
    case .heartbeat: "the store failed; timers wait until it answers again"
    case .timers: "it cannot be read what is due; nothing is asked for again"
    case .switches: "it cannot be read what is paused and what the payments' breaker says"
    case .breaker: "the payments' breaker cannot be moved"
    case .adoption: "messages of workers that are gone cannot all be taken over"
    }
  }
}

extension Logger {
  /// Writes a notice at the level an operator would expect it at.
  func log(_ notice: WorkerNotice) {
    switch notice {
    case .storeLost(let message):
      error("the store failed; consuming is paused until it answers again: \(message)")
    case .storeBack:
      tell("the store answers again; consuming goes on")
    case .dutyFailed(let duty, let message):
      error("\(duty.lack): \(message)")
    case .dutyBack(let duty):
      tell("no longer: \(duty.lack)")
    case .intakeConnected:
      info("consuming")
    case .intakeLost(let reason):
      warning("the consuming connection is lost, reconnecting: \(reason)")
    case .relayConnected:
      info("publishing")
    case .relayLost(let reason):
      warning(
        "the publishing connection is lost, reconnecting; the outbox keeps what is unsent: \(reason)"
      )
    case .relayBlocked(let reason):
      warning("the broker blocks publishing, the outbox keeps what is unsent: \(reason)")
    case .relayUnblocked:
      tell("the broker takes messages again")
    case .unroutable(let reason, let count):
      error(
        "\(count) messages cannot be routed and stay in the outbox; run `topology apply`: \(reason)"
      )
    case .requestsHeld(let reason):
      warning("no new requests are taken: \(reason)")
    case .requestsTaken:
      tell("new requests are taken again")
    case .paymentsHeld(.unknown):
      info("payments and refunds wait until it is known whether they are paused")
    case .paymentsHeld(.paused):
      warning("payments and refunds are paused; `resize-worker payments resume` goes on")
    case .paymentsHeld(.breaker):
      warning("payments and refunds wait until the payment service has recovered")
    case .paymentsFlow:
      tell("payments and refunds are asked for")
    case .breakerMoved(let breaker):
      log(breaker)
    case .deadLettered(let queue, let reason):
      warning(
        "a message from \(queue) went to the dead letters",
        metadata: ["code": "\(reason.code)", "reason": "\(reason.message)"])
    case .timerRefused(let requestId, let reason):
      error(
        """
        resize \(requestId) waits for something that is due, and the store refuses it; what it is owed \
        is asked for as soon as it can be read again: \(reason)
        """)
    case .adopted(let count):
      tell("\(count) messages of a worker that is gone are published from here")
    case .draining:
      info("draining: finishing what is under way")
    }
  }

  private func log(_ breaker: BreakerState) {
    let until = breaker.until.map { " until \($0.instant.rfc3339)" } ?? ""
    switch breaker.phase {
    case .open:
      let rate = "\(breaker.failed) of \(breaker.outcomes) payments failed or were not answered"
      error("the payments' breaker is open\(until): \(rate); nothing is lost")
    case .halfOpen:
      tell("the payments' breaker is half-open: a few payments show whether the service is back")
    case .closed:
      tell("the payments' breaker is closed: the payment service answers")
    }
  }

  private func tell(_ message: Logger.Message) {
    log(level: .notice, message)
  }
}
