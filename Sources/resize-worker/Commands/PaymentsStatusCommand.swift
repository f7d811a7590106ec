import ArgumentParser
import Contracts
import Resizing
import Storage

/// `payments status`
struct PaymentsStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Whether they are paused, how the breaker stands, what fails and what waits.")
  @Flag(help: "Print JSON.") var json = false
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags

  func run() async throws {
    let settings = try configuration.settings(store)
    let (switches, statistics) = try await settings.withStore { store in
      (try await store.switches(), try await store.statistics(now: .now))
    }
    let payments = PaymentsOverview(switches, statistics, now: .now)
    if json { return OutputChannel.standard.json(payments.json) }
    for (name, text) in payments.lines {
      OutputChannel.standard.line(name.padding(toLength: 9, withPad: " ", startingAt: 0) + text)
    }
  }
}

/// How payments and refunds stand over all workers.
struct PaymentsOverview {
  /// Workers silent for longer are taken for gone.
  private static let silence: Int64 = 15_000

  private let switches: Switches
  private let statistics: StoreStatistics
  private let answered: Int
  private let failed: Int

  init(_ switches: Switches, _ statistics: StoreStatistics, now: Moment) {
    self.switches = switches
    self.statistics = statistics
    let live = statistics.workers.filter {
      $0.beatAt >= now.adding(milliseconds: -Self.silence)
    }
    answered = live.map(\.paymentsAnswered).reduce(0, +)
    failed = live.map(\.paymentsFailed).reduce(0, +)
  }

  var lines: [(String, String)] {
    let total = answered + failed
    let percent = total == 0 ? "" : " (\(failed * 100 / total) %)"
    return [
      ("payments", switches.payments.summary), ("breaker", switches.breaker.summary),
      ("failing", "\(failed) of \(total) lately\(percent)"),
      ("outbox", "\(statistics.outboxPayments.counted("payment message")) not delivered"),
      (
        "waiting",
        "\(count(.awaitingPayment).counted("resize")) for a payment, "
          + "\(count(.awaitingRefund) + count(.compensating)) for a refund"
      ),
    ]
  }

  var json: JSONValue {
    func number(_ count: Int) -> JSONValue { .number(String(count)) }
    return .object(
      switches.payments.members + [
        JSONMember("breaker", switches.breaker.json),
        JSONMember("answeredLately", number(answered)), JSONMember("failedLately", number(failed)),
        JSONMember("outboxPayments", number(statistics.outboxPayments)),
        JSONMember("awaitingPayment", number(count(.awaitingPayment))),
        JSONMember("awaitingRefund", number(count(.awaitingRefund) + count(.compensating))),
      ])
  }

  private func count(_ state: ResizeState) -> Int { statistics.resizes[state] ?? 0 }
}
