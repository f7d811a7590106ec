import ArgumentParser
import Billing

/// An amount on the command line: `50.00USD`, or `"50.00 USD"`.
struct MoneyArgument: ExpressibleByArgument, Sendable {
  let money: Money

  init?(argument: String) {
    let value = argument.prefix { $0.isNumber || $0 == "." }
    guard let currency = Currency(code: argument.dropFirst(value.count).trimmingSpaces),
      let money = Money(value: value, currency: currency)
    else { return nil }
    self.money = money
  }
}

/// A time on the command line: RFC 3339, such as `2026-11-20T08:00:00Z`.
struct TimeArgument: ExpressibleByArgument, Sendable {
  let instant: Instant

  init?(argument: String) {
    guard let instant = Instant(rfc3339: argument) else { return nil }
    self.instant = instant
  }
}

/// A span of time on the command line: `500ms`, `2s`, `5m`, `1h`.
struct DurationArgument: ExpressibleByArgument, Sendable, CustomStringConvertible {
  let milliseconds: Int64

  init?(argument: String) {
    guard let milliseconds = SettingValue.milliseconds(argument) else { return nil }
    self.milliseconds = milliseconds
  }

  init(seconds: Int64) { milliseconds = seconds * 1_000 }

  var duration: Duration { .milliseconds(milliseconds) }
  var description: String { SettingValue.text(milliseconds: milliseconds) }
  var defaultValueDescription: String { description }
}
