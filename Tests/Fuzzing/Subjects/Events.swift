import Contracts
import Resizing

extension FuzzSubject {
  func checkEvent(_ bytes: [UInt8]) throws(Finding) {
    do throws(ContractViolation) {
      _ = try OutgoingMessage.decode(bytes)
    } catch {
      try require(!error.message.isEmpty, "a message is refused without a word")
    }
    try requireSame(bytes) { bytes throws(ContractViolation) in
      try IncomingMessage.decode(bytes)
    } _: { bytes throws(ContractViolation) in
      try IncomingMessage.read(bytes, nil, RequestContext())
    }
    let event: IncomingEvent
    do throws(ContractViolation) {
      event = try IncomingMessage.decode(bytes)
    } catch {
      return try require(!error.message.isEmpty, "a message is refused without a word")
    }
    try checkWrittenAgain(event)
  }

  private func checkWrittenAgain(_ event: IncomingEvent) throws(Finding) {
    let encoder = IncomingEventEncoder(source: event.source)
    let noon = Moment(millisecondsSinceEpoch: 1_795_262_400_000)
    guard let message = encoder.encode(event.input, id: event.id, at: noon) else {
      throw Finding(subject: self, rule: "what came in has no message: \(event.input)")
    }
    let again = try expect("written again it is refused") { () throws(ContractViolation) in
      try IncomingMessage.decode(message.body, contentType: message.contentType)
    }
    try require(
      again.input == event.input, "written again it reads \(again.input), not \(event.input)")
    try require(
      again.id == event.id && again.type == event.type, "written again it is another event")
  }
}
