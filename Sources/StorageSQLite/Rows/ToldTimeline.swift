import Resizing
import Storage

/// What a commit tells of resizes, by where it is stored.
struct ToldTimeline {
  /// For each resize of the commit, in their order, what stands in its row: all that is told of one
  /// that is new, nothing of the others.
  private(set) var beginnings: [ArraySlice<TimelineEntry>]
  /// What is told of resizes that are there; entries that follow each other are one page.
  private(set) var pages: [TimelinePage] = []

  init(_ changes: ChangeSet) {
    beginnings = Array(repeating: [], count: changes.resizes.count)
    var finder = ResizeFinder(changes.resizes)
    var rest = changes.timeline[...]
    while let requestId = rest.first?.requestId {
      let told = rest.prefix { $0.requestId == requestId }
      rest = rest[told.endIndex...]
      guard let index = finder.index(of: requestId), changes.resizes[index].version == 0 else {
        pages.append(TimelinePage(of: requestId, told))
        continue
      }
      // Nearly always all in one piece, which is not copied.
      if beginnings[index].isEmpty { beginnings[index] = told } else { beginnings[index] += told }
    }
  }
}

/// Finds the resizes of a commit by their ids.
///
/// Resizes mostly stand in the order in which the timeline tells of them: then the next one is meant,
/// and no id is hashed.
private struct ResizeFinder {
  private let resizes: [Resize]
  private var next = 0
  private lazy var indices = Dictionary(
    resizes.indices.map { (resizes[$0].requestId, $0) }, uniquingKeysWith: { first, _ in first })

  init(_ resizes: [Resize]) { self.resizes = resizes }

  mutating func index(of requestId: String) -> Int? {
    if next < resizes.count, resizes[next].requestId == requestId {
      next += 1
      return next - 1
    }
    guard let index = indices[requestId] else { return nil }
    next = max(next, index + 1)
    return index
  }
}
