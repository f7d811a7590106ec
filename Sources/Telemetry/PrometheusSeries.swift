import CoreMetrics
import Synchronization

/// One time series: a metric with one set of label values.
protocol PrometheusSeries: AnyObject, Sendable {
  /// Prometheus' word for its type.
  var kind: String { get }
  func write(name: String, labels: String, to text: inout String)
}

final class CounterSeries: PrometheusSeries, CounterHandler {
  private let value = Atomic<Int64>(0)
  let kind = "counter"

  func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { value.store(0, ordering: .relaxed) }

  func write(name: String, labels: String, to text: inout String) {
    text += "\(name)\(braces(labels)) \(value.load(ordering: .relaxed))\n"
  }
}

final class GaugeSeries: PrometheusSeries, MeterHandler {
  private let value = Mutex<Double>(0)
  let kind = "gauge"

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }

  func write(name: String, labels: String, to text: inout String) {
    text += "\(name)\(braces(labels)) \(number(value.withLock { $0 }))\n"
  }
}

final class HistogramSeries: PrometheusSeries, RecorderHandler, TimerHandler {
  private struct State {
    var buckets: [Int64]
    var count: Int64 = 0
    var sum = 0.0
  }

  /// Upper bounds for durations, in seconds.
  static let seconds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  /// Upper bounds for sizes of batches.
  static let counts = [1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]

  let kind = "histogram"
  private let bounds: [Double]
  private let scale: Double
  private let state: Mutex<State>

  /// - Parameter scale: What a recorded value is multiplied by.
  init(bounds: [Double], scale: Double) {
    self.bounds = bounds
    self.scale = scale
    state = Mutex(State(buckets: [Int64](repeating: 0, count: bounds.count)))
  }

  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }

  func record(_ value: Double) {
    let scaled = value * scale
    let bucket = bounds.firstIndex { scaled <= $0 }
    state.withLock { state in
      if let bucket { state.buckets[bucket] += 1 }
      state.count += 1
      state.sum += scaled
    }
  }

  func write(name: String, labels: String, to text: inout String) {
    let (buckets, count, sum) = state.withLock { ($0.buckets, $0.count, $0.sum) }
    let prefix = labels.isEmpty ? "" : labels + ","
    var cumulative: Int64 = 0
    for (bound, inBucket) in zip(bounds, buckets) {
      cumulative += inBucket
      text += "\(name)_bucket{\(prefix)le=\"\(number(bound))\"} \(cumulative)\n"
    }
    text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(count)\n"
    text += "\(name)_sum\(braces(labels)) \(number(sum))\n"
    text += "\(name)_count\(braces(labels)) \(count)\n"
  }
}

private func braces(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

/// Whole numbers without a point, as Prometheus' own clients write them.
private func number(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
}
