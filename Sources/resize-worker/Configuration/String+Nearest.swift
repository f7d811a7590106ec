extension String {
  /// The candidate that was probably meant, or nil if none is near.
  /// - Parameter limit: How many letters may be wrong; nil is a third of them.
  func nearest(among candidates: [String], withLettersWrong limit: Int? = nil) -> String? {
    let limit = limit ?? max(1, count / 3)
    return
      candidates
      .map { (candidate: $0, distance: distance(to: $0)) }
      .filter { $0.distance <= limit }
      .min { $0.distance < $1.distance }?.candidate
  }

  /// Levenshtein's distance, where two neighbours that changed places are one mistake; capitals aside.
  private func distance(to other: String) -> Int {
    let (left, right) = (Array(lowercased()), Array(other.lowercased()))
    var last: [Int] = []
    var before = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let substitution = before[column] + (left[row] == right[column] ? 0 : 1)
        var least = Swift.min(substitution, before[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = Swift.min(least, last[column - 1] + 1)
        }
        current.append(least)
      }
      (last, before) = (before, current)
    }
    return before[right.count]
  }
}
