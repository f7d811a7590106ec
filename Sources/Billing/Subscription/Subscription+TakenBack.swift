extension Subscription {
  /// The orders of resizes that a change takes back: those that began at this very moment and led,
  /// one after the other, from what the instance shall become to what it is.
  ///
  /// Nothing was used of them, so all of their cash is given back, whatever the rule for a downgrade
  /// gives for time that was used: up and straight down again costs nothing. Only resizes whose
  /// ``Order/change`` is on record can be taken back.
  /// - Returns: Their places in `orders`, the last first; none if the change takes nothing back.
  func resizesTakenBack(by target: Configuration, at moment: Instant) -> [Int] {
    // Looked at in place: quotes are made a million times a second, and hardly one takes back.
    let isUsual = orders.indices.allSatisfy { index in
      orders[index].startsAt != moment || orders[index].change == nil
    }
    guard !isUsual else { return [] }
    let goal = whole(after: target)
    var reached = whole
    var taken: [Int] = []
    for index in orders.indices.reversed()
    where orders[index].startsAt == moment && orders[index].status == .paid {
      guard orders[index].kind == .resize, let change = orders[index].change else { continue }
      guard change.to == reached else { return [] }
      taken.append(index)
      reached = change.from
      if reached == goal { return taken }
    }
    return []
  }

  /// What it is, with the Mbps that its network is billed for.
  var whole: Configuration { whole(after: Configuration()) }

  /// What it would be after a change, with the Mbps that its network would be billed for.
  func whole(after target: Configuration) -> Configuration {
    let isBilledByBandwidth = network?.billing == .bandwidth
    return Configuration(
      spec: target.spec ?? configuration.spec, units: target.units ?? configuration.units,
      mbps: isBilledByBandwidth ? target.mbps ?? network?.mbps : nil)
  }
}
