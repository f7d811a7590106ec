/// The candidate that was probably meant by a word with a slip in it, or nil if none is near.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.lowercased().unicodeScalars.prefix(64))
  let limit = max(1, letters.count / 3)
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let distance = editDistance(letters, Array(candidate.lowercased().unicodeScalars))
    if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.candidate
}

/// `; did you mean …?`, or the candidates where none is near.
func suggestion(for word: String, among candidates: [String]) -> String {
  if let candidate = nearest(to: word, among: candidates) {
    return "did you mean \"\(candidate)\"?"
  }
  return "use one of " + candidates.map { "\"\($0)\"" }.joined(separator: ", ")
}

/// Damerau–Levenshtein (neighbours swapped count once), with three rows.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var twoBefore: [Int] = []
  var before = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let substitution = before[column] + (left[row] == right[column] ? 0 : 1)
      var distance = min(substitution, before[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        distance = min(distance, twoBefore[column - 1] + 1)
      }
      current.append(distance)
    }
    (twoBefore, before) = (before, current)
  }
  return before[right.count]
}
