import GRDB
import Storage

/// The numbers of the resizes that a commit goes on with, each looked up once.
///
/// The timeline and the ledger name a resize by its number. A commit that updates the resize knows it;
/// asking for it with every entry was a seek for each.
struct ResizeNumbers {
  private struct Entry {
    var number: Int64
    /// How many entries of its timeline stand in its row.
    var beginningLength: Int64
    /// How many entries its timeline has; nil until that is asked.
    var timelineLength: Int64?

    /// The key of the next page of its timeline, where so many entries are in the earlier ones.
    func timelineKey(after length: Int64) -> Int64 { number << 20 | (length + 1) }
  }

  private let find: PreparedStatement
  private let measure: PreparedStatement
  private var entries: [String: Entry] = [:]

  init(_ db: Database, capacity: Int) throws {
    find = try PreparedStatement(
      db,
      """
      SELECT number, beginning_length
      FROM requests JOIN resizes ON resizes.number = requests.resize
      WHERE requests.request_id = ?1
      """)
    measure = try PreparedStatement(
      db,
      """
      SELECT number + length - 1 FROM timeline_pages
      WHERE key >= ?1 << 20 AND key < (?1 + 1) << 20 ORDER BY key DESC LIMIT 1
      """)
    entries.reserveCapacity(capacity)
  }

  /// Takes note of a resize that the commit has updated.
  mutating func note(_ requestId: String, _ number: Int64, beginningLength: Int64) {
    entries[requestId] = Entry(number: number, beginningLength: beginningLength)
  }

  /// The key of the page of a resize's timeline that takes so many entries more.
  mutating func nextTimelineKey(of requestId: String, for count: Int64) throws -> Int64 {
    guard let index = entries.index(forKey: requestId) else {
      entries[requestId] = try storedEntry(of: requestId)
      return try nextTimelineKey(of: requestId, for: count)
    }
    // In place: the id is hashed once.
    let entry = entries.values[index]
    let length = try entry.timelineLength ?? timelineLength(of: entry)
    entries.values[index].timelineLength = length + count
    return entry.timelineKey(after: length)
  }

  mutating func number(of requestId: String) throws -> Int64 {
    if let entry = entries[requestId] { return entry.number }
    let entry = try storedEntry(of: requestId)
    entries[requestId] = entry
    return entry.number
  }

  private func storedEntry(of requestId: String) throws -> Entry {
    try find.bind(requestId, at: 1)
    guard try find.next() else {
      throw StoreError(
        .refused, "There is no resize \(requestId) that a timeline or ledger row could belong to.")
    }
    defer { find.reset() }
    return Entry(number: find.integer(at: 0), beginningLength: find.integer(at: 1))
  }

  private func timelineLength(of entry: Entry) throws -> Int64 {
    try measure.bind(entry.number, at: 1)
    defer { measure.reset() }
    return try measure.next() ? measure.integer(at: 0) : entry.beginningLength
  }
}
