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

  /// Levenshtein's distance, capitals aside.
  private func distance(to other: String) -> Int {
    let right = Array(other.lowercased())
    var before = Array(0...right.count)
    for (row, letter) in lowercased().enumerated() {
      var current = [row + 1]
      for column in right.indices {
        let substitution = before[column] + (letter == right[column] ? 0 : 1)
        current.append(Swift.min(substitution, before[column + 1] + 1, current[column] + 1))
      }
      before = current
    }
    return before[right.count]
  }
}
