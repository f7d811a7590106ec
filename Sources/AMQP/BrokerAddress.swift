/// Where a broker is and as whom to log in.
///
/// The password is never part of a description, a reflection or an error.
public struct BrokerAddress: Sendable, Hashable {
  /// How the broker proves who it is, and how we do.
  public struct TLS: Sendable, Hashable {
    /// PEM file of the authorities to trust. `nil`: the system's bundle
    /// (librabbitmq loads none by itself).
    public var authoritiesFile: String?
    /// PEM file of the client's certificate chain, if the broker asks for one.
    public var certificateFile: String?
    /// PEM file of the client's private key, without a pass phrase.
    public var keyFile: String?
    /// Whether the certificate must be signed by a trusted authority. Only tests turn this off.
    public var verifiesPeer: Bool
    /// Whether the certificate must be made out to ``BrokerAddress/host``. librabbitmq compares
    /// DNS names only: with an IP address as host this never matches.
    public var verifiesName: Bool

    public init(
      authoritiesFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
      verifiesPeer: Bool = true, verifiesName: Bool = true
    ) {
      self.authoritiesFile = authoritiesFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
      self.verifiesPeer = verifiesPeer
      self.verifiesName = verifiesName
    }
  }

  public var host: String
  public var port: UInt16
  public var virtualHost: String
  public var user: String
  public var password: String
  /// `nil`: plain TCP.
  public var tls: TLS?

  public init(
    host: String = "127.0.0.1", port: UInt16 = 5672, virtualHost: String = "/",
    user: String = "guest", password: String = "guest", tls: TLS? = nil
  ) {
    self.host = host
    self.port = port
    self.virtualHost = virtualHost
    self.user = user
    self.password = password
    self.tls = tls
  }
}

extension BrokerAddress: CustomStringConvertible, CustomReflectable {
  /// The address as a URL, with the password left out.
  public var description: String {
    let hostPart = host.contains(":") ? "[\(host)]" : host
    let path = virtualHost == "/" ? "" : "/" + PercentCoding.encode(virtualHost)
    return "\(tls == nil ? "amqp" : "amqps")://\(PercentCoding.encode(user)):***@"
      + "\(hostPart):\(port)\(path)"
  }

  public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}
