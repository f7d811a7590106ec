import Seeding
import Testing

@testable import Billing

@Suite("Exact numbers")
struct NumberTests {
  @Test("results are in lowest terms, however they came about")
  func lowestTerms() throws {
    let sum = try Rational(1, over: 6).adding(Rational(1, over: 3))
    #expect(sum.fraction.description == "1/2")
    #expect(try sum.subtracting(sum).fraction.description == "0/1")
    #expect(Rational(-37_714, over: 3000).fraction.description == "-18857/1500")
    #expect(Rational(50, over: 5).fraction == Rational(10, over: 1).fraction)
  }

  @Test("an overflow that lowest terms avoid is avoided, any other is thrown")
  func overflow() throws {
    let large = Rational(.max, over: 3)
    #expect(throws: QuoteRefusal.self) { try large.multiplied(by: Rational(2, over: 1)) }
    #expect(throws: QuoteRefusal.self) { try large.adding(large) }
    #expect(throws: QuoteRefusal.self) { try Rational(.min, over: 1).negated() }
    #expect(throws: QuoteRefusal.self) { try large.roundedMagnitude(digits: 2) }
    let same = try large.multiplied(by: Rational(3, over: .max))
    #expect(same.fraction.description == "1/1")
    let half = Rational(1, over: 1 << 100)
    #expect(try half.adding(half).fraction.description == "1/\(Int128(1) << 99)")
  }

  @Test("wide numbers hold what 128 bits cannot, up to their own limit")
  func wide() throws {
    let large = WideRational(.max, over: 3)
    let square = try large.multiplied(by: large)
    #expect(try square.divided(by: large).fraction == Rational(.max, over: 3).fraction)
    #expect(try square.roundedMagnitude(digits: 0) == nil)
    let text = square.fraction.description
    #expect(Fraction(text) == square.fraction)
    #expect(throws: QuoteRefusal.self) {
      var power = large
      while true { power = try power.multiplied(by: power) }
    }
  }

  @Test("wide and 128-bit numbers agree, negative ones of two words included")
  func agreement() throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let pair = (0..<2).map { _ in
        (
          Int128(Int64.random(in: -1_000_000...1_000_000, using: &random)) << 32
            + Int128(UInt32.random(in: 0...UInt32.max, using: &random)),
          Int128(Int64.random(in: 1...1_000_000_000, using: &random))
        )
      }
      let narrow = pair.map { Rational($0.0, over: $0.1) }
      let wide = pair.map { WideRational($0.0, over: $0.1) }
      #expect(
        try narrow[0].adding(narrow[1]).fraction == wide[0].adding(wide[1]).fraction)
      #expect(
        try narrow[0].multiplied(by: narrow[1]).fraction
          == wide[0].multiplied(by: wide[1]).fraction)
      #expect(try narrow[0].roundedDown() == wide[0].roundedDown())
      #expect(
        try narrow[0].roundedMagnitude(digits: 3) == wide[0].roundedMagnitude(digits: 3))
    }
  }

  @Test(
    "rounding is half up on the magnitude",
    arguments: [
      (5, 1000, 2, 1), (-5, 1000, 2, 1), (4999, 1_000_000, 2, 0), (1001, 2, 0, 501),
      (1, 40, 2, 3), (0, 1, 3, 0),
    ])
  func rounding(numerator: Int, denominator: Int, digits: Int, units: Int64) throws {
    let number = Rational(Int128(numerator), over: Int128(denominator))
    #expect(try number.roundedMagnitude(digits: digits) == units)
  }

  @Test(
    "a fraction is read back as it was printed, and nothing else is",
    arguments: ["1803648/9125", "0/1", "-18857/1500", "2/4", "1/0", "1", "", "/", "1/-2", "a/b"])
  func readBack(text: String) {
    let isPrinted = ["1803648/9125", "0/1", "-18857/1500"].contains(text)
    #expect((Fraction(text)?.description == text) == isPrinted)
    let read = Array(text.utf8).withUnsafeBufferPointer { Fraction(characters: $0) }
    #expect(read == Fraction(text))
  }

  @Test("a number is printed and read the same in 128 bits as in any number of bits")
  func textAgreement() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<20_000 {
      let shift = Int.random(in: 0...126, using: &random)
      let numerator = Int128(truncatingIfNeeded: UInt128.random(in: 0...(.max), using: &random))
      let denominator = UInt128.random(in: 1...(1 << 126), using: &random) >> UInt128(shift)
      let narrow = Rational(numerator >> Int128(shift), over: Int128(max(denominator, 1)))
      let fraction = narrow.fraction
      #expect(fraction.description == fraction.wideDescription)
      let (decimal, isExact) = fraction.wideDecimal()
      let cutOff = isExact ? decimal : "≈ " + decimal
      let isShort = fraction.wideDescription.utf8.count <= 25
      #expect(String(wording: "\(amount: narrow)") == cutOff)
      #expect(
        String(wording: "\(narrow)") == (!isExact && isShort ? fraction.wideDescription : cutOff))
      #expect(fraction.inLowestTerms == fraction)
      #expect(fraction.inLowestTerms.description == fraction.wideDescription)
      #expect(Fraction(fraction.description) == Fraction(wideText: fraction.description))
      let characters = Array(fraction.description.utf8)
      #expect(characters.withUnsafeBufferPointer { Fraction(characters: $0) } == fraction)
    }
  }

  @Test(
    "digits stand around the point as they should",
    arguments: [
      (0, 0, "0"), (0, 2, "0.00"), (5, 2, "0.05"), (-19766, 2, "-197.66"), (100, 2, "1.00"),
      (123_456_789_012_345_678, 18, "0.123456789012345678"),
      (1_000_000_000_000_000_000, 0, "1000000000000000000"),
      (9_000_000_000_000_000_001, 18, "9.000000000000000001"),
    ])
  func digits(significand: Int, scale: UInt8, text: String) {
    #expect(ExactDecimal(significand: Int128(significand), scale: scale).description == text)
  }
}
