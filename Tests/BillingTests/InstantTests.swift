import Testing

@testable import Billing

@Suite("Instants")
struct InstantTests {
  @Test(
    "RFC 3339 times are read in any offset and printed in UTC",
    arguments: [
      ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
      ("2026-11-20T16:00:00+08:00", "2026-11-20T08:00:00Z"),
      ("2026-11-19T22:30:00-09:30", "2026-11-20T08:00:00Z"),
      ("2026-11-20T08:00:00-00:00", "2026-11-20T08:00:00Z"),
      ("2026-11-20T08:00:00.999999999Z", "2026-11-20T08:00:00Z"),
      ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
      ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
      ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
      ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
    ])
  func readAndPrinted(text: String, utc: String) throws {
    #expect(try #require(Instant(rfc3339: text)).rfc3339 == utc)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "2026-11-20", "2026-11-20T08:00Z", "2026-11-20T08:00:00", "2026-11-20 08:00:00Z",
      "2026-11-20t08:00:00z", "2026-11-20T08:00:00+0800", "2026-11-20T08:00:00+24:00",
      "2026-11-20T08:00:00+08:60", "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z",
      "2026-12-31T23:59:60Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
      "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
      "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00",
      "9999-12-31T23:59:59-00:01", "2026-11-20T08:00:00.Z", "2026-11-20T08:00:00.1234567890Z",
      "2026-11-20T08:00:00Z ", " 2026-11-20T08:00:00Z", "２026-11-20T08:00:00Z",
      "2026-11-20T08:00:00ZZ", "-026-11-20T08:00:00Z", "2026-11-20T08:00:00,5Z",
    ])
  func refused(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test("every day of 800 years has its date")
  func dates() {
    var date = CivilDate(year: 1600, month: 1, day: 1)
    for days in date.daysSinceEpoch..<date.daysSinceEpoch + 2 * 146_097 {
      guard date.daysSinceEpoch == days, CivilDate(daysSinceEpoch: days) == date else {
        Issue.record("\(date) is not day \(days)")
        return
      }
      date.day += 1
      if date.day > CivilDate.daysInMonth(year: date.year, month: date.month) {
        date = CivilDate(year: date.year, month: date.month, day: 1).adding(months: 1)
      }
    }
    #expect(date == CivilDate(year: 2400, month: 1, day: 1))
  }

  @Test("seconds beyond the years RFC 3339 can write become the nearest end")
  func clamped() {
    #expect(Instant(secondsSinceEpoch: .max).rfc3339 == "9999-12-31T23:59:59Z")
    #expect(Instant(secondsSinceEpoch: .min).rfc3339 == "0001-01-01T00:00:00Z")
  }
}
