import Contracts
import Foundation
import Synchronization

/// A file with one JSON line for each movement of money, in order, for counting them by idempotency key.
public final class MovementJournal: Sendable {
  private let state: Mutex<(file: FileHandle, written: Int)>

  /// - Throws: If the file cannot be created.
  public init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    state = Mutex((try FileHandle(forWritingTo: URL(fileURLWithPath: path)), 0))
  }

  /// Writes the movements that are not in the file yet.
  func append(_ movements: [SimulatedMovement]) {
    state.withLock { state in
      guard movements.count > state.written else { return }
      for movement in movements[state.written...] {
        state.file.write(Data(Self.line(movement)))
      }
      state.written = movements.count
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
