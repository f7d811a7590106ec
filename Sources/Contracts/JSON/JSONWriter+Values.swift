import Billing
import Resizing

extension JSONWriter {
  @inline(__always)
  mutating func member(_ name: StaticString, _ text: String) {
    self.name(name)
    string(text)
  }

  /// Nothing where the value is nil: what is not there is left out.
  @inline(__always)
  mutating func member(_ name: StaticString, _ text: String?) {
    if let text { member(name, text) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ number: some FixedWidthInteger) {
    self.name(name)
    integer(number)
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ number: Int?) {
    if let number { member(name, number) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ instant: Instant?) {
    if let instant { member(name, Moment(instant)) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ moment: Moment) {
    self.name(name)
    string(moment)
  }

  /// An amount of money as an object of currency and value, the value in a string.
  @inline(__always)
  mutating func member(_ name: StaticString, _ money: Money) {
    self.name(name)
    value(money)
  }

  private mutating func value(_ money: Money) {
    beginObject()
    member("currency", money.currency.code)
    member("value", money.value)
    endObject()
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ money: Money?) {
    if let money { member(name, money) }
  }

  @inline(__always)
  mutating func member(_ name: StaticString, _ decimal: ExactDecimal?) {
    if let decimal { member(name, decimal.description) }
  }

  mutating func member(_ name: StaticString, _ reason: Reason?) {
    guard let reason else { return }
    self.name(name)
    beginObject()
    member("code", reason.code)
    member("message", reason.message)
    endObject()
  }

  mutating func member(_ name: StaticString, _ configuration: Configuration?) {
    guard let configuration else { return }
    self.name(name)
    beginObject()
    member("spec", configuration.spec)
    member("units", configuration.units)
    member("mbps", configuration.mbps)
    endObject()
  }

  /// Nothing where there are no lines.
  mutating func member(_ name: StaticString, _ lines: QuoteLines) {
    if !lines.isEmpty { array(name, lines) }
  }

  /// An array, of nothing where there are no lines.
  mutating func array(_ name: StaticString, _ lines: QuoteLines) {
    self.name(name)
    beginArray()
    lines.forEachUTF8 { text, value in
      beginObject()
      self.name("text" as StaticString)
      string(text)
      self.name("value" as StaticString)
      string(value)
      endObject()
    }
    endArray()
  }

  mutating func member(_ name: StaticString, _ steps: [HourlyStep]) {
    self.name(name)
    beginArray()
    for step in steps {
      beginObject()
      member("uptoHours", step.uptoHours)
      member("price", step.price)
      endObject()
    }
    endArray()
  }
}
