import Contracts
import Storage
import Synchronization
import Worker

/// A requests queue in this process: hands messages out as a broker would, a prefetch ahead of
/// their acknowledgement.
final class LoopbackIntake: IntakeSource {
  private struct State {
    var epoch: UInt64 = 0
    /// How many were handed out, and how many of these are acknowledged.
    var handedOut = 0
    var acknowledged = 0
    var isPaused = true
    var isHolding = false
  }

  private let mailbox: EventMailbox
  private let messages: [IncomingEventEncoder.Message]
  private let prefetch: Int
  private let state = Mutex(State())

  init(_ messages: [IncomingEventEncoder.Message], prefetch: Int, _ mailbox: EventMailbox) {
    self.messages = messages
    self.prefetch = prefetch
    self.mailbox = mailbox
  }

  func acknowledge(upTo tag: UInt64, epoch: UInt64) {
    state.withLock { state in
      guard epoch == state.epoch else { return }
      state.acknowledged = max(state.acknowledged, Int(tag))
      handOut(&state)
    }
  }

  /// None of a benchmark's messages is refused; if one is, it counts as done.
  func reject(tag: UInt64, epoch: UInt64) { acknowledge(upTo: tag, epoch: epoch) }

  func pause() {
    state.withLock { state in
      state.isPaused = true
      state.handedOut = state.acknowledged
    }
  }

  func resume() {
    state.withLock { state in
      state.isPaused = false
      state.epoch += 1
      mailbox.put(.intake(.connected(epoch: state.epoch)))
      handOut(&state)
    }
  }

  func holdRequests() { state.withLock { $0.isHolding = true } }

  func takeRequests() {
    state.withLock { state in
      state.isHolding = false
      handOut(&state)
    }
  }

  func drain() { state.withLock { $0.isPaused = true } }

  func close() async {}

  private func handOut(_ state: inout State) {
    let end = min(messages.count, state.acknowledged + prefetch)
    guard !state.isPaused, !state.isHolding, end > state.handedOut else { return }
    let epoch = state.epoch
    let deliveries = (state.handedOut..<end).map { index in
      let message = messages[index]
      return IntakeDelivery(
        queue: .requests, tag: UInt64(index + 1), epoch: epoch,
        contentType: message.contentType, messageId: message.id,
        correlationId: message.correlationId, type: message.type.rawValue, body: message.body)
    }
    mailbox.put(.intake(.deliveries(deliveries)))
    state.handedOut = end
  }
}

/// Exchanges in this process: everything is confirmed at once.
struct LoopbackRelay: RelayPublisher {
  private let take: @Sendable (RelayEvent) -> Void

  init(_ take: @escaping @Sendable (RelayEvent) -> Void) {
    self.take = take
    take(.connected)
  }

  func publish(_ messages: [OutboxMessage]) { take(.confirmed(messages.map(\.sequence))) }

  func close() async {}
}
