import Billing
import Contracts
import Resizing
import Seeding

/// Values of the domain with every part there or not, to be stored, sent and read again.
extension SeededGenerator {
  mutating func maybe<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
    Bool.random(using: &self) ? make(&self) : nil
  }

  mutating func list<Value>(_ most: Int, _ make: (inout SeededGenerator) -> Value) -> [Value] {
    (0..<Int.random(in: 0...most, using: &self)).map { _ in make(&self) }
  }

  mutating func one<Value: CaseIterable>(_: Value.Type = Value.self) -> Value
  where Value.AllCases == [Value] {
    let all = Value.allCases
    return all[Int.random(in: 0..<all.count, using: &self)]
  }

  /// Now and then one of the longest, 128 characters.
  mutating func identifier() -> String {
    let letters = Array("abcXYZ019-_:./#*\"\\ ")
    let isLongest = Int.random(in: 0..<8, using: &self) == 0
    let inner = (0..<(isLongest ? 126 : Int.random(in: 0...40, using: &self))).map { _ in
      letters[Int.random(in: 0..<letters.count, using: &self)]
    }
    return "i" + String(inner) + "d"
  }

  /// As one is made of a request's id.
  mutating func movementId() -> String {
    (Bool.random(using: &self) ? "pay_" : "ref_") + identifier()
  }

  mutating func text() -> String {
    let letters = Array("aé€😀−×÷\"\\/\n\t\u{0}\u{1f} ")
    return String(list(20) { letters[Int.random(in: 0..<letters.count, using: &$0)] })
  }

  mutating func instant() -> Instant {
    Instant(secondsSinceEpoch: Int64.random(in: 0...253_402_300_799, using: &self))
  }

  mutating func moment() -> Moment {
    Moment(millisecondsSinceEpoch: Int64.random(in: 0...253_402_300_799_999, using: &self))
  }

  mutating func currency() -> Currency {
    let all = Currency.all
    return all[Int.random(in: 0..<all.count, using: &self)]
  }

  mutating func money() -> Money {
    let bits = Int64.random(in: 0...59, using: &self)
    let units = Int64.random(in: 0...(1 << bits), using: &self)
    return Money(minorUnits: units, currency: currency())
  }

  mutating func decimal() -> ExactDecimal {
    let whole = Int64.random(in: 0...999_999_999_999, using: &self)
    let digits = list(18) { String(Int.random(in: 0...9, using: &$0)) }.joined()
    return ExactDecimal(digits.isEmpty ? "\(whole)" : "\(whole).\(digits)") ?? .zero
  }

  mutating func count() -> Int { Int.random(in: 0...1_000_000_000, using: &self) }

  mutating func configuration() -> Configuration {
    Configuration(
      spec: maybe { $0.identifier() }, units: maybe { $0.count() }, mbps: maybe { $0.count() })
  }

  mutating func reason() -> Reason { Reason(code: identifier(), message: text()) }

  mutating func hourlySteps() -> [HourlyStep] {
    list(3) { numbers in
      HourlyStep(
        uptoHours: numbers.maybe { 1 + $0.count() }, price: numbers.decimal())
    }
  }

  mutating func lines() -> QuoteLines {
    QuoteLines(list(5) { QuoteLine(text: $0.text(), value: $0.text()) })
  }

  mutating func quote() -> Quote {
    let amount = money()
    let voucher = maybe { numbers in
      Money(minorUnits: Int64.random(in: 0...99, using: &numbers), currency: amount.currency)
    }
    let (fee, overflow) = amount.minorUnits.addingReportingOverflow(voucher?.minorUnits ?? 0)
    let digits = String(UInt128.random(in: 0...UInt128.max, using: &self) | 1)
    return Quote(
      direction: one(), amount: amount, exact: Fraction("-\(digits)/2") ?? .zero, policy: one(),
      voucherApplied: voucher,
      fee: Money(minorUnits: overflow ? Int64.max : fee, currency: amount.currency),
      expiresAt: maybe { $0.instant() }, newExpiresAt: maybe { $0.instant() },
      isDowngrade: Bool.random(using: &self),
      catalogVersion: maybe { $0.text() }, quotedAt: instant(),
      rateChange: maybe { RateChange(before: $0.hourlySteps(), after: $0.hourlySteps()) },
      refundOf: list(3) {
        RefundShare(
          orderId: $0.identifier(), amount: $0.money(), isTakenBack: Bool.random(using: &$0))
      })
  }
}
