import AMQP
import Contracts
import Glibc

extension Settings {
  /// Where the broker is, with password and certificates of their own settings put in.
  func brokerAddress() throws(AMQPError) -> BrokerAddress {
    var address = try configuredAddress()
    if let password = text(.brokerPassword) { address.password = password }
    let files = (text(.brokerCAFile), text(.brokerCertificateFile), text(.brokerKeyFile))
    guard files.0 != nil || files.1 != nil || files.2 != nil else { return address }
    guard var tls = address.tls else {
      throw AMQPError(
        .invalidAddress,
        "Certificates are configured (broker.tls.*), but broker.url begins with amqp://; "
          + "write amqps://.")
    }
    tls.authoritiesFile = files.0 ?? tls.authoritiesFile
    tls.certificateFile = files.1 ?? tls.certificateFile
    tls.keyFile = files.2 ?? tls.keyFile
    address.tls = tls
    return address
  }

  /// The address of `broker.url` alone; an error names where the value comes from.
  private func configuredAddress() throws(AMQPError) -> BrokerAddress {
    do throws(AMQPError) {
      return try BrokerAddress(url: text(.brokerURL) ?? "")
    } catch {
      let origin = self[.brokerURL]?.origin ?? "not set"
      throw AMQPError(error.code, "broker.url (\(origin)) is no address. \(error.message)")
    }
  }

  var channelNames: ChannelNames { ChannelNames(prefix: text(.brokerPrefix) ?? "resize") }

  /// How connections of this process behave.
  /// - Parameter purpose: Shown by the broker, such as `intake`.
  func connection(for purpose: String) -> ConnectionSettings {
    ConnectionSettings(
      name: "resize-worker \(purpose) (\(hostName), process \(getpid()))",
      heartbeatSeconds: Int(milliseconds(.brokerHeartbeat) / 1_000))
  }

  /// The client for declaring and looking into queues.
  func topologyClient() throws(AMQPError) -> TopologyClient {
    TopologyClient(at: try brokerAddress(), settings: connection(for: "topology"))
  }
}

/// The name of this machine; `localhost` where it has none.
var hostName: String {
  let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
    guard let start = buffer.baseAddress, gethostname(start, buffer.count) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
  return name.isEmpty ? "localhost" : name
}
