import ArgumentParser

/// How many rows a command shows at most: 1 to a million.
struct RowLimit: ExpressibleByArgument {
  private static let range = 1...1_000_000

  let count: Int

  init(_ count: Int) {
    precondition(Self.range.contains(count))
    self.count = count
  }

  init?(argument: String) {
    guard let count = Int(argument), Self.range.contains(count) else { return nil }
    self.init(count)
  }

  var defaultValueDescription: String { String(count) }
}
