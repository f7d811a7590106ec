import Contracts
import Resizing

/// Between the wire and the domain: reads deliveries, writes what a decision emits.
public struct MessageTranslator: Sendable {
  public init() {}

  func read(_ delivery: IntakeDelivery, _ settings: WorkerSettings) -> BatchItem {
    BatchItem(
      content: .unreadable(UnreadableMessage(reason: Reason(.malformedRequest, ""))),
      delivery: delivery)
  }

  func events(for emission: Emission, context: RequestContext, worker: String, at now: Moment)
    -> [OutgoingEvent]
  { [] }

  func deadLetter(_ delivery: IntakeDelivery, _ reason: Reason, at now: Moment) -> OutgoingEvent {
    OutgoingEvent(destination: .deadLetters, routingKey: "", id: "", type: "", body: [])
  }
}
