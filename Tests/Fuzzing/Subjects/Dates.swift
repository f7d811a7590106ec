import Billing
import Foundation

extension FuzzSubject {
  func checkDate(_ bytes: [UInt8]) throws(Finding) {
    let text = String(decoding: bytes, as: UTF8.self)
    let instant = Instant(rfc3339: text)
    let expected = Self.secondsByTheSystem(Array(text.utf8))
    try require(
      instant?.secondsSinceEpoch == expected,
      "\"\(text)\" is \(instant.map(\.description) ?? "refused"); "
        + "by the system's calendar \(expected.map(String.init) ?? "it is none")")
    guard let instant else { return }
    try require(
      Instant(rfc3339: instant.rfc3339) == instant, "\(instant) does not read as itself")
  }

  /// Seconds since 1970 by the calendar of the C library; nil for what is not strict RFC 3339 of
  /// the years 1 to 9999.
  private static func secondsByTheSystem(_ text: [UInt8]) -> Int64? {
    guard text.count >= 20, let date = fields(of: Array(text[..<19])) else { return nil }
    let rest = text[19...]
    let fraction = rest.first == UInt8(ascii: ".") ? rest.dropFirst().prefix(while: isDigit) : []
    guard rest.first != UInt8(ascii: ".") || (1...9).contains(fraction.count) else { return nil }
    let zone = rest.dropFirst(fraction.isEmpty ? 0 : fraction.count + 1)
    guard let offset = offset(of: Array(zone)) else { return nil }
    var time = tm()
    time.tm_year = Int32(date[0] - 1900)
    time.tm_mon = Int32(date[1] - 1)
    time.tm_mday = Int32(date[2])
    time.tm_hour = Int32(date[3])
    time.tm_min = Int32(date[4])
    time.tm_sec = Int32(date[5])
    let seconds = Int64(timegm(&time))
    // The library normalizes a day or an hour that is not there; then it is another than was said.
    let isReal =
      Int(time.tm_mon) == date[1] - 1 && Int(time.tm_mday) == date[2]
      && Int(time.tm_hour) == date[3] && Int(time.tm_min) == date[4]
      && Int(time.tm_sec) == date[5]
    let instant = seconds - Int64(offset)
    let years: Range<Int64> = -62_135_596_800..<253_402_300_800
    return isReal && date[0] >= 1 && years.contains(instant) ? instant : nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func number(_ text: ArraySlice<UInt8>) -> Int? {
    text.allSatisfy(isDigit) ? Int(String(decoding: text, as: UTF8.self)) : nil
  }

  /// Year to second of `2026-11-20T08:00:00`.
  private static func fields(of text: [UInt8]) -> [Int]? {
    let marks = [4: "-", 7: "-", 10: "T", 13: ":", 16: ":"]
    for (index, mark) in marks where text[index] != mark.utf8.first { return nil }
    let numbers = [0..<4, 5..<7, 8..<10, 11..<13, 14..<16, 17..<19].map { number(text[$0]) }
    let known = numbers.compactMap { $0 }
    return known.count == numbers.count ? known : nil
  }

  private static func offset(of zone: [UInt8]) -> Int? {
    if zone == [UInt8(ascii: "Z")] { return 0 }
    guard zone.count == 6, zone[3] == UInt8(ascii: ":"), let hours = number(zone[1..<3]),
      let minutes = number(zone[4..<6]), hours < 24, minutes < 60
    else { return nil }
    switch zone[0] {
    case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
    default: return nil
    }
  }
}
