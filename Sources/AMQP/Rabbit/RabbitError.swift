import CRabbitMQ

/// What the library and the broker report, in our terms: the one place that translates.
extension AMQPError {
  /// A status of the library.
  init(status: Int32, doing what: String, with address: BrokerAddress) {
    let host = address.host
    let reason = String(cString: amqp_error_string2(status))
    let (code, advice): (Code, String) =
      switch amqp_status_enum(status) {
      case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED:
        (.unreachable, "Check the host name \(host).")
      case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED:
        (
          .tlsNameMismatch,
          "Its certificate is not made out to \(host): use the DNS name in the certificate "
            + "(an IP address never matches)."
        )
      case AMQP_STATUS_SSL_PEER_VERIFY_FAILED:
        (
          .tlsPeerUntrusted,
          "Its certificate is not signed by the authorities in "
            + "\(address.tls?.authoritiesFile ?? "the system's bundle"), or has expired."
        )
      case AMQP_STATUS_SSL_CONNECTION_FAILED:
        (.tlsFailed, "Check that port \(address.port) speaks TLS 1.2 or later and what it asks.")
      case AMQP_STATUS_TIMEOUT:
        (.timedOut, "Check that it is alive and that no firewall swallows port \(address.port).")
      case AMQP_STATUS_HEARTBEAT_TIMEOUT:
        (.silentPeer, "It is overloaded, stopped, or cut off.")
      case AMQP_STATUS_NO_MEMORY:
        (.outOfResources, "This process is out of memory.")
      case AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD:
        (.authenticationRefused, "It does not offer PLAIN log-in: enable auth_mechanisms PLAIN.")
      case AMQP_STATUS_BAD_AMQP_DATA, AMQP_STATUS_UNKNOWN_CLASS, AMQP_STATUS_UNKNOWN_METHOD,
        AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION, AMQP_STATUS_WRONG_METHOD,
        AMQP_STATUS_UNEXPECTED_STATE:
        (.protocolViolation, "Check that port \(address.port) is RabbitMQ's for AMQP 0-9-1.")
      default:
        (.connectionLost, "It restarts, was stopped, or the network failed.")
      }
    self.init(code, "\(what) \(address) failed: \(reason). \(advice)")
  }

  /// A close of the broker, for a channel or the connection.
  init(_ close: ServerClose, doing what: String, with address: BrokerAddress) {
    let text = close.replyText
    let (code, advice): (Code, String) =
      switch close.replyCode {
      case 403 where close.classID == 10 || text.contains("Login was refused"):
        (.authenticationRefused, "Check user \(address.user) and its password.")
      case 403:
        (.permissionDenied, "Give user \(address.user) the permission with rabbitmqctl.")
      case 404: (.notFound, "Declare it first.")
      case 405: (.resourceLocked, "Another connection uses it exclusively.")
      case 406:
        (
          .preconditionFailed,
          "It exists with other properties, or a limit was broken: change the configuration, "
            + "or delete it and declare it again."
        )
      case 530:
        (
          .virtualHostRefused,
          "Check the virtual host \(address.virtualHost) and that \(address.user) may use it."
        )
      case 501...505, 540: (.protocolViolation, "Please report this.")
      default: (.connectionLost, "It will be tried again.")
      }
    self.init(code, "\(what) \(address) was refused: \(text) (\(close.replyCode)). \(advice)")
  }
}
