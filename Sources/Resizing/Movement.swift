import Billing

/// One movement of money, a payment or a refund, under one idempotency key for its whole life.
public struct Movement: Sendable, Equatable {
  /// What the movement is for; it says the direction, too.
  public enum Purpose: String, Sendable, Equatable, CaseIterable {
    /// The charge of an upgrade.
    case charge
    /// The refund of a downgrade.
    case downgrade
    /// The whole payment back, since the resize could not be applied.
    case compensation
    /// The whole payment back, since it succeeded after the resize had ended.
    case latePayment

    public var isRefund: Bool { self != .charge }
  }

  /// Where the movement stands.
  public enum State: String, Sendable, Equatable, CaseIterable {
    /// Asked for; the answer, or its time-out, is awaited.
    case requested
    /// Failed in a way that may pass; asked again when the back-off is over.
    case backingOff
    /// An operator wants it asked for again at once, whatever the number of attempts.
    case retrying
    case succeeded
    /// Refused for good by the payment service.
    case declined
    /// Given up by us and asked to be voided; a success that comes late is refunded.
    case voided
  }

  /// A part of a refund and the order whose cash it gives back.
  public struct Part: Sendable, Equatable {
    public var orderId: String
    public var amount: Money

    public init(orderId: String, amount: Money) {
      self.orderId = orderId
      self.amount = amount
    }
  }

  /// `pay_…` or `ref_…`, derived from the request id: it is also the idempotency key.
  public var id: String
  public var purpose: Purpose
  public var state: State
  public var amount: Money
  /// How often it was asked for; 1 with the first request.
  public var attempt: Int
  /// Of what orders a refund gives back; empty for a charge.
  public var parts: [Part]
  public var providerReference: String?

  public init(
    id: String, purpose: Purpose, state: State = .requested, amount: Money, attempt: Int = 1,
    parts: [Part] = [], providerReference: String? = nil
  ) {
    self.id = id
    self.purpose = purpose
    self.state = state
    self.amount = amount
    self.attempt = attempt
    self.parts = parts
    self.providerReference = providerReference
  }
}
