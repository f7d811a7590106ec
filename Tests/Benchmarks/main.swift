import Billing

// Quotes a second on one core, from decoded values to a quote without its printed lines: the best of
// three runs of each case, since others use the machine, too. Usage: billing-bench [QUOTES]

/// Computes a case so often, at instants that differ, and answers how long it took.
func duration(of quoteCase: QuoteCase, count: Int) throws -> Duration {
  var request = quoteCase.request
  let first = request.now.secondsSinceEpoch
  var sum: Int64 = 0
  let taken = try ContinuousClock().measure {
    for number in 0..<count {
      request.now = Instant(secondsSinceEpoch: first + Int64(number & 0xffff))
      sum &+= try request.quote().amount.minorUnits
    }
  }
  // Used, so that no quote can be left out.
  precondition(sum != .min)
  return taken
}

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1_000_000
for quoteCase in QuoteCase.all {
  var best = Duration.seconds(1_000_000)
  for _ in 0..<3 { best = min(best, try duration(of: quoteCase, count: count)) }
  let nanoseconds = Int(best / .nanoseconds(1)) / max(count, 1)
  let title = quoteCase.title + String(repeating: " ", count: max(42 - quoteCase.title.count, 0))
  print("\(title) \(1_000_000_000 / max(nanoseconds, 1)) quotes/s  \(nanoseconds) ns")
}
