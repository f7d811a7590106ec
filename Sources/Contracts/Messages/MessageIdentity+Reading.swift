extension MessageIdentity {
  /// What can be read of a message that is not in order.
  ///
  /// - Parameters:
  ///   - document: The body, if at least it is JSON.
  ///   - body: Else the first of its bytes are searched for the fields.
  init(of document: JSONValue?, orIn body: [UInt8]) {
    guard let document else {
      self.init(salvagedFrom: body)
      return
    }
    let data = document["data"]
    self.init(
      eventId: document.text("id"), type: document.text("type"),
      requestId: data?.identifier("requestId"), tenantId: data?.identifier("tenantId"),
      instanceId: data?.identifier("instanceId") ?? data?["instance"]?.identifier("instanceId"))
  }

  /// What the first 64 KiB of a body say that is not to be read as a whole.
  public init(searching body: [UInt8]) {
    self.init(salvagedFrom: body)
  }

  /// The request id; where the body says none, the AMQP property `correlation_id` if it could be one.
  public func requestId(orFrom correlationId: String?) -> String? {
    requestId ?? correlationId.flatMap { $0.isIdentifier ? $0 : nil }
  }

  /// How far into a broken body the fields are searched for.
  private static let searchedBytes = 65_536

  private init(salvagedFrom body: [UInt8]) {
    let start = body.prefix(Self.searchedBytes)
    self.init(
      eventId: start.identifier(after: "\"id\""), type: start.identifier(after: "\"type\""),
      requestId: start.identifier(after: "\"requestId\""),
      tenantId: start.identifier(after: "\"tenantId\""),
      instanceId: start.identifier(after: "\"instanceId\""))
  }
}

extension JSONValue {
  fileprivate func text(_ name: String) -> String? {
    guard case .string(let text) = self[name], !text.isEmpty, text.utf8.count <= 255 else {
      return nil
    }
    return text
  }

  fileprivate func identifier(_ name: String) -> String? {
    guard case .string(let text) = self[name], text.isIdentifier else { return nil }
    return text
  }
}

extension ArraySlice<UInt8> {
  /// The string that follows a name in quotes and a colon, if it is a plain identifier.
  fileprivate func identifier(after name: String) -> String? {
    let pattern = Array(name.utf8)
    var from = startIndex
    while let start = self[from...].firstIndex(of: pattern[0]) {
      from = start + 1
      let isEscaped = start > startIndex && self[start - 1] == UInt8(ascii: "\\")
      guard !isEscaped, self[start...].starts(with: pattern) else { continue }
      var rest = self[(start + pattern.count)...].drop(while: \.isWhiteSpace)
      guard rest.popFirst() == UInt8(ascii: ":") else { continue }
      rest = rest.drop(while: \.isWhiteSpace)
      guard rest.popFirst() == UInt8(ascii: "\"") else { continue }
      guard let end = rest.prefix(129).firstIndex(of: UInt8(ascii: "\"")) else { return nil }
      let text = String(decoding: rest[..<end], as: UTF8.self)
      return text.isIdentifier && !text.utf8.contains(UInt8(ascii: "\\")) ? text : nil
    }
    return nil
  }
}

extension UInt8 {
  fileprivate var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
