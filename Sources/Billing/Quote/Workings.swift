/// What a calculation writes down on its way.
///
/// The formulas that compute a quote also explain it: they tell every term to their workings.
/// Text is only built where it is kept.
protocol Workings {
  init()

  /// A term, and its value.
  mutating func note(_ text: @autoclosure () -> String, _ value: @autoclosure () -> String)

  /// How the exact result follows from the terms above.
  mutating func conclude(_ formula: @autoclosure () -> String)

  /// What was concluded last, how it goes on, and the value of that.
  mutating func noteConclusion(
    _ ending: @autoclosure () -> String, _ value: @autoclosure () -> String)
}

/// Writes nothing down.
struct NoWorkings: Workings {
  mutating func note(_ text: @autoclosure () -> String, _ value: @autoclosure () -> String) {}

  mutating func conclude(_ formula: @autoclosure () -> String) {}

  mutating func noteConclusion(
    _ ending: @autoclosure () -> String, _ value: @autoclosure () -> String
  ) {}
}

/// Keeps every line.
struct WrittenWorkings: Workings {
  private(set) var lines: [QuoteLine] = []
  private var formula = ""

  mutating func note(_ text: @autoclosure () -> String, _ value: @autoclosure () -> String) {
    lines.append(QuoteLine(text: text(), value: value()))
  }

  mutating func conclude(_ formula: @autoclosure () -> String) {
    self.formula = formula()
  }

  mutating func noteConclusion(
    _ ending: @autoclosure () -> String, _ value: @autoclosure () -> String
  ) {
    lines.append(QuoteLine(text: formula + ending(), value: value()))
  }
}

extension ExactNumber {
  /// The number as it stands in a line.
  var text: String { fraction.text }
}

/// Whole or decimal days where they are short, else seconds.
func durationText(_ seconds: Int64) -> String {
  seconds % 864 == 0
    ? "\(Rational(Int128(seconds), over: 86_400).text) days" : "\(seconds) seconds"
}

/// A part of a period, in days where both are short in them, else in seconds.
func partText(_ part: Int64, of whole: Int64) -> String {
  guard part % 864 == 0, whole % 864 == 0 else { return "\(part) of \(whole) seconds" }
  let days = Rational(Int128(part), over: 86_400).text
  return "\(days) of \(durationText(whole))"
}
