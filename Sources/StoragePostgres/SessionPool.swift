import DequeModule
import Synchronization

/// The sessions of a store: each call has one to itself; where all are busy it waits for its turn.
final class SessionPool: Sendable {
  private struct State {
    var idle: [Session]
    var count: Int
    var waiting: Deque<CheckedContinuation<Session?, Never>> = []
    var isClosed = false
  }

  private let state: Mutex<State>

  init(_ sessions: [Session]) {
    state = Mutex(State(idle: sessions, count: sessions.count))
  }

  /// A session nobody else has, to be given back; nil when the pool is closed.
  ///
  /// Does not heed that its task is canceled: a commit is never left with an unknown outcome for that.
  func take() async -> Session? {
    await withCheckedContinuation { continuation in
      let session: Session?? = state.withLock { state in
        if state.isClosed { return .some(nil) }
        if let session = state.idle.popLast() { return session }
        state.waiting.append(continuation)
        return nil
      }
      if let session { continuation.resume(returning: session) }
    }
  }

  func giveBack(_ session: Session) {
    let next = state.withLock { state -> CheckedContinuation<Session?, Never>? in
      if let next = state.waiting.popFirst() { return next }
      state.idle.append(session)
      return nil
    }
    next?.resume(returning: session)
  }

  /// Refuses all calls from now on and ends the connections; calls under way are waited for.
  func close() async {
    let (sessions, count) = state.withLock { state in
      let wasClosed = state.isClosed
      state.isClosed = true
      defer { state.idle = [] }
      return (state.idle, wasClosed ? 0 : state.count)
    }
    for session in sessions { await session.disconnect() }
    for _ in sessions.count..<max(count, sessions.count) {
      await withCheckedContinuation { continuation in
        let session = state.withLock { state -> Session? in
          if let session = state.idle.popLast() { return session }
          state.waiting.append(continuation)
          return nil
        }
        if let session { continuation.resume(returning: session) }
      }?.disconnect()
    }
  }
}
