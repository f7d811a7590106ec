import Contracts
import Resizing

/// A resize as it is written: what its row has columns for, and its record.
struct ResizeRow {
  let requestId: String
  let instanceId: String
  let tenantId: String
  let state: ResizeState
  let needsAttention: Bool
  let wakeAt: Moment?
  /// The version that the row has to have; 0 where there must be none.
  let version: Int64
  let record: [UInt8]
  /// What the commit tells of it; empty where the row is there.
  let beginning: TimelinePage

  init(_ resize: Resize, beginning: ArraySlice<TimelineEntry>) {
    requestId = resize.requestId
    instanceId = resize.request.instanceId
    tenantId = resize.request.tenantId
    state = resize.state
    needsAttention = resize.attention != nil
    wakeAt = resize.dueAt
    version = resize.version
    record = RecordCodec.encode(resize)
    self.beginning = TimelinePage(of: requestId, beginning)
  }
}
