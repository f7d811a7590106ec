import Contracts

extension DeadLetterReport {
  /// Tells what was done, and what was not.
  /// - Parameter participle: Such as `replayed`.
  /// - Throws: `Problem` where a letter that was meant stays.
  func tell(_ participle: String, json: Bool) throws(Problem) {
    if json {
      for letter in done { OutputChannel.standard.json(letter.outcome(participle, nil)) }
      for (letter, obstacle) in refused {
        OutputChannel.standard.json(letter.outcome("refused", obstacle))
      }
    } else {
      OutputChannel.standard.line(sentence(participle))
    }
    if gone > 0 {
      OutputChannel.error.line(
        "\(gone.counted("dead letter")) went to somebody else's hands meanwhile")
    }
    guard let (letter, obstacle) = refused.first else { return }
    throw Problem(
      .didNotWorkOut,
      "\(refused.count.counted("dead letter")) could not be \(participle); "
        + "\(letter.id.printable): \(obstacle)")
  }

  private func sentence(_ participle: String) -> String {
    var text = "\(done.count.counted("dead letter")) \(participle)"
    guard participle == "replayed" else { return text }
    let counts = Dictionary(grouping: done, by: \.source).mapValues(\.count)
    let queues = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if queues.count == 1 { text += " to \(queues[0].key)" }
    if queues.count > 1 {
      text += ": " + queues.map { "\($0.value.grouped) to \($0.key)" }.joined(separator: ", ")
    }
    return text
  }
}

extension FoundDeadLetter {
  fileprivate func outcome(_ action: String, _ detail: String?) -> JSONValue {
    .object(some: [
      ("action", .string(action)), ("messageId", .string(id)),
      ("requestId", requestId.isEmpty ? nil : .string(requestId)), ("source", .string(source)),
      ("code", .string(reasonCode)), ("detail", detail.map { .string($0) }),
    ])
  }
}
