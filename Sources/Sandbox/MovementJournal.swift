import Contracts
import Glibc
import Synchronization
import Telemetry

/// Why movements are not in their journal.
public struct MovementJournalError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// As the system says it (`errno`).
  public var reason: Int32

  public var description: String {
    "the journal \(path) cannot be written (\(String(cString: strerror(reason)))); "
      + "make room, or name another file"
  }
}

/// A file with one JSON line for each movement of money, in order, for counting them by idempotency key.
public final class MovementJournal: Sendable {
  private let path: String
  private let file: DescriptorWriter
  private let written = Mutex(0)

  /// What the file has stays; a file that is not there is made.
  public init(path: String) throws(MovementJournalError) {
    self.path = path
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw MovementJournalError(path: path, reason: errno) }
    file = DescriptorWriter(descriptor)
  }

  deinit { close(file.descriptor) }

  /// Writes the movements that are not in the file yet, all of them or none.
  func append(_ movements: [SimulatedMovement]) throws(MovementJournalError) {
    try written.withLock { (written) throws(MovementJournalError) in
      guard movements.count > written else { return }
      let end = lseek(file.descriptor, 0, SEEK_END)
      let lines = movements[written...].flatMap(Self.line)
      if let reason = lines.withUnsafeBytes({ file.write($0) }) {
        // A pipe has no end to go back to.
        if end >= 0 { ftruncate(file.descriptor, end) }
        throw MovementJournalError(path: path, reason: reason)
      }
      written = movements.count
    }
  }

  private static func line(_ movement: SimulatedMovement) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    for (name, value) in [
      ("idempotencyKey", movement.idempotencyKey), ("kind", movement.kind.rawValue),
      ("requestId", movement.requestId), ("currency", movement.amount.currency.code),
      ("value", movement.amount.value), ("reference", movement.providerReference),
    ] {
      writer.name(name)
      writer.string(value)
    }
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }
}
