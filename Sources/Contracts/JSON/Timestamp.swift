import Billing
import Resizing

extension Moment {
  /// The moment in UTC as RFC 3339 writes it, with milliseconds only where there are some.
  public var rfc3339: String {
    var text: [UInt8] = []
    text.append(rfc3339: self)
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads a date and time of RFC 3339, as strictly as `Instant` does, to the millisecond.
  public init?(rfc3339 text: String) {
    guard let instant = Instant(rfc3339: text) else { return nil }
    self.init(instant)
    guard let point = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return }
    var unit: Int64 = 100
    for byte in text.utf8[point...].dropFirst().prefix(3) {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return }
      millisecondsSinceEpoch += Int64(byte - UInt8(ascii: "0")) * unit
      unit /= 10
    }
  }
}

extension [UInt8] {
  /// Appends a moment as RFC 3339 in UTC, with milliseconds only where there are some.
  ///
  /// Moments outside the years 0 to 9999 are written as the nearest end of that range.
  mutating func append(rfc3339 moment: Moment) {
    let milliseconds = Swift.min(
      Swift.max(moment.millisecondsSinceEpoch, -62_167_219_200_000), 253_402_300_799_999)
    let days = floorDivide(milliseconds, by: 86_400_000)
    let rest = milliseconds - days * 86_400_000
    appendDate(daysSinceEpoch: days)
    append(UInt8(ascii: "T"))
    append(digits: rest / 3_600_000, width: 2)
    append(UInt8(ascii: ":"))
    append(digits: rest / 60_000 % 60, width: 2)
    append(UInt8(ascii: ":"))
    append(digits: rest / 1_000 % 60, width: 2)
    if rest % 1_000 != 0 {
      append(UInt8(ascii: "."))
      append(digits: rest % 1_000, width: 3)
    }
    append(UInt8(ascii: "Z"))
  }

  /// Years of 365.2425 days in eras of 400 years, counted from 1 March, so that the leap day comes
  /// last.
  private mutating func appendDate(daysSinceEpoch: Int64) {
    let days = daysSinceEpoch + 719_468
    let era = floorDivide(days, by: 146_097)
    let day = days - era * 146_097
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    append(digits: year + era * 400 + (month < 10 ? 0 : 1), width: 4)
    append(UInt8(ascii: "-"))
    append(digits: month < 10 ? month + 3 : month - 9, width: 2)
    append(UInt8(ascii: "-"))
    append(digits: dayOfYear - (153 * month + 2) / 5 + 1, width: 2)
  }

  private mutating func append(digits number: Int64, width: Int) {
    var divisor: Int64 = 1
    for _ in 1..<width { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
      divisor /= 10
    }
  }
}

private func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
  number >= 0 ? number / divisor : (number - divisor + 1) / divisor
}
