/// The members of an envelope that are the same in every event of a type, as they stand in it: written once an installation, not once
/// an event.
struct EnvelopeConstants: Sendable {
  /// `source` and `type`.
  let beforeSubject: [UInt8]
  /// `datacontenttype` and `dataschema`.
  let afterTime: [UInt8]

  init(_ type: EventType, source: String, schemaBaseURL: String) {
    var writer = JSONWriter()
    writer.member("source", source)
    writer.member("type", type.rawValue)
    beforeSubject = writer.bytes
    writer = JSONWriter()
    writer.member("datacontenttype", "application/json")
    writer.member("dataschema", schemaBaseURL + "/" + type.rawValue + ".schema.json")
    afterTime = writer.bytes
  }
}
