import Billing
import Contracts
import Resizing
import Seeding

extension SeededGenerator {
  mutating func movement(_ purpose: Movement.Purpose) -> Movement {
    Movement(
      id: movementId(), purpose: purpose, state: one(), amount: money(), attempt: 1 + count(),
      parts: list(3) { Movement.Part(orderId: $0.identifier(), amount: $0.money()) },
      providerReference: maybe { $0.text() })
  }

  mutating func request() -> ResizeRequest {
    ResizeRequest(
      requestId: identifier(), tenantId: identifier(), instanceId: identifier(),
      target: Bool.random(using: &self)
        ? ResizeTarget(spec: identifier(), mbps: maybe { $0.count() })
        : ResizeTarget(units: count()),
      billingMode: maybe { $0.one() }, voucher: maybe { $0.money() },
      maxCharge: maybe { $0.money() }, dryRun: Bool.random(using: &self))
  }

  mutating func context() -> RequestContext {
    RequestContext(
      replyTo: maybe { $0.identifier() }, traceparent: maybe { $0.identifier() },
      tracestate: maybe { $0.text() })
  }

  mutating func resize() -> Resize {
    var resize = Resize(request: request(), context: context(), state: one(), requestedAt: moment())
    resize.sequence = 1 + count()
    resize.updatedAt = moment()
    resize.assessment = maybe {
      Assessment(
        before: $0.configuration(), after: $0.configuration(), quote: $0.quote(), lines: $0.lines())
    }
    resize.reason = maybe { $0.reason() }
    resize.attention = maybe { $0.reason() }
    resize.product = maybe { $0.identifier() }
    resize.payment = maybe { $0.movement(.charge) }
    resize.refund = maybe { numbers in numbers.movement(numbers.one()) }
    resize.applyAttempt = count()
    resize.dueAt = maybe { $0.moment() }
    resize.version = Int64(count())
    return resize
  }

  mutating func order(_ number: Int) -> Order {
    Order(
      orderId: "\(number)-" + identifier(), kind: one(), startsAt: instant(), endsAt: instant(),
      terms: maybe { $0.count() }, listAmount: maybe { $0.decimal() }, paidCash: decimal(),
      paidVoucher: decimal(), refunded: decimal(), status: one(),
      currency: maybe { $0.currency().code },
      change: maybe { Order.Change(from: $0.configuration(), to: $0.configuration()) })
  }

  mutating func instance() -> Instance {
    let orders = (0..<Int.random(in: 0...4, using: &self)).map { order($0) }
    let isInUnits = Bool.random(using: &self)
    return Instance(
      instanceId: identifier(), tenantId: identifier(), product: identifier(),
      zone: maybe { $0.identifier() }, billingMode: one(), state: identifier(),
      disks: list(3) {
        Disk(role: $0.identifier(), media: $0.identifier(), sizeGiB: $0.count())
      }, operation: maybe { $0.identifier() },
      subscription: Subscription(
        startsAt: maybe { $0.instant() }, expiresAt: maybe { $0.instant() }, orders: orders,
        usage: maybe {
          Usage(
            fullMonths: Int.random(in: 0...12_000, using: &$0), partialSeconds: Int64($0.count()))
        },
        network: maybe { Network(billing: $0.one(), mbps: $0.count()) }, downgrades: count(),
        configuration: Configuration(
          spec: isInUnits ? nil : identifier(), units: isInUnits ? count() : nil)))
  }

  mutating func emission() -> Emission {
    let id = identifier()
    let tenant = identifier()
    let instance = identifier()
    switch Int.random(in: 0..<7, using: &self) {
    case 0:
      return .status(
        StatusReport(
          rejecting: id, tenantId: tenant, instanceId: instance, answerTo: identifier(),
          reason: reason()), replyTo: maybe { $0.identifier() })
    case 1, 2:
      var resize = resize()
      resize.reason = resize.reason ?? reason()
      return .status(StatusReport(of: resize), replyTo: maybe { $0.identifier() })
    case 3, 4:
      let purpose: Movement.Purpose = one()
      let request = MovementRequest(
        movement: movement(purpose), requestId: id, tenantId: tenant, instanceId: instance,
        answerBy: Moment(instant()), description: text(), lines: lines(),
        refundedPaymentId: purpose.isRefund ? maybe { $0.movementId() } : nil)
      return purpose.isRefund ? .refundRequested(request) : .paymentRequested(request)
    case 5:
      return .apply(
        requestId: id, tenantId: tenant, instanceId: instance, target: configuration(),
        expectedRevision: Int64(count()), attempt: 1 + count())
    default:
      if Bool.random(using: &self) {
        return .voidRequested(
          paymentId: movementId(), requestId: id, tenantId: tenant, reason: one())
      }
      return .rateChanged(
        requestId: id, tenantId: tenant, instanceId: instance, currency: currency().code,
        before: hourlySteps(), after: hourlySteps(), effectiveAt: Moment(instant()))
    }
  }
}
