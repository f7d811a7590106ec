import Billing
import Resizing

extension Moment {
  /// The moment in UTC as RFC 3339 writes it, with milliseconds only where there are some.
  public var rfc3339: String {
    String(unsafeUninitializedCapacity: Self.longestRFC3339) { text in
      guard let start = text.baseAddress else { return 0 }
      var end = start
      end.put(rfc3339: self)
      return end - start
    }
  }

  /// How many bytes it has at most.
  static let longestRFC3339 = 24

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

extension UnsafeMutablePointer<UInt8> {
  /// Puts a moment as RFC 3339 in UTC, with milliseconds only where there are some.
  ///
  /// Moments outside the years 0 to 9999 are written as the nearest end of that range.
  mutating func put(rfc3339 moment: Moment) {
    let milliseconds = Swift.min(
      Swift.max(moment.millisecondsSinceEpoch, -62_167_219_200_000), 253_402_300_799_999)
    let days = floorDivide(milliseconds, by: 86_400_000)
    let rest = milliseconds - days * 86_400_000
    putDate(daysSinceEpoch: days)
    put("T")
    put(twoDigits: rest / 3_600_000)
    put(":")
    put(twoDigits: rest / 60_000 % 60)
    put(":")
    put(twoDigits: rest / 1_000 % 60)
    if rest % 1_000 != 0 {
      put(".")
      put(UInt8(ascii: "0") + UInt8(rest / 100 % 10))
      put(twoDigits: rest % 100)
    }
    put("Z")
  }

  /// Years of 365.2425 days in eras of 400 years, counted from 1 March, so that the leap day comes
  /// last.
  private mutating func putDate(daysSinceEpoch: Int64) {
    let days = daysSinceEpoch + 719_468
    let era = floorDivide(days, by: 146_097)
    let day = days - era * 146_097
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let month = (5 * dayOfYear + 2) / 153
    let civilYear = year + era * 400 + (month < 10 ? 0 : 1)
    put(twoDigits: civilYear / 100)
    put(twoDigits: civilYear % 100)
    put("-")
    put(twoDigits: month < 10 ? month + 3 : month - 9)
    put("-")
    put(twoDigits: dayOfYear - (153 * month + 2) / 5 + 1)
  }

  private mutating func put(twoDigits number: Int64) {
    put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
    put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }
}

private func floorDivide(_ number: Int64, by divisor: Int64) -> Int64 {
  number >= 0 ? number / divisor : (number - divisor + 1) / divisor
}
