import GRDB
import Resizing

/// Keeps count of what there is, so that nobody has to go through all rows to know.
struct CounterRows {
  /// How many instances there are that are not removed.
  static let instances = "instances"

  private var changes: [String: Int64] = [:]

  mutating func add(_ change: Int64, to name: String) { changes[name, default: 0] += change }

  /// Writes what has been added up, a row for each counter.
  func write(_ db: Database) throws {
    let upsert = try PreparedStatement(
      db,
      """
      INSERT INTO counters (name, value) VALUES (?1, ?2)
      ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
      """)
    for (name, change) in changes where change != 0 {
      try upsert.bind(name, at: 1)
      try upsert.bind(change, at: 2)
      try upsert.run()
    }
  }

  static func values(_ db: Database) throws -> [String: Int] {
    let rows = try PreparedStatement(db, "SELECT name, value FROM counters WHERE value <> 0")
    var values: [String: Int] = [:]
    while try rows.next() { values[rows.text(at: 0)] = Int(rows.integer(at: 1)) }
    return values
  }
}
