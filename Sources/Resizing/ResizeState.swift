/// Where a resize stands (Resizing.docc, States). The raw value is the `status` on the wire.
public enum ResizeState: String, Sendable, Equatable, CaseIterable {
  case rejected
  case quoted
  case awaitingPayment
  case applying
  case awaitingRefund
  case compensating
  case completed
  case failed
  case canceled

  /// Whether the resize has ended; it holds its instance no longer, only a late payment can still move money back.
  public var isEnd: Bool {
    switch self {
    case .rejected, .quoted, .completed, .failed, .canceled: true
    case .awaitingPayment, .applying, .awaitingRefund, .compensating: false
    }
  }

  /// The states that may follow this one.
  public var successors: Set<ResizeState> {
    switch self {
    case .rejected, .quoted, .completed, .failed, .canceled: []
    case .awaitingPayment: [.applying, .failed, .canceled]
    case .applying: [.completed, .awaitingRefund, .compensating, .failed]
    case .awaitingRefund: [.completed]
    case .compensating: [.failed]
    }
  }

  /// The states in which a request may begin.
  public static let initial: Set<ResizeState> = [.rejected, .quoted, .awaitingPayment, .applying]
}
