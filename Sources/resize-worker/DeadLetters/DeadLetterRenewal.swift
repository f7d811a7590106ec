import AMQP

/// Keeps the dead letters from being dropped for having been looked at.
///
/// Each look counts as a delivery of every letter looked at. A queue's delivery limit drops what was
/// delivered too often, and RabbitMQ 4.x sets one of 20 where none is declared; that it shall have
/// none can be said at its declaration from 4.0 on only, which older brokers refuse, and which could
/// not be changed when a broker is upgraded. So whoever goes through the letters publishes anew those
/// that stay and have been looked at often, confirmed, before the old one is acknowledged: its count
/// begins at 0 again, and no broker of any version, whatever its policies say above ``count``, ever
/// drops one.
struct DeadLetterRenewal {
  /// How many deliveries are left unused for looks that are cut off: half of RabbitMQ's default.
  static let count = 10

  let settings: Settings

  /// Publishes anew those of the letters that have been looked at often.
  ///
  /// - Parameter held: Letters that a reader holds, and that nothing else is done with.
  /// - Returns: Those that were published anew; each comes by a second time.
  func renew(
    _ held: [(FoundDeadLetter, Delivery)], in reader: QueueReader
  ) async throws -> [FoundDeadLetter] {
    let worn = held.filter { $0.1.deliveryCount >= Self.count && $0.1.body != nil }
    guard !worn.isEmpty else { return [] }
    let publisher = try await ConfirmedPublisher(settings, purpose: "dead letters, renewed")
    let fates = try await publisher.publish(
      worn.enumerated().map { index, pair in
        pair.0.renewed(from: pair.1, in: reader.queue, token: UInt64(index))
      })
    let renewed = worn.enumerated().filter { fates[UInt64($0.offset)] == .confirmed }.map(\.element)
    try await reader.acknowledge(renewed.map(\.1.deliveryTag))
    return renewed.map(\.0)
  }
}
