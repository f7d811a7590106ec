/// What held a worker up, found by leaving one thing out at a time.
struct BenchVerdict: Sendable, Equatable {
  enum Limit: String, Sendable {
    case processor
    case broker
    case disk
    /// Leaving out any one thing changes little.
    case balanced
  }

  var limit: Limit
  /// For people: the limit, the figures it was seen by, and what would help.
  var explanation: String

  /// A gain below this is noise.
  private static let noticeableGain = 1.15
  /// Processors busier than this have nothing left to give.
  private static let saturation = 0.9

  /// - Parameters:
  ///   - whole: Requests a second with the real broker and the real store.
  ///   - withoutBroker: The same with queues in this process.
  ///   - withoutDisk: The same with the store in memory.
  ///   - busyShare: How busy all processors were during the whole run, 0 to 1.
  ///   - ownShare: How much of that this process was, 0 to 1.
  init(
    whole: Double, withoutBroker: Double, withoutDisk: Double, busyShare: Double?,
    ownShare: Double
  ) {
    let gains = (broker: withoutBroker / whole, disk: withoutDisk / whole)
    let seen =
      "without the broker \(gains.broker.factor), without the disk \(gains.disk.factor) as many"
    if let busyShare, busyShare >= Self.saturation {
      limit = .processor
      explanation = """
        The limit is the processor: all of them together were \(busyShare.percent) busy, \
        \(ownShare.percent) of that by this worker, the rest by the broker and whatever else runs \
        here (\(seen)). What takes processor time elsewhere helps, such as a broker on a machine \
        of its own; more workers on this machine do not.
        """
    } else if max(gains.broker, gains.disk) < Self.noticeableGain {
      limit = .balanced
      explanation = """
        No single limit: \(seen). One worker is busy with one batch at a time; a second worker \
        on the same queues is the next thing to try.
        """
    } else if gains.broker >= gains.disk {
      limit = .broker
      explanation = """
        The limit is the broker, or the way to it: \(seen). Try a larger broker.prefetch, and \
        look at the broker's processor, disk and network.
        """
    } else {
      limit = .disk
      explanation = """
        The limit is the disk of the store: \(seen). A commit waits until it is on the disk; a \
        disk with a faster flush, or larger batches (worker.batch), help.
        """
    }
  }
}

extension Double {
  fileprivate var factor: String { hundredths + " times" }
  fileprivate var percent: String { "\(Int((self * 100).rounded())) %" }

  /// Rounded to two digits after the point.
  var hundredths: String {
    let count = Int((self * 100).rounded())
    let rest = count % 100
    return "\(count / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
