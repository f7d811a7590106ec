extension TimeZoneRules {
  /// Full calendar months from `start` to `end`, and the seconds since the last anniversary.
  ///
  /// Every anniversary is counted from `start` itself, so that 31 January is followed by
  /// 28 February and 31 March. Before the first one, seconds count from `start`.
  func fullMonths(from start: Instant, to end: Instant) -> (months: Int64, seconds: Int64) {
    let begin = local(start)
    let last = local(end)
    var months =
      (last.date.year - begin.date.year) * 12 + last.date.month - begin.date.month + 1
    while months > 0 {
      let anniversary = instant(begin.adding(months: months))
      if anniversary <= end { return (months, Instant.seconds(from: anniversary, to: end)) }
      months -= 1
    }
    return (0, Instant.seconds(from: start, to: end))
  }
}

extension CivilDate {
  /// The first day of the date's month.
  var firstOfMonth: CivilDate { CivilDate(year: year, month: month, day: 1) }
}
