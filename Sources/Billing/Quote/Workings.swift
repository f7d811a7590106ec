/// What a calculation writes down on its way.
///
/// The formulas that compute a quote also explain it: they tell every term to their workings.
/// Text is only built where it is kept.
protocol Workings {
  init()

  /// A term, and its value.
  mutating func note(_ text: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording)

  /// How the exact result follows from the terms above.
  mutating func conclude(_ formula: @autoclosure () -> Wording)

  /// What was concluded last, how it goes on, and the value of that.
  mutating func noteConclusion(
    _ ending: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording)
}

/// Writes nothing down.
struct NoWorkings: Workings {
  mutating func note(_ text: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording) {}

  mutating func conclude(_ formula: @autoclosure () -> Wording) {}

  mutating func noteConclusion(
    _ ending: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording
  ) {}
}

/// Keeps every line.
struct WrittenWorkings: Workings {
  private(set) var lines = QuoteLines()
  private var formula = Wording()

  mutating func note(_ text: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording) {
    lines.append(text(), value())
  }

  mutating func conclude(_ formula: @autoclosure () -> Wording) {
    self.formula = formula()
  }

  mutating func noteConclusion(
    _ ending: @autoclosure () -> Wording, _ value: @autoclosure () -> Wording
  ) {
    lines.append(formula + ending(), value())
  }
}

// Numbers as they stand in a line.
extension Wording {
  /// A count, a length or a ratio: a decimal where it ends within 8 digits, else a fraction. Nothing
  /// if nil.
  mutating func appendInterpolation(_ number: (some ExactNumber)?) {
    number?.fraction.put(in: &self)
  }

  /// The same of what a price is multiplied by: where it is cut off it has so many digits that the product is the amount.
  ///
  /// - Parameter minorDigits: Of the currency of the price.
  mutating func appendInterpolation(
    _ factor: some ExactNumber, timesPrice price: some ExactNumber, minorDigits: Int
  ) {
    factor.fraction.put(
      in: &self, digits: price.fraction.wholeDigitCount + minorDigits + 2)
  }

  /// An amount of money: a decimal, marked by `≈` where it goes on after 8 digits. Nothing if nil.
  mutating func appendInterpolation(amount number: (some ExactNumber)?) {
    number?.fraction.putDecimal(in: &self)
  }

  /// A count and what is counted, such as `1 term` or `12 terms`.
  mutating func appendInterpolation(_ count: some FixedWidthInteger, _ noun: StaticString) {
    appendInterpolation(Int64(count))
    appendLiteral(" ")
    appendLiteral(noun)
    if count != 1 { appendLiteral("s") }
  }

  /// A length in days, as a decimal where that is short.
  mutating func appendInterpolation(days seconds: Int64) {
    put(days: seconds)
    appendLiteral(seconds == 86_400 ? " day" : " days")
  }

  /// A part of a period, in days where both are short in them, else in seconds.
  mutating func appendInterpolation(_ part: Int64, of whole: Int64) {
    guard part % 864 == 0, whole % 864 == 0 else {
      self += "\(part) of \(whole) seconds"
      return
    }
    put(days: part)
    appendLiteral(" of ")
    appendInterpolation(days: whole)
  }

  private mutating func put(days seconds: Int64) {
    if seconds % 864 == 0 {
      appendInterpolation(Rational(Int128(seconds), over: 86_400))
    } else {
      self += "\(seconds)/86400"
    }
  }
}
