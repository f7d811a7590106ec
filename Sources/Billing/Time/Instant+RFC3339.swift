extension Instant {
  /// Reads a date and time of RFC 3339, such as `2026-11-20T08:00:00Z` or `…T16:00:00+08:00`.
  ///
  /// Strict: capital `T` and `Z`, two-digit fields, an offset of at most ±23:59, years 0001 to
  /// 9999 (in UTC, too), no leap second. A fraction of a second (1 to 9 digits) is cut off:
  /// billing counts whole seconds. Everything else answers nil.
  public init?(rfc3339 text: some StringProtocol) {
    self.init(reading: text.utf8)
  }

  /// The same for a whole string, compiled for it: a generic one is not, when called from another
  /// module, and then takes ten times as long.
  public init?(rfc3339 text: String) {
    self.init(reading: text.utf8)
  }

  /// The same for the characters of a text.
  public init?(rfc3339 characters: UnsafeBufferPointer<UInt8>) {
    self.init(reading: characters)
  }

  private init?(reading bytes: some Sequence<UInt8>) {
    var reader = DigitReader(bytes)
    guard
      let year = reader.number(digits: 4), reader.skip("-"),
      let month = reader.number(digits: 2), reader.skip("-"),
      let day = reader.number(digits: 2), reader.skip("T"),
      let hour = reader.number(digits: 2), reader.skip(":"),
      let minute = reader.number(digits: 2), reader.skip(":"),
      let second = reader.number(digits: 2),
      reader.skipFraction(), let offset = reader.offset(), reader.isAtEnd,
      year >= 1, (1...12).contains(month), hour < 24, minute < 60, second < 60,
      (1...CivilDate.daysInMonth(year: year, month: month)).contains(day)
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    guard Self.secondsRange.contains(seconds) else { return nil }
    self.init(secondsSinceEpoch: seconds)
  }

  /// The instant in UTC as RFC 3339 writes it, such as `2026-11-20T08:00:00Z`.
  public var rfc3339: String {
    let utc = LocalTime(secondsSinceEpoch: secondsSinceEpoch)
    let time = utc.secondOfDay
    return utc.date.description + "T" + padded(time / 3600, 2) + ":" + padded(time / 60 % 60, 2)
      + ":" + padded(time % 60, 2) + "Z"
  }
}

extension Instant: CustomStringConvertible {
  public var description: String { rfc3339 }
}

extension CivilDate: CustomStringConvertible {
  /// The date as ISO 8601 writes it, such as `2026-11-20`.
  var description: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// Reads fixed-width numbers and marks off the front of a text.
private struct DigitReader<Bytes: Sequence> where Bytes.Element == UInt8 {
  private var rest: Bytes.Iterator
  private var next: UInt8?

  init(_ bytes: Bytes) {
    rest = bytes.makeIterator()
    next = rest.next()
  }

  var isAtEnd: Bool { next == nil }

  private mutating func digit() -> Int64? {
    guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
      return nil
    }
    next = rest.next()
    return Int64(byte - UInt8(ascii: "0"))
  }

  mutating func number(digits: Int) -> Int64? {
    var number: Int64 = 0
    for _ in 0..<digits {
      guard let digit = digit() else { return nil }
      number = number * 10 + digit
    }
    return number
  }

  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: mark) else { return false }
    next = rest.next()
    return true
  }

  mutating func skipFraction() -> Bool {
    guard skip(".") else { return true }
    var count = 0
    while digit() != nil { count += 1 }
    return (1...9).contains(count)
  }

  /// Seconds east of UTC.
  mutating func offset() -> Int64? {
    if skip("Z") { return 0 }
    let isWest = next == UInt8(ascii: "-")
    guard isWest ? skip("-") : skip("+") else { return nil }
    guard
      let hours = number(digits: 2), skip(":"), let minutes = number(digits: 2),
      hours < 24, minutes < 60
    else { return nil }
    return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
  }
}
