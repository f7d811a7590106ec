/// Who carries a resize out.
public enum ApplyMode: String, Sendable, CaseIterable {
  /// The worker changes its own inventory, in the transaction that decides.
  case inventory
  /// The control plane does, told by `instance.apply.v1`, and answers with `instance.applied.v1`.
  case command
}

/// How patient the state machine is; times in milliseconds.
public struct ResizeRules: Sendable, Equatable {
  public var applyMode: ApplyMode
  /// How often a payment is asked for before it is voided.
  public var paymentAttempts: Int
  /// How long an answer to a payment or refund is waited for before it is asked for again under the same key.
  public var settlementTimeout: Int64
  public var paymentBackOff: BackOff
  /// Refunds are retried without end, at most this far apart.
  public var refundBackOff: BackOff
  /// From this attempt on a refund that does not come through is flagged for attention.
  public var refundAttentionAttempt: Int
  /// How long the control plane's answer is waited for before the command is sent again.
  public var applyTimeout: Int64
  public var applyAttentionAttempt: Int

  public init(
    applyMode: ApplyMode = .inventory, paymentAttempts: Int = 6, settlementTimeout: Int64 = 120_000,
    paymentBackOff: BackOff = BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 300_000),
    refundBackOff: BackOff = BackOff(baseMilliseconds: 1_000, ceilingMilliseconds: 3_600_000),
    refundAttentionAttempt: Int = 5, applyTimeout: Int64 = 600_000, applyAttentionAttempt: Int = 3
  ) {
    self.applyMode = applyMode
    self.paymentAttempts = paymentAttempts
    self.settlementTimeout = settlementTimeout
    self.paymentBackOff = paymentBackOff
    self.refundBackOff = refundBackOff
    self.refundAttentionAttempt = refundAttentionAttempt
    self.applyTimeout = applyTimeout
    self.applyAttentionAttempt = applyAttentionAttempt
  }
}
