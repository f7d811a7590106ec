import Seeding
import Testing

@testable import Billing

/// Texts that are put together in one piece say what the standard library's interpolation says.
@Suite("Wording")
struct WordingTests {
  /// A text of up to so many characters, some of two to four bytes.
  private func text(upTo length: Int, _ random: inout SeededGenerator) -> String {
    let alphabet = Array("abc 12,.\"é€≈−×😀")
    let count = Int.random(in: 0...length, using: &random)
    return String(
      (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
  }

  @Test("pieces of any kind and length are one text, however many there are")
  func pieces() throws {
    var random = SeededGenerator(seed: 31)
    for _ in 0..<2_000 {
      var wording = Wording()
      var text = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let bits = UInt64.random(in: .min ... .max, using: &random)
        let number = Int64(truncatingIfNeeded: bits) >> Int64(bits % 64)
        switch bits % 6 {
        case 0:
          wording += "number \(number) or \(Int(number)), "
          text += "number \(number) or \(Int(number)), "
        case 1:
          let large = Int128(number) << Int128(bits % 60)
          wording += "\(large)"
          text += "\(large)"
        case 2:
          let decimal = ExactDecimal(significand: Int128(number), scale: UInt8(bits % 19))
          wording += "≈ \(decimal) × "
          text += "≈ \(simple(decimal)) × "
        case 3:
          let money = Money(minorUnits: number, currency: Currency.all[Int(bits % 100)])
          wording += "\(money), which is \(amount: money)"
          text += "\(money.value) \(money.currency.code), which is \(money.value)"
        case 4:
          let (short, long) = (self.text(upTo: 20, &random), self.text(upTo: 300, &random))
          let inner: Wording = "(\(long))"
          wording += "\(short)\(inner)"
          text += "\(short)(\(long))"
        default:
          wording = wording + "\(Instant(secondsSinceEpoch: Int64(bits % 4_000_000_000)))"
          text += "\(Instant(secondsSinceEpoch: Int64(bits % 4_000_000_000)))"
        }
      }
      #expect(Array(String(wording: wording).utf8) == Array(text.utf8))
      #expect(String(wording: wording).hashValue == text.hashValue)
    }
  }

  @Test("a text that just fills its room, or is one byte longer, is whole", arguments: 120...140)
  func room(length: Int) {
    let text = String(repeating: "x", count: length)
    #expect(String(wording: "\(text)") == text)
    #expect(String(wording: "a\(text)b") == "a" + text + "b")
  }

  /// The standard library's digits, with the point put between them.
  private func simple(_ decimal: ExactDecimal) -> String {
    let digits = String(decimal.significand.magnitude)
    let scale = Int(decimal.scale)
    let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
    let sign = decimal.isNegative ? "-" : ""
    return sign + padded.dropLast(scale) + (scale > 0 ? "." + padded.suffix(scale) : "")
  }

  @Test("digits stand where the standard library's do, with the point where it belongs")
  func digits() {
    var random = SeededGenerator(seed: 32)
    for _ in 0..<5_000 {
      let bits = UInt128.random(in: .min ... .max, using: &random)
      let decimal = ExactDecimal(
        significand: Int128(truncatingIfNeeded: bits) >> Int128(bits % 128),
        scale: UInt8.random(in: 0...18, using: &random))
      #expect(decimal.description == simple(decimal))
    }
  }

  @Test(
    "lengths are in days where those are short",
    arguments: [
      (0, 1, "0 days", "0 of 1 seconds"), (86_400, 172_800, "1 day", "1 of 2 days"),
      (864, 86_400, "0.01 days", "0.01 of 1 day"),
      (43_200, 43_201, "0.5 days", "43200 of 43201 seconds"),
      (21_081_600, 31_536_000, "244 days", "244 of 365 days"),
      (100, 86_400, "100/86400 days", "100 of 86400 seconds"),
    ])
  func lengths(part: Int, whole: Int, length: String, share: String) {
    #expect(String(wording: "\(days: Int64(part))") == length)
    #expect(String(wording: "\(Int64(part), of: Int64(whole))") == share)
  }

  @Test(
    "one is counted without an s", arguments: [(1, "1 term"), (0, "0 terms"), (12, "12 terms")])
  func counts(count: Int, text: String) {
    #expect(String(wording: "\(count, "term")") == text)
  }
}
