import Resizing
import Storage

extension StoreStatistics {
  /// What there is to say of a database.
  func findings(_ switches: Switches, at location: String) -> [Finding] {
    let total = resizes.values.reduce(0, +)
    var findings = [
      Finding(
        "database", .good,
        "\(location): \(instances.counted("instance")), \(total.counted("resize")), "
          + "\(outboxRows.counted("message")) in the outbox")
    ]
    if instances == 0 {
      findings.append(
        Finding(
          "inventory", .notable, "it is empty; run `resize-worker inventory import FILE`"))
    }
    if needingAttention > 0 {
      findings.append(
        Finding(
          "attention", .notable,
          "\(needingAttention.counted("resize")) to be looked at; see `resize-worker status ID`"))
    }
    if let oldestOutbox, oldestOutbox < Moment.now.adding(milliseconds: -60_000) {
      findings.append(
        Finding(
          "outbox", .notable,
          "its oldest message is from \(oldestOutbox.instant.rfc3339); is a worker running?"))
    }
    findings += setAsidePages.map { page in
      Finding("outbox", .notable, "\(page); it is kept in the table outbox_set_aside")
    }
    if switches.payments.isPaused {
      findings.append(
        Finding(
          "switches", .notable,
          "payments are \(switches.payments.summary); `resize-worker payments resume`"))
    }
    if switches.intake.isPaused {
      findings.append(
        Finding(
          "switches", .notable,
          "intake of new requests is \(switches.intake.summary); `resize-worker intake resume`"))
    }
    if switches.breaker.phase != .closed {
      findings.append(Finding("breaker", .notable, switches.breaker.summary))
    }
    return findings
  }
}
