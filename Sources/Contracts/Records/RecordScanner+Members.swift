import Billing
import Resizing

// Members in the form that records give them.
extension RecordScanner {
  @inline(__always)
  mutating func text(_ name: StaticString) throws(Surprise) -> String {
    try require(name)
    return try text()
  }

  @inline(__always)
  mutating func optionalText(_ name: StaticString) throws(Surprise) -> String? {
    has(name) ? try text() : nil
  }

  @inline(__always)
  mutating func integer(_ name: StaticString) throws(Surprise) -> Int64 {
    try require(name)
    return try integer()
  }

  @inline(__always)
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: StaticString
  ) throws(Surprise) -> Choice {
    try require(name)
    return try choice()
  }

  @inline(__always)
  mutating func decimal(_ name: StaticString) throws(Surprise) -> ExactDecimal {
    try require(name)
    return try decimal()
  }

  @inline(__always)
  mutating func fraction(_ name: StaticString) throws(Surprise) -> Fraction {
    try require(name)
    return try fraction()
  }

  @inline(__always)
  mutating func optionalDecimal(_ name: StaticString) throws(Surprise) -> ExactDecimal? {
    has(name) ? try decimal() : nil
  }

  @inline(__always)
  mutating func count(_ name: StaticString) throws(Surprise) -> Int {
    Int(try integer(name))
  }

  @inline(__always)
  mutating func optionalCount(_ name: StaticString) throws(Surprise) -> Int? {
    has(name) ? Int(try integer()) : nil
  }

  @inline(__always)
  mutating func seconds(_ name: StaticString) throws(Surprise) -> Instant {
    Instant(secondsSinceEpoch: try integer(name))
  }

  @inline(__always)
  mutating func optionalSeconds(_ name: StaticString) throws(Surprise) -> Instant? {
    has(name) ? Instant(secondsSinceEpoch: try integer()) : nil
  }

  @inline(__always)
  mutating func milliseconds(_ name: StaticString) throws(Surprise) -> Moment {
    Moment(millisecondsSinceEpoch: try integer(name))
  }

  @inline(__always)
  mutating func optionalMilliseconds(_ name: StaticString) throws(Surprise) -> Moment? {
    has(name) ? Moment(millisecondsSinceEpoch: try integer()) : nil
  }

  @inline(__always)
  mutating func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: StaticString
  ) throws(Surprise) -> Choice? {
    has(name) ? try choice() : nil
  }

  @inline(__always)
  mutating func minorUnits(_ name: StaticString) throws(Surprise) -> Money {
    try require(name)
    return try money()
  }

  @inline(__always)
  mutating func optionalMinorUnits(_ name: StaticString) throws(Surprise) -> Money? {
    has(name) ? try money() : nil
  }

  /// A flag that is left out where it is down.
  @inline(__always)
  mutating func flag(_ name: StaticString) throws(Surprise) -> Bool {
    guard has(name) else { return false }
    try up()
    return true
  }
}
