import Contracts
import Resizing
import Storage

extension FuzzSubject {
  /// The bytes as they are stored, and as they are below the checksum, which few changes pass.
  func checkPage(_ bytes: [UInt8]) throws(Finding) {
    try checkPage { () throws(PageDamage) in try OutboxPage.decode(bytes) }
    try checkPage { () throws(PageDamage) in try OutboxPage.decodePlain(bytes) }
  }

  private func checkPage(_ decode: () throws(PageDamage) -> [OutgoingEvent]) throws(Finding) {
    let events: [OutgoingEvent]
    do throws(PageDamage) {
      events = try decode()
    } catch {
      return try require(!error.explanation.isEmpty, "a broken page is refused without a word")
    }
    let messages = events.enumerated().map { offset, event in
      OutboxMessage(
        owner: "w", sequence: Int64(offset), createdAt: Moment(millisecondsSinceEpoch: 0),
        event: event)
    }
    let page = OutboxPage.encode(messages[...])
    let last = Int64(events.count) - 1
    for (first, last) in [(0, last), (.min, .max), (1, last), (0, last - 1), (last, 0)] {
      let isWhole = (try? OutboxPage.decode(page, from: first, to: last)) != nil
      try require(
        isWhole == (first == 0 && last == Int64(events.count) - 1 && last >= 0),
        "a page of \(events.count) messages is read as messages \(first) to \(last)")
    }
    let again = try expect("written again it is refused") { () throws(PageDamage) in
      try OutboxPage.decode(page)
    }
    try require(again == events, "written again it is another page")
  }
}
