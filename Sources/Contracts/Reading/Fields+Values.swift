import Billing
import Resizing

extension Fields {
  /// An id that we or others chose: 1 to 128 printable ASCII characters, not beginning or ending
  /// with a space.
  func identifier(_ name: String) throws(ContractViolation) -> String {
    try identifier(name, upTo: String.longestIdentifier)
  }

  /// The id of a payment or refund: that of a request with `pay_` or `ref_` before it, so 1 to 132 characters of the same kind.
  func movementId(_ name: String) throws(ContractViolation) -> String {
    try identifier(name, upTo: String.longestMovementId)
  }

  private func identifier(_ name: String, upTo longest: Int) throws(ContractViolation) -> String {
    let text = try string(name)
    guard text.isIdentifier(upTo: longest) else {
      throw invalid(
        name,
        "should be 1 to \(longest) printable ASCII characters without a space at either end, "
          + "but is \"\(text.shortened)\"")
    }
    return text
  }

  /// A name or word: 1 to 128 characters, none of them a control character.
  func word(_ name: String) throws(ContractViolation) -> String {
    let text = try string(name)
    guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw invalid(
        name, "should be 1 to 128 bytes without control characters, but is \"\(text.shortened)\"")
    }
    return text
  }

  /// The id of an order: 1 to 255 printable ASCII characters; ours are a request id with something
  /// before it.
  func orderId(_ name: String) throws(ContractViolation) -> String {
    let text = try string(name)
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
    else {
      throw invalid(
        name, "should be 1 to 255 printable ASCII characters, but is \"\(text.shortened)\"")
    }
    return text
  }

  func optionalWord(_ name: String) throws(ContractViolation) -> String? {
    optional(name) == nil ? nil : try word(name)
  }

  /// A time of RFC 3339, not before 1970: what some programs write for a time they do not know.
  func instant(_ name: String) throws(ContractViolation) -> Instant {
    let text = try string(name)
    guard let instant = Instant(rfc3339: text) else {
      throw invalid(
        name,
        "should be a time of RFC 3339 such as \"2026-11-20T08:00:00Z\", "
          + "but is \"\(text.shortened)\"")
    }
    guard instant.secondsSinceEpoch >= 0 else {
      throw invalid(name, "is \"\(text)\", before 1970; leave it out if the time is not known")
    }
    return instant
  }

  func optionalInstant(_ name: String) throws(ContractViolation) -> Instant? {
    optional(name) == nil ? nil : try instant(name)
  }

  /// A decimal in a string, of either sign.
  func decimalText(_ name: String) throws(ContractViolation) -> ExactDecimal {
    let value = try required(name)
    guard case .string(let text) = value else {
      throw wrongType(name, "a decimal in a string, such as \"197.66\"", value)
    }
    guard let decimal = ExactDecimal(text) else {
      throw invalid(
        name,
        "should be plain digits with at most one point, such as \"197.66\", "
          + "but is \"\(text.shortened)\"")
    }
    return decimal
  }

  func optionalDecimalText(_ name: String) throws(ContractViolation) -> ExactDecimal? {
    optional(name) == nil ? nil : try decimalText(name)
  }

  /// `{"currency": "USD", "value": "197.66"}`: a currency of ISO 4217, at most its digits, never
  /// negative.
  func money(_ name: String) throws(ContractViolation) -> Money {
    let value = try required(name)
    guard case .object(let members) = value else {
      throw wrongType(name, "an object {\"currency\", \"value\"}", value)
    }
    let fields = Fields(members, path: path(of: name))
    let currency = try fields.currency("currency")
    let decimal = try fields.decimalText("value")
    guard !decimal.isNegative else {
      throw fields.invalid("value", "is \(decimal), must not be negative")
    }
    guard let money = Money(decimal, currency: currency) else {
      throw fields.invalid(
        "value",
        "is \(decimal), but \(currency.code) has \(currency.minorDigits) digits after the point, "
          + "and its smallest units have to fit 64 bits")
    }
    return money
  }

  func optionalMoney(_ name: String) throws(ContractViolation) -> Money? {
    optional(name) == nil ? nil : try money(name)
  }

  func currency(_ name: String) throws(ContractViolation) -> Currency {
    let code = try string(name)
    guard let currency = Currency(code: code) else {
      throw invalid(name, currencyAdvice(code))
    }
    return currency
  }

  /// `{"code", "message"}`; the message may be left out.
  func optionalReason(_ name: String) throws(ContractViolation) -> Reason? {
    guard let fields = try optionalObject(name) else { return nil }
    return Reason(
      code: try fields.word("code"), message: try fields.optionalString("message") ?? "")
  }
}

/// What to write instead of a code that ISO 4217 does not list.
func currencyAdvice(_ code: String) -> String {
  let capitals = code.uppercased()
  let advice =
    Currency(code: capitals) != nil
    ? "write \"\(capitals)\"" : "use a code of ISO 4217 such as \"USD\" or \"JPY\""
  return "is \"\(code.shortened)\", which is no currency; \(advice)"
}

extension String {
  static let longestIdentifier = 128
  static let longestMovementId = longestIdentifier + "pay_".utf8.count

  /// Whether it is 1 to 128 printable ASCII characters, not beginning or ending with a space.
  var isIdentifier: Bool { isIdentifier(upTo: Self.longestIdentifier) }

  func isIdentifier(upTo longest: Int) -> Bool {
    let characters = utf8
    guard (1...longest).contains(characters.count) else { return false }
    guard characters.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return false }
    return characters.first != 0x20 && characters.last != 0x20
  }
}
