import Billing

// What is told after the matter was settled, and says otherwise. It changes nothing any more, and people have to look: the money or
// the instance may not be what is on record.

extension Movement {
  /// Why a settlement of a movement that has succeeded is for people; nil where it says the same, or says less.
  func contradiction(in settlement: Settlement) -> Reason? {
    guard state == .succeeded, settlement.outcome == .succeeded else { return nil }
    if let settled = settlement.settled, settled != amount {
      return Reason(
        .contradictorySettlement,
        "\(id) was settled with \(amount), and now with \(settled); "
          + "if money moved twice, settle it by hand")
    }
    guard let known = providerReference, let other = settlement.providerReference, known != other
    else { return nil }
    return Reason(
      .contradictorySettlement,
      "\(id) was settled as \(known), and now as \(other); if money moved twice, settle it by hand")
  }
}

extension Resize {
  /// Why the control plane's report is for people: it has applied what was taken to have failed.
  func contradiction(in report: ApplyReport) -> Reason? {
    guard report.outcome == .applied, applyAttempt > 0, state == .compensating || state == .failed
    else { return nil }
    let cause = reason.map { " (\($0.code))" } ?? ""
    return Reason(
      .appliedAfterFailure,
      "the control plane has applied \(requestId) to \(request.instanceId), which was taken to have "
        + "failed\(cause); a payment was given back, and no refund asked for: take the change back, or "
        + "settle it by hand")
  }
}

extension Instance {
  /// This instance with no order less refunded than it was: a revision may have been made before its maker knew of a refund, and the
  /// same cash would be refunded again.
  func rememberingRefunds(of former: Instance) -> Instance {
    let refunded = former.subscription.orders.reduce(into: [:]) { $0[$1.orderId] = $1.refunded }
    guard
      subscription.orders.contains(where: { $0.refunded < refunded[$0.orderId] ?? $0.refunded })
    else { return self }
    var changed = subscription
    changed.orders = subscription.orders.map { order in
      var order = order
      order.refunded = max(order.refunded, refunded[order.orderId] ?? order.refunded)
      return order
    }
    return with(subscription: changed)
  }
}
