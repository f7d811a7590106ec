import Billing

/// The envelope of a message: CloudEvents 1.0, structured JSON, with our attributes only.
struct CloudEvent {
  var id: String
  var source: String
  var type: EventType
  var time: Instant?
  var data: Fields

  /// Reads the envelope; the content of `data` is not looked at yet.
  init(_ document: JSONValue, among types: [EventType]) throws(ContractViolation) {
    guard case .object(let members) = document else {
      throw ContractViolation(
        .notACloudEvent,
        "the body should be a CloudEvent, a JSON object, but is \(document.kindInWords)")
    }
    let fields = Fields(members, path: "")
    try Self.checkVersion(fields)
    type = try EventType.parse(try fields.string("type"), among: types)
    id = try Self.attribute("id", fields)
    source = try Self.attribute("source", fields)
    time = try fields.optionalInstant("time")
    _ = try fields.optionalString("subject")
    try Self.checkContentType(fields)
    data = try fields.object("data")
  }

  private static func checkVersion(_ fields: Fields) throws(ContractViolation) {
    guard let version = fields.optional("specversion") else {
      throw ContractViolation(
        .notACloudEvent, at: "specversion",
        "is missing; a message is a CloudEvent in structured JSON, with \"specversion\": \"1.0\"")
    }
    guard case .string("1.0") = version else {
      throw ContractViolation(.notACloudEvent, at: "specversion", "should be \"1.0\"")
    }
  }

  /// 1 to 255 bytes without control characters: what fits the AMQP property it becomes.
  private static func attribute(
    _ name: String, _ fields: Fields
  ) throws(ContractViolation) -> String {
    let text = try fields.string(name)
    guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else {
      throw fields.invalid(name, "should be 1 to 255 bytes without control characters")
    }
    return text
  }

  private static func checkContentType(_ fields: Fields) throws(ContractViolation) {
    if fields.optional("data_base64") != nil {
      throw fields.invalid("data_base64", "is not read here; put JSON into \"data\"")
    }
    guard let type = try fields.optionalString("datacontenttype"), type != "application/json"
    else { return }
    guard type.lowercased().hasPrefix("application/json") else {
      throw fields.invalid(
        "datacontenttype", "should be \"application/json\", but is \"\(type.shortened)\"")
    }
  }
}
