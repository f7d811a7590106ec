import Contracts
import Glibc
import Resizing
import Worker

extension Settings {
  /// How patient the state machine is.
  var resizeRules: ResizeRules {
    ResizeRules(
      applyMode: text(.applyMode).flatMap(ApplyMode.init) ?? .inventory,
      paymentAttempts: integer(.paymentAttempts),
      settlementTimeout: milliseconds(.paymentTimeout),
      paymentBackOff: BackOff(
        baseMilliseconds: milliseconds(.paymentBackOffBase),
        ceilingMilliseconds: milliseconds(.paymentBackOffCeiling)),
      refundBackOff: BackOff(
        baseMilliseconds: milliseconds(.refundBackOffBase),
        ceilingMilliseconds: milliseconds(.refundBackOffCeiling)),
      applyTimeout: milliseconds(.applyTimeout))
  }

  /// How the worker of this process behaves.
  var workerSettings: WorkerSettings {
    let trusted: [(IntakeQueue, Setting)] = [
      (.settlements, .trustedSettlements), (.applied, .trustedApplied),
      (.inventory, .trustedInventory),
    ]
    var publishers: [IntakeQueue: Set<String>] = [:]
    for (queue, setting) in trusted where !list(setting).isEmpty {
      publishers[queue] = Set(list(setting))
    }
    return WorkerSettings(
      name: workerName, batchLimit: integer(.workerBatch),
      deliveryLimit: integer(.workerDeliveryLimit), trustedPublishers: publishers)
  }

  /// As configured, or made up anew: a name must never come twice, for it owns outbox rows.
  var workerName: String {
    text(.workerName)
      ?? "\(hostName)-\(getpid())-" + String(UInt32.random(in: .min ... .max), radix: 36)
  }

  var eventEncoder: OutgoingEventEncoder {
    OutgoingEventEncoder(
      source: text(.eventSource) ?? "/resize-worker", schemaBaseURL: text(.eventSchemas) ?? "")
  }
}
