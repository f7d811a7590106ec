/// How a zone's offset changes every year from some time on, as a POSIX `TZ` text says it.
///
/// Compiled zones end with one (RFC 8536, 3.3), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct YearlyOffsetRule {
  private let standardOffset: Int64
  private let changes: (summer: YearlyChange, winter: YearlyChange, summerOffset: Int64)?

  /// Whether the offset changes at all.
  var changesYearly: Bool { changes != nil }

  /// Reads the text; nil if it is none.
  init?(posix text: String) {
    var reader = PosixReader(rest: text[...])
    guard reader.name(), let west = reader.time() else { return nil }
    standardOffset = -west
    guard !reader.rest.isEmpty else {
      changes = nil
      return
    }
    guard reader.name() else { return nil }
    var summerOffset = standardOffset + 3600
    if reader.rest.first != "," {
      guard let west = reader.time() else { return nil }
      summerOffset = -west
    }
    guard
      reader.skip(","), let summer = reader.change(),
      reader.skip(","), let winter = reader.change(), reader.rest.isEmpty
    else { return nil }
    changes = (summer, winter, summerOffset)
  }

  /// The changes of 401 years after `start`, when `offset` holds.
  func transitions(after start: Int64, from offset: Int64) -> [TimeZoneRules.Transition] {
    guard let changes else {
      guard offset != standardOffset else { return [] }
      return [.init(at: start, before: offset, after: standardOffset)]
    }
    let firstYear = LocalTime(secondsSinceEpoch: start).date.year
    let all = (firstYear...firstYear + 401).flatMap { year in
      [
        (changes.summer.localTime(year) - standardOffset, changes.summerOffset),
        (changes.winter.localTime(year) - changes.summerOffset, standardOffset),
      ]
    }
    var transitions: [TimeZoneRules.Transition] = []
    var before = offset
    for (at, after) in all.sorted(by: { $0.0 < $1.0 }) where at > start && after != before {
      transitions.append(.init(at: at, before: before, after: after))
      before = after
    }
    return transitions
  }
}

/// A day and time of every year.
private struct YearlyChange {
  enum Day {
    /// Week 1 to 5 (the last) of a month, and the weekday in it, Sunday being 0.
    case weekday(month: Int64, week: Int64, day: Int64)
    /// Days since 1 January, from 0 on; with leap days or as if there were none.
    case dayOfYear(Int64, countsLeapDay: Bool)
  }

  var day: Day
  /// Seconds since midnight on the clock until then; may be negative or beyond the day.
  var time: Int64

  /// When it is in a year, in seconds a clock counts from 1970-01-01T00:00 on.
  func localTime(_ year: Int64) -> Int64 {
    let days: Int64
    switch day {
    case .weekday(let month, let week, let weekday):
      let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      let earliest = first + (weekday - firstWeekday + 7) % 7
      let length = CivilDate.daysInMonth(year: year, month: month)
      let latest = earliest + (week - 1) * 7
      days = latest - first >= length ? latest - 7 : latest
    case .dayOfYear(let number, let countsLeapDay):
      let isAfterLeapDay =
        !countsLeapDay && number >= 59 && CivilDate.daysInMonth(year: year, month: 2) == 29
      days =
        CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + number + (isAfterLeapDay ? 1 : 0)
    }
    return days * 86_400 + time
  }
}

/// Reads the parts of a POSIX `TZ` text off its front.
private struct PosixReader {
  var rest: Substring

  mutating func skip(_ mark: Character) -> Bool {
    guard rest.first == mark else { return false }
    rest.removeFirst()
    return true
  }

  /// An abbreviation: letters, or anything in angle brackets.
  mutating func name() -> Bool {
    if skip("<") {
      guard let end = rest.firstIndex(of: ">") else { return false }
      rest = rest[rest.index(after: end)...]
      return true
    }
    let letters = rest.prefix { $0.isASCII && $0.isLetter }
    rest = rest.dropFirst(letters.count)
    return letters.count >= 3
  }

  mutating func number(upTo limit: Int64) -> Int64? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    rest = rest.dropFirst(digits.count)
    guard let number = Int64(digits), number <= limit else { return nil }
    return number
  }

  /// Hours, minutes and seconds with a sign, in seconds.
  mutating func time() -> Int64? {
    let sign: Int64 = skip("-") ? -1 : (skip("+") ? 1 : 1)
    guard var seconds = number(upTo: 167).map({ $0 * 3600 }) else { return nil }
    for unit: Int64 in [60, 1] where skip(":") {
      guard let count = number(upTo: 59) else { return nil }
      seconds += count * unit
    }
    return sign * seconds
  }

  mutating func change() -> YearlyChange? {
    guard let day = day() else { return nil }
    guard skip("/") else { return YearlyChange(day: day, time: 7200) }
    guard let time = time() else { return nil }
    return YearlyChange(day: day, time: time)
  }

  private mutating func day() -> YearlyChange.Day? {
    if skip("M") {
      guard
        let month = number(upTo: 12), month >= 1, skip("."),
        let week = number(upTo: 5), week >= 1, skip("."), let day = number(upTo: 6)
      else { return nil }
      return .weekday(month: month, week: week, day: day)
    }
    if skip("J") {
      guard let number = number(upTo: 365), number >= 1 else { return nil }
      return .dayOfYear(number - 1, countsLeapDay: false)
    }
    return number(upTo: 365).map { .dayOfYear($0, countsLeapDay: true) }
  }
}
