import Resizing

/// How payments and refunds came out lately.
public struct OutcomeCounts: Sendable, Equatable {
  public var answered = 0
  /// Failed, or not answered in time.
  public var failed = 0

  public init(answered: Int = 0, failed: Int = 0) {
    self.answered = answered
    self.failed = failed
  }

  public var total: Int { answered + failed }

  mutating func count(_ outcome: PaymentOutcome) {
    switch outcome {
    case .answered: answered += 1
    case .failed, .unanswered: failed += 1
    }
  }
}

/// Counts outcomes over a sliding window of time, in tenths of it: the oldest tenth falls out as a whole.
struct OutcomeWindow: Sendable {
  private static let sliceCount: Int64 = 10

  private struct Slice {
    var number: Int64
    var counts = OutcomeCounts()
  }

  private let sliceMilliseconds: Int64
  /// The latest last; ten at most.
  private var slices: [Slice] = []

  init(milliseconds: Int64) {
    sliceMilliseconds = max(milliseconds / Self.sliceCount, 1)
  }

  mutating func record(_ outcome: PaymentOutcome, at now: Moment) {
    // A clock that was set back counts on in the latest slice.
    let number = max(sliceNumber(at: now), slices.last?.number ?? .min)
    if slices.last?.number != number {
      slices.append(Slice(number: number))
      slices.removeAll { $0.number <= number - Self.sliceCount }
    }
    slices[slices.count - 1].counts.count(outcome)
  }

  func counts(at now: Moment) -> OutcomeCounts {
    let oldest = sliceNumber(at: now) - Self.sliceCount
    return slices.reduce(into: OutcomeCounts()) { sum, slice in
      guard slice.number > oldest else { return }
      sum.answered += slice.counts.answered
      sum.failed += slice.counts.failed
    }
  }

  mutating func clear() { slices.removeAll() }

  /// Keeps the age of what is counted the same, to a tenth of the window.
  mutating func clockSetBack(by milliseconds: Int64) {
    for index in slices.indices { slices[index].number -= milliseconds / sliceMilliseconds }
  }

  private func sliceNumber(at now: Moment) -> Int64 {
    now.millisecondsSinceEpoch / sliceMilliseconds
  }
}
