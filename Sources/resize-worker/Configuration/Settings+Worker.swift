import Contracts
import Dashboard
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
      name: workerName, run: String(UInt64.random(in: .min ... .max), radix: 36),
      batchLimit: integer(.workerBatch), prefetch: integer(.brokerPrefetch),
      outboxLimit: integer(.workerOutboxLimit), crashLimit: integer(.workerCrashLimit),
      breaker: breakerSettings,
      trustedPublishers: publishers)
  }

  private var breakerSettings: BreakerSettings {
    let openTime = milliseconds(.breakerOpenTime)
    return BreakerSettings(
      window: milliseconds(.breakerWindow), failurePercent: integer(.breakerFailurePercent),
      minimumOutcomes: integer(.breakerMinimum),
      openTime: BackOff(baseMilliseconds: openTime, ceilingMilliseconds: 10 * openTime),
      probeTimeout: milliseconds(.paymentTimeout))
  }

  /// As configured, or made of host and process.
  var workerName: String { text(.workerName) ?? "\(hostName)-\(getpid())" }

  /// Where to answer over HTTP; nil is nowhere.
  func dashboardAddress() throws(Problem) -> DashboardAddress? {
    guard let text = text(.workerHTTP), !text.isEmpty else { return nil }
    guard let address = DashboardAddress(text) else {
      throw Problem(
        .usage,
        "worker.http (\(self[.workerHTTP]?.origin ?? "")) is \"\(text.printable)\"; write an IPv4 "
          + "address and a port, such as 127.0.0.1:9470")
    }
    return address
  }

  var eventEncoder: OutgoingEventEncoder {
    OutgoingEventEncoder(
      source: text(.eventSource) ?? "/resize-worker", schemaBaseURL: text(.eventSchemas) ?? "")
  }
}
