import Metrics
import Telemetry
import Testing

@Suite("Metrics in Prometheus' text format")
struct PrometheusMetricsTests {
  @Test("Counters, gauges and histograms are written with their types, sorted by name")
  func text() {
    let metrics = PrometheusMetrics(descriptions: ["requests_total": "Requests taken."])
    Counter(label: "requests_total", dimensions: [("queue", "a")], factory: metrics).increment(
      by: 3)
    Counter(label: "requests_total", dimensions: [("queue", "b")], factory: metrics).increment()
    Meter(label: "backlog", dimensions: [], factory: metrics).set(7)
    Recorder(label: "size", dimensions: [], aggregate: true, factory: metrics).record(3)
    let text = metrics.text()
    #expect(
      text.hasPrefix("# TYPE backlog gauge\nbacklog 7\n# HELP requests_total Requests taken.\n"))
    #expect(text.contains("requests_total{queue=\"a\"} 3\nrequests_total{queue=\"b\"} 1\n"))
    #expect(text.contains("size_bucket{le=\"2\"} 0\nsize_bucket{le=\"4\"} 1\n"))
    #expect(text.contains("size_bucket{le=\"+Inf\"} 1\nsize_sum 3\nsize_count 1\n"))
  }

  @Test("The same metric made twice counts together")
  func sameSeries() {
    let metrics = PrometheusMetrics()
    for _ in 0..<2 { Counter(label: "n", dimensions: [], factory: metrics).increment() }
    #expect(metrics.text() == "# TYPE n counter\nn 2\n")
  }

  @Test("Timers count in seconds")
  func timers() {
    let metrics = PrometheusMetrics()
    Timer(label: "t_seconds", dimensions: [], factory: metrics).recordNanoseconds(1_500_000_000)
    #expect(metrics.text().contains("t_seconds_sum 1.5\n"))
  }

  @Test("What stands in a label value cannot end it")
  func escaping() {
    let metrics = PrometheusMetrics()
    let label = Counter(label: "n-1", dimensions: [("k", "a\"b\\c\nd")], factory: metrics)
    label.increment()
    #expect(metrics.text() == "# TYPE n_1 counter\nn_1{k=\"a\\\"b\\\\c\\nd\"} 1\n")
  }
}
