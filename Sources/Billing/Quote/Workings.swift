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
  /// The number as it stands in a line, if it is a count, a length or a ratio.
  var text: String { fraction.text }

  /// The number as it stands in a line, if it is money.
  var amountText: String { fraction.decimalText }
}

/// A count and what is counted, such as `1 term` or `12 terms`.
func counted(_ count: some BinaryInteger, _ noun: String) -> String {
  counted("\(count)", noun)
}

private func counted(_ count: String, _ noun: String) -> String {
  "\(count) \(noun)\(count == "1" ? "" : "s")"
}

/// A length in days, as a decimal where that is short.
func durationText(_ seconds: Int64) -> String {
  let isShort = seconds % 864 == 0
  return counted(
    isShort ? Rational(Int128(seconds), over: 86_400).text : "\(seconds)/86400", "day")
}

/// A part of a period, in days where both are short in them, else in seconds.
func partText(_ part: Int64, of whole: Int64) -> String {
  guard part % 864 == 0, whole % 864 == 0 else { return "\(part) of \(whole) seconds" }
  let days = Rational(Int128(part), over: 86_400).text
  return "\(days) of \(durationText(whole))"
}
