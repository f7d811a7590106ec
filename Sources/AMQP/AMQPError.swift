/// What went wrong between this process and the broker, for people and for the code that reacts.
public struct AMQPError: Error, Sendable, Hashable {
  /// The kind of failure. Code decides by this, people read ``AMQPError/message``.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// The broker's URL or one of its parts makes no sense.
    case invalidAddress
    /// Name not found, connection refused, or no answer in time.
    case unreachable
    /// User or password are wrong, or the user may not log in.
    case authenticationRefused
    /// The virtual host does not exist, or the user may not use it.
    case virtualHostRefused
    /// The TLS handshake failed, or a certificate file could not be read.
    case tlsFailed
    /// The broker's certificate is not signed by the authority that was given.
    case tlsPeerUntrusted
    /// The broker's certificate is made out to another name.
    case tlsNameMismatch
    /// A queue or an exchange does not exist (404).
    case notFound
    /// The user may not do this to that queue or exchange (403).
    case permissionDenied
    /// Something of that name exists with other properties, or a limit was broken (406).
    case preconditionFailed
    /// Somebody else holds a queue exclusively (405).
    case resourceLocked
    /// The connection was closed by the broker or the network.
    case connectionLost
    /// Nothing was heard of the broker for two heartbeats, or nothing could be sent to it.
    case silentPeer
    /// The broker did not answer a call in time.
    case timedOut
    /// The peer sent what AMQP 0-9-1 does not allow.
    case protocolViolation
    /// The operating system refused a thread, a pipe, or memory.
    case outOfResources
    /// The bounded queue of the publisher has no room for the batch.
    case noRoom
    /// This object was closed by its owner.
    case closed
  }

  public let code: Code

  /// What happened, to which thing, and what to do about it. Never contains a password.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// Whether trying the same again later can work without anybody changing anything.
  public var isRetriable: Bool {
    switch code {
    case .unreachable, .connectionLost, .silentPeer, .timedOut, .outOfResources, .noRoom,
      .resourceLocked:
      true
    case .invalidAddress, .authenticationRefused, .virtualHostRefused, .tlsFailed,
      .tlsPeerUntrusted, .tlsNameMismatch, .notFound, .permissionDenied, .preconditionFailed,
      .protocolViolation, .closed:
      false
    }
  }
}

extension AMQPError: CustomStringConvertible {
  public var description: String { message }
}
