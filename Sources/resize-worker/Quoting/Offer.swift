import Billing
import Contracts
import Resizing

/// What one change of an instance would cost, or why it cannot be had.
struct Offer: Sendable {
  var target: ResizeTarget
  var answer: Result<Assessment, Rejection>

  init(_ target: ResizeTarget, for instance: InstanceRecord, _ asked: Asked) {
    self.target = target
    let request = ResizeRequest(
      requestId: "quote", tenantId: instance.instance.tenantId,
      instanceId: instance.instance.instanceId, target: target, voucher: asked.voucher,
      maxCharge: asked.maxCharge)
    answer = Result { () throws(Rejection) in
      try asked.machine.assess(request, instance, asked.now)
    }
  }

  /// What all offers of one question have in common.
  struct Asked: Sendable {
    var machine: ResizeMachine
    var now: Instant
    var voucher: Money?
    var maxCharge: Money?
  }

  /// Everything that the instance could become, cheapest change first as the catalogue has it.
  static func all(
    for instance: InstanceRecord, mbps: Int?, _ asked: Asked
  ) throws(Problem) -> [Offer] {
    let name = instance.instance.product
    guard let product = asked.machine.catalogs.version(at: asked.now)?.products[name] else {
      throw Problem(.didNotWorkOut, "product \(name) is not in the catalogue of that time")
    }
    let current = instance.instance.subscription.configuration
    var targets: [ResizeTarget] = []
    if let unit = product.unit {
      let units = current.units ?? unit.min
      let counts = [unit.min, units / 2, units - 1, units + 1, units + units / 2, units * 2]
      targets = Set(counts).filter { $0 >= max(unit.min, 1) && $0 != units }.sorted().map {
        ResizeTarget(units: $0, mbps: mbps)
      }
    } else {
      targets = product.specifications.keys.filter { $0 != current.spec || mbps != nil }.sorted()
        .map { ResizeTarget(spec: $0, mbps: mbps) }
    }
    return targets.map { Offer($0, for: instance, asked) }
  }
}

extension Offer {
  var json: JSONValue {
    let target = JSONValue.object(some: [
      ("spec", self.target.spec.map { .string($0) }),
      ("units", self.target.units.map { .number(String($0)) }),
      ("mbps", self.target.mbps.map { .number(String($0)) }),
    ])
    return .object(some: [("target", target), ("quote", quote), ("rejection", rejection)])
  }

  /// The same members as in an answer to a scenario.
  private var quote: JSONValue? { answerMember("quote") }
  private var rejection: JSONValue? { answerMember("rejection") }

  private func answerMember(_ name: String) -> JSONValue? {
    let bytes =
      switch answer {
      case .success(let found):
        ScenarioAnswer.encode(id: .null, quote: found.quote, lines: found.lines)
      case .failure(let rejection): ScenarioAnswer.encode(id: .null, rejection: rejection.reason)
      }
    return try? JSONParser.parse(bytes)[name]
  }
}
