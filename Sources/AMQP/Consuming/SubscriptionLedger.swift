/// Where the subscription of each queue stands on the current connection.
struct SubscriptionLedger {
  private enum State: Equatable {
    /// Not subscribed; to be tried again at that time.
    case idle(retryAt: MonotonicTime?)
    case subscribing
    case active
    case canceling
  }

  private let queues: [String]
  /// What the tags of each queue begin with.
  private let stems: [String]
  /// The latest tag of each queue.
  ///
  /// None is used twice. RabbitMQ 3.10 takes the deliveries to a tag that is consumed under once more,
  /// while some are still unsettled, for a gap, and ends the channel with an internal error.
  private var tags: [String]
  private var subscriptionCount = 0
  private var states: [State]
  /// Not to be consumed for now, whatever the others are.
  private(set) var suspended: Set<Int> = []
  private var indices: [String: Int] = [:]

  /// - Parameter name: the connection's; consumers are named after it and their queue.
  init(queues: [String], name: String) {
    self.queues = queues
    stems = queues.map { String(decoding: "\(name).\($0)".utf8.prefix(200), as: UTF8.self) }
    tags = stems
    states = Array(repeating: .idle(retryAt: nil), count: queues.count)
  }

  var activeCount: Int { states.count { $0 == .active } }

  /// Whether no subscription can bring a delivery any more.
  var isQuiet: Bool {
    states.allSatisfy { if case .idle = $0 { true } else { false } }
  }

  /// When the next subscription is due again.
  var nextDue: MonotonicTime? {
    states.indices.compactMap { index in
      if case .idle(let time) = states[index], !suspended.contains(index) { time } else { nil }
    }.min()
  }

  /// The queue a consumer tag stands for; empty if it is none of ours.
  func queue(of tag: String) -> String { indices[tag].map { queues[$0] } ?? "" }

  /// The connection is new or gone.
  mutating func reset() {
    states = Array(repeating: .idle(retryAt: nil), count: queues.count)
  }

  /// The subscriptions to ask for now.
  func due() -> [Int] {
    states.indices.filter {
      guard case .idle(let time) = states[$0], !suspended.contains($0) else { return false }
      return time.map { $0 <= .now } ?? true
    }
  }

  /// A subscription is asked for under this tag.
  mutating func subscribing(_ index: Int) -> String {
    states[index] = .subscribing
    subscriptionCount += 1
    indices[tags[index]] = nil
    tags[index] = "\(stems[index]).\(subscriptionCount)"
    indices[tags[index]] = index
    return tags[index]
  }

  mutating func confirmed(_ index: Int) {
    if states[index] == .subscribing { states[index] = .active }
  }

  mutating func confirmed(_ tag: String) {
    if let index = indices[tag] { confirmed(index) }
  }

  /// The queues that are not to be consumed for now.
  /// - Returns: Whether one is to be consumed again.
  @discardableResult
  mutating func suspend(_ queues: Set<String>) -> Bool {
    let before = suspended
    suspended = Set(self.queues.indices.filter { queues.contains(self.queues[$0]) })
    return !before.isSubset(of: suspended)
  }

  /// The tags of the suspended ones to cancel now.
  mutating func cancelSuspended() -> [String] { cancel(suspended) }

  /// The tags to cancel now. One being subscribed is canceled once it is confirmed.
  mutating func cancelAll() -> [String] { cancel(states.indices) }

  private mutating func cancel(_ indices: some Sequence<Int>) -> [String] {
    indices.compactMap { index in
      guard states[index] == .active else { return nil }
      states[index] = .canceling
      return tags[index]
    }
  }

  /// Our own cancel is done.
  mutating func ended(_ tag: String) {
    if let index = indices[tag], states[index] == .canceling {
      states[index] = .idle(retryAt: nil)
    }
  }

  /// The broker canceled it: its queue, to be tried again at `retryAt`.
  mutating func canceled(_ tag: String, retryAt: MonotonicTime) -> String? {
    guard let index = indices[tag] else { return nil }
    states[index] = .idle(retryAt: retryAt)
    return queues[index]
  }
}
