import ArgumentParser
import Resizing

/// Which dead letters a command is about, as flags say it.
struct DeadLetterSelection: ParsableArguments {
  @Argument(help: "Message ids or request ids.") var ids: [String] = []
  @Option(help: ArgumentHelp("Those put aside for this reason.", valueName: "code"))
  var reason: String?
  @Option(help: ArgumentHelp("Those that came from this queue.", valueName: "queue"))
  var source: String?
  @Option(help: ArgumentHelp("Those of this event type.", valueName: "type")) var type: String?
  @Option(help: "Those put aside longer ago than this, such as 2h.")
  var olderThan: DurationArgument?
  @Flag(help: "All of them.") var all = false

  func validate() throws {
    let narrows = !ids.isEmpty || reason != nil || source != nil || type != nil || olderThan != nil
    guard all || narrows else {
      throw ValidationError(
        "Say which dead letters: their ids, --reason, --source, --type or --older-than, or --all. "
          + "`resize-worker dead-letters list` shows what there is.")
    }
    guard !(all && narrows) else {
      throw ValidationError("--all takes every dead letter; leave it out, or the others.")
    }
  }

  /// Whether a letter is one of those meant.
  func includes(_ letter: FoundDeadLetter, at now: Moment) -> Bool {
    if !ids.isEmpty, !ids.contains(letter.id), !ids.contains(letter.requestId) { return false }
    if let reason, reason != letter.reasonCode { return false }
    if let source, source != letter.source { return false }
    if let type, type != letter.type { return false }
    guard let olderThan else { return true }
    // A letter that does not say since when it is dead is older than anybody knows.
    guard let deadAt = letter.deadAt else { return true }
    return deadAt <= now.adding(milliseconds: -olderThan.milliseconds)
  }

  /// The ids asked for that none of these letters has.
  func missing(in letters: [FoundDeadLetter]) -> [String] {
    let found = Set(letters.flatMap { [$0.id, $0.requestId] })
    return ids.filter { !found.contains($0) }
  }
}
