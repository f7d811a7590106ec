import Billing

/// How an instance is paid for.
public enum BillingMode: String, Sendable, Equatable, CaseIterable {
  case prepaid
  case postpaid
}

/// A disk of an instance, as far as a resize asks about it (000: both system and data disks on cloud disks).
public struct Disk: Sendable, Equatable {
  public var role: String
  public var media: String
  public var sizeGiB: Int

  public init(role: String, media: String, sizeGiB: Int) {
    self.role = role
    self.media = media
    self.sizeGiB = sizeGiB
  }
}

/// A cloud instance as the control plane describes it in `instance.changed.v1`.
///
/// A value that is shared, not copied, from hand to hand: it has two dozen references to count.
public final class Instance: Sendable, Equatable {
  public let instanceId: String
  public let tenantId: String
  public let product: String
  public let zone: String?
  public let billingMode: BillingMode
  /// The control plane's word for what the instance does now, e.g. `stopped`.
  public let state: String
  public let disks: [Disk]
  /// Another operation that the control plane has under way; a resize waits for none.
  public let operation: String?
  /// What billing needs: configuration, periods, orders, usage.
  public let subscription: Subscription

  public init(
    instanceId: String, tenantId: String, product: String, zone: String? = nil,
    billingMode: BillingMode, state: String, disks: [Disk] = [], operation: String? = nil,
    subscription: Subscription
  ) {
    self.instanceId = instanceId
    self.tenantId = tenantId
    self.product = product
    self.zone = zone
    self.billingMode = billingMode
    self.state = state
    self.disks = disks
    self.operation = operation
    self.subscription = subscription
  }

  /// The same instance with other parts where they are given.
  public func with(
    product: String? = nil, state: String? = nil, operation: String? = nil,
    subscription: Subscription? = nil
  ) -> Instance {
    Instance(
      instanceId: instanceId, tenantId: tenantId, product: product ?? self.product, zone: zone,
      billingMode: billingMode, state: state ?? self.state, disks: disks,
      operation: operation ?? self.operation, subscription: subscription ?? self.subscription)
  }

  public static func == (left: Instance, right: Instance) -> Bool {
    left === right
      || left.instanceId == right.instanceId && left.tenantId == right.tenantId
        && left.product == right.product && left.zone == right.zone
        && left.billingMode == right.billingMode && left.state == right.state
        && left.disks == right.disks && left.operation == right.operation
        && left.subscription == right.subscription
  }
}

/// An instance with what the worker keeps about it.
public struct InstanceRecord: Sendable, Equatable {
  public var instance: Instance
  /// The control plane's revision of the record; an older or equal one is ignored.
  public var revision: Int64
  /// The request id of the one live resize, which holds the instance until it ends.
  public var liveResize: String?
  /// Counts our own commits of this row, for compare-and-set; 0 before the first.
  public var version: Int64
  /// Whether the control plane has removed the instance; its row stays as a tombstone against late revisions.
  public var isRemoved: Bool

  public init(
    instance: Instance, revision: Int64, liveResize: String? = nil, version: Int64 = 0,
    isRemoved: Bool = false
  ) {
    self.instance = instance
    self.revision = revision
    self.liveResize = liveResize
    self.version = version
    self.isRemoved = isRemoved
  }
}
