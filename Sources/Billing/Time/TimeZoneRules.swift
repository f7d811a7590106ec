/// The rules of a time zone as a value: every change of its offset from UTC.
public struct TimeZoneRules: Hashable, Sendable {
  /// A change of the offset.
  struct Transition: Hashable, Sendable {
    /// When it happens, in seconds since the epoch.
    var at: Int64
    /// Seconds east of UTC until then.
    var before: Int64
    /// Seconds east of UTC from then on.
    var after: Int64

    /// The local time from which on `after` counts, on the clock that shows more. Local times a
    /// change skips, and those it repeats, are so read with the offset before it.
    var local: Int64 { at + max(before, after) }
  }

  /// The name in the time zone database, such as `Europe/Berlin`.
  public let identifier: String

  /// Seconds east of UTC before the first transition.
  let initialOffset: Int64

  /// In the order of time.
  let transitions: [Transition]

  /// Whether the calendar's cycle of 400 years goes on after the last transition.
  let repeats: Bool

  /// Coordinated universal time, which has no rules.
  public static let utc = TimeZoneRules(
    identifier: "UTC", initialOffset: 0, transitions: [], repeats: false)

  /// Seconds of the calendar's cycle: after 400 years dates fall on the same weekdays.
  private static let cycle: Int64 = 146_097 * 86_400

  /// The time within the rules that has the same offset as this one.
  private func folded(_ seconds: Int64) -> Int64 {
    guard repeats, let last = transitions.last, seconds > last.at else { return seconds }
    return seconds - ((seconds - last.at - 1) / Self.cycle + 1) * Self.cycle
  }

  /// Seconds east of UTC at this instant.
  public func offset(at instant: Instant) -> Int64 {
    let seconds = folded(instant.secondsSinceEpoch)
    return offset { $0.at <= seconds }
  }

  /// The offset after the last transition `isPast` holds for; it holds for a first part of them.
  private func offset(where isPast: (Transition) -> Bool) -> Int64 {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if isPast(transitions[middle]) { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? initialOffset : transitions[low - 1].after
  }

  /// Local date and seconds since its midnight.
  func local(_ instant: Instant) -> LocalTime {
    LocalTime(secondsSinceEpoch: instant.secondsSinceEpoch + offset(at: instant))
  }

  /// The instant of a local time.
  ///
  /// A time that a change skips, and one that it repeats, are read with the offset before it.
  func instant(_ local: LocalTime) -> Instant {
    let seconds = local.secondsSinceEpoch
    let inRules = folded(seconds)
    let offset = offset { $0.local <= inRules }
    return Instant(secondsSinceEpoch: seconds - offset)
  }
}

extension TimeZoneRules {
  /// By name: hundreds of transitions would only slow it down.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(identifier)
  }
}

/// A date and a time of day on a clock in some zone.
struct LocalTime: Hashable {
  var date: CivilDate
  /// Seconds since midnight, 0 to 86,399.
  var secondOfDay: Int64

  /// The time a clock shows that counts these seconds from 1970-01-01T00:00 on.
  init(secondsSinceEpoch: Int64) {
    let days =
      secondsSinceEpoch >= 0 ? secondsSinceEpoch / 86_400 : (secondsSinceEpoch - 86_399) / 86_400
    date = CivilDate(daysSinceEpoch: days)
    secondOfDay = secondsSinceEpoch - days * 86_400
  }

  var secondsSinceEpoch: Int64 { date.daysSinceEpoch * 86_400 + secondOfDay }

  /// The same time of day so many months later, on the month's last day if it is shorter.
  func adding(months: Int64) -> LocalTime {
    var later = self
    later.date = date.adding(months: months)
    return later
  }
}
