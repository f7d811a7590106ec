import ArgumentParser

/// How many rows a command shows at most: 1 or more.
struct RowLimit: ExpressibleByArgument {
  let count: Int

  init(_ count: Int) {
    precondition(count > 0)
    self.count = count
  }

  init?(argument: String) {
    guard let count = Int(argument), count > 0 else { return nil }
    self.init(count)
  }

  var defaultValueDescription: String { String(count) }
}
