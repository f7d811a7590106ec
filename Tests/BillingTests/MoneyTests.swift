import Testing

@testable import Billing

@Suite("Money and decimals")
struct MoneyTests {
  @Test(
    "a plain decimal is read and printed as it was written",
    arguments: [
      "0", "16.8", "16.80", "-5", "-0.01", "0.000000000000000001", "999999999999999999",
      "-999999999999999999.999999999999999999", "9223372036854775807",
      "-9999999999999999999.999999999999999999",
    ])
  func plainDecimals(text: String) throws {
    #expect(try #require(ExactDecimal(text)).description == text)
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "-", ".", "1e3", "1E3", "+1", "1.", ".5", "-.5", " 1", "1 ", "１", "٣", "01", "00", "-0",
      "-0.0", "--1", "1-", "1.2.3", "1,5", "0x10", "NaN", "inf", "1_000", "\u{2212}1", "1\0",
      "10000000000000000000", "0.0000000000000000001",
    ])
  func refusedDecimals(text: String) {
    #expect(ExactDecimal(text) == nil)
    #expect(Currency(code: "USD").flatMap { Money(value: text, currency: $0) } == nil)
  }

  @Test("decimals compare by value, not by how they are written")
  func comparison() throws {
    let values = ["-10", "-9.99", "-0.5", "0", "0.049", "0.05", "1", "10.5", "10.51"]
    let decimals = try values.map { try #require(ExactDecimal($0)) }
    #expect(decimals == decimals.shuffled().sorted())
    #expect(ExactDecimal("1.50") == ExactDecimal("1.5"))
    #expect(Set([ExactDecimal("1.50"), ExactDecimal("1.5"), ExactDecimal("1.500")]).count == 1)
  }

  @Test(
    "money has the digits of its currency",
    arguments: [
      ("USD", "197.66", 19_766), ("USD", "50", 5000), ("USD", "-0.01", -1), ("JPY", "501", 501),
      ("KWD", "1.005", 1005), ("CLF", "0.0001", 1), ("USD", "92233720368547758.07", Int64.max),
      ("JPY", "9223372036854775807", Int64.max),
    ])
  func minorUnits(code: String, value: String, units: Int64) throws {
    let currency = try #require(Currency(code: code))
    let money = try #require(Money(value: value, currency: currency))
    #expect(money.minorUnits == units)
    #expect(Money(value: money.value, currency: currency) == money)
    #expect(StatedAmount(money).value == ExactDecimal(value))
  }

  @Test(
    "money with more digits than its currency, or beyond 64 bits, is refused",
    arguments: [
      ("USD", "0.001"), ("USD", "0.100"), ("JPY", "1.0"), ("KWD", "0.0001"),
      ("USD", "92233720368547758.08"), ("USD", "999999999999999999"),
      ("JPY", "9223372036854775808"), ("CLF", "9999999999999999999"),
    ])
  func refusedMoney(code: String, value: String) throws {
    #expect(Money(value: value, currency: try #require(Currency(code: code))) == nil)
  }

  @Test("a currency is read from characters as it is from a text, whatever they are")
  func currencyCharacters() {
    let known = Set(Currency.all.map(\.code))
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ@[az ".utf8)
    func read(_ characters: [UInt8]) -> Currency? {
      characters.withUnsafeBufferPointer { Currency(characters: $0) }
    }
    for first in letters {
      for second in letters {
        #expect(read([first, second]) == nil)
        for third in letters {
          let code = [first, second, third]
          let text = String(decoding: code, as: UTF8.self)
          #expect(read(code)?.code == (known.contains(text) ? text : nil))
        }
      }
    }
    for code in ["", "U", "USDT", "ÉU", "\u{212A}"] { #expect(read(Array(code.utf8)) == nil) }
    #expect(read([0xFF, 0xFF, 0xFF]) == nil && read([0, 0, 0]) == nil)
  }

  @Test("every currency has its minor digits, unknown codes are no currencies")
  func currencies() throws {
    let digits = Dictionary(grouping: Currency.all, by: \.minorDigits)
    #expect(Currency.all.count == 167)
    #expect(digits[0]?.count == 17)
    #expect(digits[3]?.map(\.code) == ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
    #expect(digits[4]?.map(\.code) == ["CLF", "UYW"])
    for currency in Currency.all {
      #expect(Currency(code: currency.code) == currency)
    }
    for code in ["", "usd", "US", "USDX", "XXX", "XAU", "DEM", "ＵＳＤ"] {
      #expect(Currency(code: code) == nil)
    }
  }
}
