import Foundation
import Testing

@testable import Billing

@Suite("Time zones")
struct TimeZoneTests {
  @Test("offsets and local times of fifteen zones are those of Python's zoneinfo")
  func agreesWithZoneinfo() throws {
    let url = try #require(
      Bundle.module.url(forResource: "zones", withExtension: "txt", subdirectory: "Vectors"))
    let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 700)
    for line in lines {
      let fields = line.split(separator: " ")
      let zone = try #require(TimeZoneRules(identifier: String(fields[0])))
      let numbers = try fields.dropFirst().map { try #require(Int64($0)) }
      let moment = Instant(secondsSinceEpoch: numbers[0])
      #expect(zone.offset(at: moment) == numbers[1], "\(line)")
      let local = LocalTime(secondsSinceEpoch: numbers[2])
      #expect(zone.instant(local).secondsSinceEpoch == numbers[3], "\(line)")
    }
  }

  @Test("a time the clocks skip or repeat is read with the offset before the change")
  func skippedAndRepeatedTimes() throws {
    let berlin = try #require(TimeZoneRules(identifier: "Europe/Berlin"))
    #expect(try berlin.instant(local("2026-03-29T02:30:00Z")) == instant("2026-03-29T01:30:00Z"))
    #expect(try berlin.instant(local("2026-10-25T02:30:00Z")) == instant("2026-10-25T00:30:00Z"))
  }

  @Test("Foundation's rules, which stand in where there is no database, are the same")
  func foundationAgrees() throws {
    for name in ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"] {
      let ours = try #require(TimeZoneRules(identifier: name))
      let theirs = try #require(TimeZoneRules(foundation: name))
      for year in 2000..<2037 {
        for day in 0..<73 {
          let moment = Instant(
            secondsSinceEpoch: Int64(year - 1970) * 31_556_952 + Int64(day) * 432_000)
          #expect(ours.offset(at: moment) == theirs.offset(at: moment), "\(name) \(moment)")
        }
      }
    }
  }

  @Test(
    "names that are not zones are refused",
    arguments: [
      "", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "europe/berlin ",
      "Europe/Berlin\0", "right/UTC", "zone.tab", "tzdata.zi", String(repeating: "A", count: 65),
    ])
  func unknownZones(name: String) {
    #expect(TimeZoneRules(identifier: name) == nil)
  }

  @Test("a damaged database file is refused, wherever it ends")
  func damagedFile() throws {
    let file = "/usr/share/zoneinfo/Europe/Berlin"
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: file)))
    #expect(TimeZoneRules(identifier: "x", compiled: bytes) != nil)
    for count in stride(from: 0, to: bytes.count - 1, by: 7) {
      #expect(TimeZoneRules(identifier: "x", compiled: Array(bytes.prefix(count))) == nil)
    }
    for position in stride(from: 0, to: bytes.count, by: 3) {
      var changed = bytes
      changed[position] ^= 0xff
      _ = TimeZoneRules(identifier: "x", compiled: changed)
    }
  }

  @Test(
    "anniversaries are clamped to short months, and counted from the first day",
    arguments: [
      ("2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", 1, 0),
      ("2026-01-31T10:00:00Z", "2026-03-30T10:00:00Z", 1, 30 * 86_400),
      ("2026-01-31T10:00:00Z", "2026-03-31T10:00:00Z", 2, 0),
      ("2024-01-31T10:00:00Z", "2024-02-29T09:59:59Z", 0, 29 * 86_400 - 1),
      ("2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", 12, 0),
      ("2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z", 0, 0),
    ])
  func fullMonths(start: String, end: String, months: Int64, seconds: Int64) throws {
    let full = TimeZoneRules.utc.fullMonths(from: try instant(start), to: try instant(end))
    #expect(full.months == months && full.seconds == seconds)
  }

  @Test("months are counted on the clock of the zone, seconds are not stretched by its changes")
  func fullMonthsInZone() throws {
    let berlin = try #require(TimeZoneRules(identifier: "Europe/Berlin"))
    let full = berlin.fullMonths(
      from: try instant("2026-03-15T11:00:00Z"), to: try instant("2026-04-15T11:00:00Z"))
    #expect(full.months == 1 && full.seconds == 3600)
  }

  private func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text))
  }

  private func local(_ text: String) throws -> LocalTime {
    LocalTime(secondsSinceEpoch: try instant(text).secondsSinceEpoch)
  }
}
