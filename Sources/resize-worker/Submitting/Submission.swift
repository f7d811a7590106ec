import Resizing

/// How far a number of submitted requests are: which may be sent, which are confirmed, which have
/// ended.
///
/// A value without I/O: it is told what happened and says what may be sent next.
struct Submission: Sendable {
  struct Entry: Sendable {
    let item: SubmissionItem
    var isConfirmed = false
    /// The worker whose status came first: it took the request.
    var taker: String?
    /// The status that was seen last.
    var latest: StatusMessage?

    var isEnded: Bool { latest?.status.isEnd ?? false }

    /// Where the outcome is otherwise than expected; empty where it is not, or nothing is expected.
    var differences: [String] {
      guard let expected = item.expected else { return [] }
      guard let latest, latest.status.isEnd else { return ["it has not ended"] }
      return expected.differences(from: latest.outcome)
    }

    /// Whether it came out as expected or, where nothing is, well.
    var isGood: Bool {
      if item.expected != nil { return differences.isEmpty }
      return latest.map { $0.status == .completed || $0.status == .quoted } ?? false
    }
  }

  private(set) var entries: [Entry]
  private(set) var confirmedCount = 0
  private(set) var endedCount = 0
  private let waitsForEnds: Bool
  private var positions: [String: [Int]] = [:]
  /// By the request whose status is waited for, then by that status.
  private var heldBack: [String: [String: [Int]]] = [:]

  init(_ items: [SubmissionItem], waitsForEnds: Bool) {
    entries = items.map { Entry(item: $0) }
    self.waitsForEnds = waitsForEnds
    for (position, item) in items.enumerated() {
      positions[item.request.requestId, default: []].append(position)
      if let precursor = item.precursor {
        heldBack[precursor.requestId, default: [:]][precursor.status, default: []].append(position)
      }
    }
  }

  var isDone: Bool {
    confirmedCount == entries.count && (!waitsForEnds || endedCount == entries.count)
  }

  /// The positions that may be sent from the beginning.
  var initiallyReady: [Int] { entries.indices.filter { entries[$0].item.precursor == nil } }

  /// The broker has taken the requests at these positions.
  mutating func confirm(_ confirmed: [Int]) {
    for position in confirmed where !entries[position].isConfirmed {
      entries[position].isConfirmed = true
      confirmedCount += 1
    }
  }

  /// A status was seen.
  /// - Returns: The positions that were held back for it and may now be sent; at the precursor's end
  /// all that were held back for it, as no other status of it will come.
  mutating func see(_ status: StatusMessage) -> [Int] {
    for position in positions[status.requestId] ?? [] {
      let wasEnded = entries[position].isEnded
      if wasEnded, !status.status.isEnd { continue }
      if entries[position].taker == nil { entries[position].taker = status.worker }
      entries[position].latest = status
      if !wasEnded, status.status.isEnd { endedCount += 1 }
    }
    guard status.status.isEnd else {
      return heldBack[status.requestId]?.removeValue(forKey: status.status.rawValue) ?? []
    }
    return heldBack.removeValue(forKey: status.requestId)?.values.flatMap(\.self).sorted() ?? []
  }
}
