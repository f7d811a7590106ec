/// Where an outgoing message goes, by what it is for; the topology turns it into an exchange of the installation.
public enum Destination: Sendable, Equatable, Hashable {
  /// The result exchange, `resize.results`.
  case results
  /// Straight to the queue that a request named in `reply_to`.
  case reply(queue: String)
  case payments
  case commands
  case metering
  case deadLetters
}

// As the outbox keeps it.
extension Destination {
  static let replyCode: UInt8 = 1

  var code: UInt8 {
    switch self {
    case .results: 0
    case .reply: Self.replyCode
    case .payments: 2
    case .commands: 3
    case .metering: 4
    case .deadLetters: 5
    }
  }

  /// The destination of a code, but for replies, which have the name of their queue, too.
  init?(code: UInt8) {
    switch code {
    case 0: self = .results
    case 2: self = .payments
    case 3: self = .commands
    case 4: self = .metering
    case 5: self = .deadLetters
    default: return nil
    }
  }
}
