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

  init(_ resize: Resize) {
    requestId = resize.requestId
    instanceId = resize.request.instanceId
    tenantId = resize.request.tenantId
    state = resize.state
    needsAttention = resize.attention != nil
    wakeAt = resize.dueAt
    version = resize.version
    record = RecordCodec.encode(resize)
  }
}
