import ArgumentParser
import Contracts
import Resizing

/// Dead letters that have something in common, counted.
struct DeadLetterGroups: Sendable {
  /// What letters are told apart by.
  enum Aspect: String, CaseIterable, ExpressibleByArgument, Sendable {
    case reason, source, type, age
  }

  struct Group: Sendable {
    /// In the order of the aspects.
    var values: [String]
    var count = 0
    var oldest: Moment?
    var newest: Moment?
    /// The one that was put aside last, as an example.
    var example: FoundDeadLetter
  }

  let aspects: [Aspect]
  /// The largest first.
  let groups: [Group]

  init(_ letters: [FoundDeadLetter], by aspects: [Aspect], at now: Moment) {
    self.aspects = aspects
    var groups: [[String]: Group] = [:]
    for letter in letters {
      let values = aspects.map { letter.value(of: $0, at: now) }
      var group = groups[values] ?? Group(values: values, example: letter)
      group.count += 1
      group.oldest = [group.oldest, letter.deadAt].compactMap { $0 }.min()
      group.newest = [group.newest, letter.deadAt].compactMap { $0 }.max()
      if letter.deadAt == group.newest { group.example = letter }
      groups[values] = group
    }
    self.groups = groups.values.sorted {
      ($1.count, $0.values.joined(separator: "\n")) < ($0.count, $1.values.joined(separator: "\n"))
    }
  }

  func table(at now: Moment) -> TextTable {
    var table = TextTable(.init("LETTERS", .right))
    table.columns += aspects.map { TextTable.Column($0.rawValue.uppercased()) }
    table.columns += [
      .init("OLDEST", .right, leftOut: 2), .init("NEWEST", .right, leftOut: 1),
      .init("FOR EXAMPLE"), .init("WHY"),
    ]
    for group in groups {
      let values = zip(aspects, group.values).map { aspect, value in
        TextTable.Cell(value.isEmpty ? "–" : value, aspect == .reason ? .bad : nil)
      }
      table.rows.append(
        [.init(group.count.grouped)] + values + [
          .init(group.oldest?.age(at: now) ?? "–"), .init(group.newest?.age(at: now) ?? "–"),
          .init(group.example.id), .init(group.example.reason, .quiet),
        ])
    }
    return table
  }
}

extension FoundDeadLetter {
  fileprivate func value(of aspect: DeadLetterGroups.Aspect, at now: Moment) -> String {
    switch aspect {
    case .reason: return reasonCode
    case .source: return source
    case .type: return type
    case .age:
      guard let deadAt else { return "unknown" }
      switch now.millisecondsSinceEpoch - deadAt.millisecondsSinceEpoch {
      case ..<3_600_000: return "last hour"
      case ..<86_400_000: return "last day"
      case ..<604_800_000: return "last week"
      default: return "older"
      }
    }
  }
}

extension Moment {
  /// How long ago it was, in its largest unit: `12s`, `5m`, `3h`, `2d`.
  func age(at now: Moment) -> String {
    let seconds = max(0, now.millisecondsSinceEpoch - millisecondsSinceEpoch) / 1_000
    switch seconds {
    case ..<60: return "\(seconds)s"
    case ..<3_600: return "\(seconds / 60)m"
    case ..<172_800: return "\(seconds / 3_600)h"
    default: return "\(seconds / 86_400)d"
    }
  }
}
