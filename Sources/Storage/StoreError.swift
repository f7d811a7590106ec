/// What went wrong with the store, in words for the operator.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// Cannot be opened or reached; may come back.
    case unavailable
    /// What is configured cannot be: an address or a name.
    case misconfigured
    /// Another process holds it for longer than the busy time-out; may pass.
    case locked
    /// No space left on the device; may pass.
    case full
    /// The file, its folder, or the account may not be written.
    case readOnly
    /// The server refuses the log-in, or the account lacks a permission.
    case denied
    /// The file is no database of ours, or is damaged.
    case corrupt
    /// The schema is newer than this program, or of something else.
    case schemaMismatch
    /// The engine refused a value, not the whole batch's fault: the batch is split until it is
    /// alone.
    case refused
  }

  public var code: Code
  /// What happened, to which database, and what to do.
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Whether the same call may succeed later without anybody changing anything.
  public var isRetriable: Bool {
    switch code {
    case .unavailable, .locked, .full: true
    case .misconfigured, .readOnly, .denied, .corrupt, .schemaMismatch, .refused: false
    }
  }

  /// Whether the call is known to have changed nothing; otherwise it may have been carried out.
  public var isRolledBack: Bool {
    switch code {
    case .locked, .denied, .refused, .schemaMismatch, .misconfigured: true
    case .unavailable, .full, .readOnly, .corrupt: false
    }
  }

  public var description: String { message }
}
