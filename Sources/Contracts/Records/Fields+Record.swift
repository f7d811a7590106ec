import Billing
import Resizing

extension Fields {
  private static let anyInteger = Int64.min...Int64.max

  func count(_ name: String) throws(ContractViolation) -> Int {
    Int(try integer(name, in: Self.anyInteger))
  }

  func optionalCount(_ name: String) throws(ContractViolation) -> Int? {
    optional(name) == nil ? nil : try count(name)
  }

  func seconds(_ name: String) throws(ContractViolation) -> Instant {
    Instant(secondsSinceEpoch: try integer(name, in: Self.anyInteger))
  }

  func optionalSeconds(_ name: String) throws(ContractViolation) -> Instant? {
    optional(name) == nil ? nil : try seconds(name)
  }

  func milliseconds(_ name: String) throws(ContractViolation) -> Moment {
    Moment(millisecondsSinceEpoch: try integer(name, in: Self.anyInteger))
  }

  func optionalMilliseconds(_ name: String) throws(ContractViolation) -> Moment? {
    optional(name) == nil ? nil : try milliseconds(name)
  }

  func decimal(_ name: String) throws(ContractViolation) -> ExactDecimal {
    let text = try string(name)
    guard let decimal = ExactDecimal(text) else { throw invalid(name, "is no decimal: \(text)") }
    return decimal
  }

  func optionalDecimal(_ name: String) throws(ContractViolation) -> ExactDecimal? {
    optional(name) == nil ? nil : try decimal(name)
  }

  /// `[minor units, currency]`.
  func minorUnits(_ name: String) throws(ContractViolation) -> Money {
    guard case .array(let parts) = try required(name), parts.count == 2,
      case .number(let digits) = parts[0], let units = Int64(digits),
      case .string(let code) = parts[1], let currency = Currency(code: code)
    else { throw invalid(name, "should be minor units and a currency") }
    return Money(minorUnits: units, currency: currency)
  }

  func optionalMinorUnits(_ name: String) throws(ContractViolation) -> Money? {
    optional(name) == nil ? nil : try minorUnits(name)
  }

}

extension JSONWriter {
  @inline(__always)
  mutating func member(_ name: StaticString, seconds instant: Instant?) {
    if let instant { member(name, instant.secondsSinceEpoch) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, milliseconds moment: Moment?) {
    if let moment { member(name, moment.millisecondsSinceEpoch) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, minorUnits money: Money?) {
    guard let money else { return }
    self.name(name)
    record(money)
  }

  private mutating func record(_ money: Money) {
    beginArray()
    integer(money.minorUnits)
    string(money.currency.code)
    endArray()
  }
}
