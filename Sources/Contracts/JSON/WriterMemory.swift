import Glibc
import Synchronization

/// The memory of a JSON writer; that of the last one is kept for the next.
///
/// Most writers live for one event. Their memory is more than glibc keeps at hand: for every event it would first put all the small
/// pieces together that were freed since. And Swift's `allocate` asks it for an alignment, which it always serves the long way.
struct WriterMemory: ~Copyable {
  // sound: of this value alone, which is not copied; the spare one is nobody's, and is taken by an atomic exchange.
  let start: UnsafeMutablePointer<UInt8>
  let capacity: Int

  /// Enough for all but unusual events.
  private static let keptCapacity = 4_096
  /// The address of one of the kept capacity; 0 where there is none.
  private static let spare = Atomic<UInt>(0)

  /// - Parameter capacity: At least so many bytes.
  init(capacity: Int = keptCapacity) {
    self.capacity = max(capacity, Self.keptCapacity)
    if self.capacity == Self.keptCapacity, let spare = Self.exchangeSpare(nil) {
      start = spare
    } else {
      guard let memory = malloc(self.capacity) else {
        fatalError("no memory for JSON of \(capacity) bytes")  // sound: as in Swift itself
      }
      start = memory.assumingMemoryBound(to: UInt8.self)
    }
  }

  deinit {
    if capacity == Self.keptCapacity {
      free(Self.exchangeSpare(start))
    } else {
      free(start)
    }
  }

  private static func exchangeSpare(
    _ memory: UnsafeMutablePointer<UInt8>?
  ) -> UnsafeMutablePointer<UInt8>? {
    let address = spare.exchange(UInt(bitPattern: memory), ordering: .acquiringAndReleasing)
    return UnsafeMutablePointer(bitPattern: address)
  }
}
