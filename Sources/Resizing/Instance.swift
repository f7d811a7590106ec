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
public struct Instance: Sendable, Equatable {
  public var instanceId: String
  public var tenantId: String
  public var product: String
  public var zone: String?
  public var billingMode: BillingMode
  /// The control plane's word for what the instance does now, e.g. `stopped`.
  public var state: String
  public var disks: [Disk]
  /// Another operation that the control plane has under way; a resize waits for none.
  public var operation: String?
  /// What billing needs: configuration, periods, orders, usage.
  public var subscription: Subscription

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
