import CRabbitMQ

/// Opening the socket and logging in: what is done once in the life of a connection.
struct RabbitLogin {
  let address: BrokerAddress
  let settings: ConnectionSettings

  /// Bytes of the largest frame; RabbitMQ's own default.
  static let frameMax: Int32 = 131_072

  /// Opens the socket, with TLS if the address says so.
  func openSocket(_ state: amqp_connection_state_t) throws(AMQPError) {
    let socket =
      try address.tls.map { (tls) throws(AMQPError) in
        try secureSocket(state, tls)
      } ?? amqp_tcp_socket_new(state)
    guard let socket else {
      throw AMQPError(.outOfResources, "No memory for a connection to \(address).")
    }
    var timeout = settings.connectTimeout.timeval
    let status = amqp_socket_open_noblock(socket, address.host, Int32(address.port), &timeout)
    if status == AMQP_STATUS_SOCKET_ERROR.rawValue {
      throw AMQPError(
        .unreachable,
        "Nothing answers at \(address): check that the broker runs and listens there.")
    }
    guard status == AMQP_STATUS_OK.rawValue else {
      throw AMQPError(status: status, doing: "Connecting to", with: address)
    }
  }

  private func secureSocket(
    _ state: amqp_connection_state_t, _ tls: BrokerAddress.TLS
  ) throws(AMQPError) -> OpaquePointer? {
    guard let socket = amqp_ssl_socket_new(state) else { return nil }
    amqp_ssl_socket_set_verify_peer(socket, tls.verifiesPeer ? 1 : 0)
    amqp_ssl_socket_set_verify_hostname(socket, tls.verifiesName ? 1 : 0)
    guard
      amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST)
        == AMQP_STATUS_OK.rawValue
    else {
      throw AMQPError(.tlsFailed, "This system's TLS library does not offer TLS 1.2.")
    }
    if tls.verifiesPeer || tls.authoritiesFile != nil {
      let file = tls.authoritiesFile ?? Self.systemAuthorities
      guard amqp_ssl_socket_set_cacert(socket, file) == AMQP_STATUS_OK.rawValue else {
        throw AMQPError(
          .tlsFailed,
          "The authorities in \(file) cannot be read: name a PEM file with cacertfile=.")
      }
    }
    if let certificate = tls.certificateFile {
      let key = tls.keyFile ?? certificate
      guard amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
        throw AMQPError(
          .tlsFailed,
          "The client certificate \(certificate) or its key \(key) cannot be read: both must be "
            + "PEM files, the key without a pass phrase.")
      }
    }
    return socket
  }

  /// Where Debian and most others keep the authorities; librabbitmq looks nowhere by itself.
  private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

  /// Logs in and announces what this client can do.
  func logIn(_ state: amqp_connection_state_t) throws(AMQPError) {
    var connectTimeout = settings.connectTimeout.timeval
    amqp_set_handshake_timeout(state, &connectTimeout)
    var callTimeout = settings.callTimeout.timeval
    amqp_set_rpc_timeout(state, &callTimeout)
    let reply = try withClientProperties { properties in
      crabbitmq_login_plain(
        state, address.virtualHost, 8, Self.frameMax, Int32(settings.heartbeatSeconds),
        &properties, address.user, address.password)
    }
    switch reply.reply_type {
    case AMQP_RESPONSE_NORMAL: return
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      guard reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD, let decoded = reply.reply.decoded
      else {
        throw AMQPError(.protocolViolation, "Logging in to \(address) got an answer out of turn.")
      }
      var close = ServerClose(decoded.load(as: amqp_connection_close_t.self))
      if close.replyCode == 403 { close.classID = 10 }
      throw AMQPError(close, doing: "Logging in to", with: address)
    default:
      throw AMQPError(status: reply.library_error, doing: "Logging in to", with: address)
    }
  }

  /// Lends the client's properties as the library wants them.
  private func withClientProperties<R>(
    _ body: (inout amqp_table_t) -> R
  ) throws(AMQPError) -> R {
    let capabilities = [
      "authentication_failure_close", "basic.nack", "connection.blocked",
      "consumer_cancel_notify", "publisher_confirms",
    ]
    let properties: HeaderTable = [
      "connection_name": .string(settings.name),
      "capabilities": .table(HeaderTable(capabilities.map { .init(name: $0, value: true) })),
    ]
    var encoded = OutputBuffer()
    _ = encoded.append(properties)
    var pool = amqp_pool_t()
    init_amqp_pool(&pool, 4_096)
    defer { empty_amqp_pool(&pool) }
    var table = amqp_table_t()
    var bytes = encoded.bytes
    let (status, result) = bytes.withUnsafeMutableBytes { raw in
      var offset = 0
      let source = amqp_bytes_t(len: raw.count, bytes: raw.baseAddress)
      let status = amqp_decode_table(source, &pool, &table, &offset)
      return (status, status == AMQP_STATUS_OK.rawValue ? body(&table) : nil)
    }
    guard let result else {
      throw AMQPError(status: status, doing: "Logging in to", with: address)
    }
    return result
  }
}
