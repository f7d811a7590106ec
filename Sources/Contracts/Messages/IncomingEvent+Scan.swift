import Billing
import Resizing

// The short way for requests and settlements, which are most of what comes in: read by way of `JSONValue`, each costs some hundred
// allocations and comparisons for names that are looked at once.
extension IncomingEvent {
  /// Reads a message that has no members but the usual ones, each at most once and none of them null.
  init(
    scanning scanner: inout JSONScanner, _ context: RequestContext
  ) throws(JSONScanner.Surprise) {
    var envelope = ScannedEnvelope()
    try scanner.beginObject()
    while let name = try scanner.nextName() { try envelope.take(name, &scanner) }
    try scanner.requireEnd()
    guard let version = envelope.version, version.says("1.0"), let type = envelope.type,
      envelope.contentType?.says("application/json") ?? true, let id = envelope.id,
      let source = envelope.source, let data = envelope.data
    else { throw JSONScanner.Surprise() }
    let meaning = try data.meaning(as: type, context)
    self.init(
      id: try id.string(upTo: 255), source: try source.string(upTo: 255), type: meaning.type,
      time: try envelope.time?.instant(), input: meaning.input)
  }
}

/// The members of an envelope that were met so far.
private struct ScannedEnvelope {
  var version: JSONScanner.Text?
  var id: JSONScanner.Text?
  var source: JSONScanner.Text?
  var type: JSONScanner.Text?
  var time: JSONScanner.Text?
  var subject: JSONScanner.Text?
  var contentType: JSONScanner.Text?
  var schema: JSONScanner.Text?
  var data: ScannedData?

  mutating func take(
    _ name: JSONScanner.Text, _ scanner: inout JSONScanner
  ) throws(JSONScanner.Surprise) {
    if name.says("specversion") { return try scanner.takeText(into: &version) }
    if name.says("id") { return try scanner.takeText(into: &id) }
    if name.says("source") { return try scanner.takeText(into: &source) }
    if name.says("type") { return try scanner.takeText(into: &type) }
    if name.says("time") { return try scanner.takeText(into: &time) }
    if name.says("subject") { return try scanner.takeText(into: &subject) }
    if name.says("datacontenttype") { return try scanner.takeText(into: &contentType) }
    if name.says("dataschema") { return try scanner.takeText(into: &schema) }
    guard name.says("data"), data == nil else { throw JSONScanner.Surprise() }
    data = try ScannedData(&scanner, of: type)
  }
}

/// The `data` of a message.
private enum ScannedData {
  case request(ScannedRequest)
  case settlement(ScannedSettlement)

  /// - Parameter type: Of the message, if it stood before its data.
  init(
    _ scanner: inout JSONScanner, of type: JSONScanner.Text?
  ) throws(JSONScanner.Surprise) {
    if let type {
      let isRequest = type.says("resize.requested.v1")
      self =
        isRequest
        ? .request(try ScannedRequest(&scanner)) : .settlement(try ScannedSettlement(&scanner))
      return
    }
    // Senders that put names in the order of the alphabet tell the type last: what is no request may be a settlement.
    let beginning = scanner
    if let request = try? ScannedRequest(&scanner) {
      self = .request(request)
    } else {
      scanner = beginning
      self = .settlement(try ScannedSettlement(&scanner))
    }
  }

  func meaning(
    as type: JSONScanner.Text, _ context: RequestContext
  ) throws(JSONScanner.Surprise) -> (type: EventType, input: ResizeInput) {
    switch self {
    case .request(let request):
      guard type.says("resize.requested.v1") else { throw JSONScanner.Surprise() }
      return (.resizeRequested, .requested(try request.request(), context))
    case .settlement(let settlement):
      if type.says("payment.settled.v1") {
        return (.paymentSettled, .paymentSettled(try settlement.ofPayment()))
      }
      guard type.says("refund.settled.v1") else { throw JSONScanner.Surprise() }
      return (.refundSettled, .refundSettled(try settlement.ofRefund()))
    }
  }
}
