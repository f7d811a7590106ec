import Resizing

/// That a resize takes an instance, or lets it go.
///
/// Most requests change nothing else of an instance: without this its whole record would be encoded
/// and written again for one column.
public struct InstanceLock: Sendable, Equatable {
  public var instanceId: String
  /// The request id of the resize that holds the instance from now on; nil frees it.
  public var liveResize: String?
  /// The version that the instance was loaded with, for compare-and-set; never 0, since the lock
  /// makes no row.
  public var version: Int64

  public init(instanceId: String, liveResize: String?, version: Int64) {
    self.instanceId = instanceId
    self.liveResize = liveResize
    self.version = version
  }
}

extension InstanceRecord {
  /// What has changed since a stored state of the same instance, if it is the holder alone.
  public func lock(since stored: InstanceRecord) -> InstanceLock? {
    guard stored.version > 0, version == stored.version, revision == stored.revision,
      isRemoved == stored.isRemoved, instance == stored.instance
    else { return nil }
    return InstanceLock(
      instanceId: instance.instanceId, liveResize: liveResize, version: version)
  }
}
