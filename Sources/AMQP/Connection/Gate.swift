import Synchronization

/// A result that many tasks can wait for and that is given once.
final class Gate<Value: Sendable>: Sendable {
  private enum State {
    case waiting([UInt64: CheckedContinuation<Value?, Never>])
    case open(Value)
  }

  private let state = Mutex((next: UInt64(0), now: State.waiting([:])))

  /// Gives the result; later ones are ignored.
  func open(_ value: Value) {
    let waiters = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
      guard case .waiting(let waiters) = state.now else { return [] }
      state.now = .open(value)
      return Array(waiters.values)
    }
    for waiter in waiters { waiter.resume(returning: value) }
  }

  /// The result, or nil if the waiting task is canceled.
  func value() async -> Value? {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let now: Value?? = state.withLock { state in
          switch state.now {
          case .open(let value): return .some(value)
          case .waiting(var waiters):
            if Task.isCancelled { return .some(nil) }
            waiters[id] = continuation
            state.now = .waiting(waiters)
            return nil
          }
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
        guard case .waiting(var waiters) = state.now else { return nil }
        let waiter = waiters.removeValue(forKey: id)
        state.now = .waiting(waiters)
        return waiter
      }
      waiter?.resume(returning: nil)
    }
  }
}
