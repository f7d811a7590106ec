/// Why there is no quote.
///
/// Trying again with the same request never helps: something in it has to change first.
public struct QuoteRefusal: Error, Hashable, Sendable {
  /// What is wrong, for programs.
  public let code: Code

  /// What is wrong, with which thing, and what to do, for people.
  public let message: String

  /// A refusal with its explanation.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The preconditions of billing, in the order they are checked; raw values are wire names.
  public enum Code: String, Hashable, Sendable, CaseIterable {
    /// The current or the wanted specification is not in the catalogue.
    case unknownSpec = "UnknownSpec"
    /// A period ends before it starts, or the change is before the start.
    case invalidPeriod = "InvalidPeriod"
    /// The subscription is over; it has to be renewed first.
    case instanceExpired = "InstanceExpired"
    /// An order waits for its payment.
    case unpaidOrder = "UnpaidOrder"
    /// Something is in another currency than the catalogue; nothing is ever converted.
    case currencyMismatch = "CurrencyMismatch"
    /// A price is missing, negative, or zero where it is divided by.
    case invalidPrice = "InvalidPrice"
    /// The instance was downgraded as often as the product allows.
    case downgradeLimitReached = "DowngradeLimitReached"
    /// The result does not fit a signed 64-bit count of minor units.
    case amountTooLarge = "AmountTooLarge"
    /// The charge is above the limit the request names.
    case chargeAboveLimit = "ChargeAboveLimit"
  }
}

extension QuoteRefusal: CustomStringConvertible {
  public var description: String { "\(code.rawValue): \(message)" }
}
