extension BrokerAddress {
  /// Reads `amqp://user:password@host:port/vhost` or `amqps://…`, the form of RabbitMQ's URI
  /// specification.
  ///
  /// User, password and virtual host are percent-decoded; a missing or empty virtual host is `/`.
  /// With `amqps`, these options are read: `cacertfile`, `certfile`, `keyfile` and `verify`
  /// (`verify_peer` or `verify_none`).
  ///
  /// - Throws: ``AMQPError/Code/invalidAddress`` naming the part that is wrong, never its value
  ///   where that could be the password.
  public init(url: String) throws(AMQPError) {
    let (isSecure, rest) = try Self.scheme(of: url)
    self.init(port: isSecure ? 5671 : 5672, tls: isSecure ? TLS() : nil)
    let (location, query) = rest.divided(at: "?")
    let (authority, path) = location.divided(at: "/")
    try readAuthority(authority)
    if let path, !path.isEmpty {
      virtualHost = try Self.decoded(path, as: "virtual host")
    }
    for option in (query ?? "").split(separator: "&") {
      try readOption(option)
    }
  }

  private static func scheme(of url: String) throws(AMQPError) -> (Bool, Substring) {
    for (scheme, isSecure) in [("amqp://", false), ("amqps://", true)] where url.hasPrefix(scheme) {
      return (isSecure, url.dropFirst(scheme.count))
    }
    throw AMQPError(
      .invalidAddress,
      "The broker's address must look like amqp://user:password@host:5672/vhost or amqps://…")
  }

  private mutating func readAuthority(_ authority: Substring) throws(AMQPError) {
    var place = authority
    if let at = authority.lastIndex(of: "@") {
      let (name, secret) = authority[..<at].divided(at: ":")
      user = try Self.decoded(name, as: "user")
      password = try Self.decoded(secret ?? "", as: "password")
      place = authority[authority.index(after: at)...]
    }
    let portText: Substring?
    if place.hasPrefix("[") {
      guard let end = place.firstIndex(of: "]") else {
        throw AMQPError(.invalidAddress, "The broker's address has '[' without ']' in its host.")
      }
      host = String(place[place.index(after: place.startIndex)..<end])
      portText = place[place.index(after: end)...].divided(at: ":").1
    } else {
      let (name, number) = place.divided(at: ":")
      host = try Self.decoded(name, as: "host")
      portText = number
    }
    if host.isEmpty || host.utf8.contains(0) {
      throw AMQPError(.invalidAddress, "The broker's address names no host.")
    }
    if let portText, !portText.isEmpty {
      guard let number = UInt16(portText), number > 0 else {
        throw AMQPError(
          .invalidAddress,
          "The port of the broker's address is not a number from 1 to 65535. "
            + "A ':' or '@' in a password is written %3A or %40.")
      }
      port = number
    }
  }

  private mutating func readOption(_ option: Substring) throws(AMQPError) {
    let (name, text) = option.divided(at: "=")
    let value = try Self.decoded(text ?? "", as: "option \(name)")
    guard tls != nil else {
      throw AMQPError(
        .invalidAddress, "The option \(name) of the broker's address needs amqps://.")
    }
    switch (name, value) {
    case ("cacertfile", _): tls?.authoritiesFile = value
    case ("certfile", _): tls?.certificateFile = value
    case ("keyfile", _): tls?.keyFile = value
    case ("verify", "verify_peer"): break
    case ("verify", "verify_none"):
      tls?.verifiesPeer = false
      tls?.verifiesName = false
    default:
      throw AMQPError(
        .invalidAddress,
        "The broker's address has an unknown option \(name). Known are cacertfile, certfile, "
          + "keyfile and verify (verify_peer or verify_none).")
    }
  }

  private static func decoded(_ text: Substring, as part: String) throws(AMQPError) -> String {
    guard let decoded = PercentCoding.decode(text), !decoded.utf8.contains(0) else {
      throw AMQPError(
        .invalidAddress,
        "The \(part) of the broker's address is not percent-encoded UTF-8: "
          + "write a '%' as %25.")
    }
    return decoded
  }
}

extension Substring {
  /// What stands before and after the first `mark`; nothing after it if there is none.
  fileprivate func divided(at mark: Character) -> (Substring, Substring?) {
    guard let index = firstIndex(of: mark) else { return (self, nil) }
    return (self[..<index], self[self.index(after: index)...])
  }
}

/// Percent-encoding of RFC 3986, section 2.1.
enum PercentCoding {
  static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  static func encode(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        encoded.append(byte)
      default:
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
