import Billing

/// What a request that can be carried out leads to and what it costs: computed once, stored, and charged as stored.
///
/// A value that is shared, not copied, from hand to hand: it has two dozen references to count.
public final class Assessment: Sendable, Equatable {
  public let before: Configuration
  public let after: Configuration
  public let quote: Quote
  /// The explanation of the quote, as it is sent.
  public let lines: QuoteLines

  public init(
    before: Configuration, after: Configuration, quote: Quote, lines: QuoteLines
  ) {
    self.before = before
    self.after = after
    self.quote = quote
    self.lines = lines
  }

  public static func == (left: Assessment, right: Assessment) -> Bool {
    left === right
      || left.before == right.before && left.after == right.after && left.quote == right.quote
        && left.lines == right.lines
  }
}

extension ResizeMachine {
  /// Checks all preconditions and computes the quote: one path for offline quotes, dry runs and charges.
  public func assess(
    _ request: ResizeRequest, _ record: InstanceRecord?, _ now: Instant
  ) throws(Rejection) -> Assessment {
    guard let record, !record.isRemoved else {
      throw Rejection(
        .unknownInstance,
        "instance \(request.instanceId) is not in the inventory; check the id, or import it first")
    }
    guard record.instance.tenantId == request.tenantId else {
      throw Rejection(
        .tenantMismatch,
        "instance \(request.instanceId) does not belong to tenant \(request.tenantId)")
    }
    guard let catalog = catalogs.version(at: now) else {
      throw Rejection(
        .unknownProduct, "no version of the catalogue holds at \(now.rfc3339); add one that does")
    }
    let (product, target) = try Preconditions(request: request, record: record).check(catalog)
    let instance = record.instance
    do throws(QuoteRefusal) {
      let (quote, lines) = try QuoteRequest(
        product: product, productName: instance.product, catalogVersion: catalog.version,
        currency: catalog.currency, subscription: instance.subscription, target: target,
        isPostpaid: instance.billingMode == .postpaid, now: now,
        voucher: request.voucher.map(StatedAmount.init),
        maxCharge: request.maxCharge.map(StatedAmount.init)
      ).explainedQuote()
      return Assessment(
        before: instance.configuration, after: target, quote: quote, lines: lines)
    } catch {
      throw Rejection(Reason(code: error.code.rawValue, message: error.message))
    }
  }
}
