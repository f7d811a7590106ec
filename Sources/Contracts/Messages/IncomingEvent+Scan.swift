import Billing
import Resizing

// The short way for `resize.requested.v1`, which is most of what comes in: read by way of `JSONValue`, a request costs some hundred
// allocations and comparisons for names that are looked at once.
extension IncomingEvent {
  /// Reads a request that has no members but the usual ones, each at most once and none of them null.
  init(
    scanning scanner: inout JSONScanner, _ context: RequestContext
  ) throws(JSONScanner.Surprise) {
    var envelope = ScannedEnvelope()
    try scanner.beginObject()
    while let name = try scanner.nextName() { try envelope.take(name, &scanner) }
    try scanner.requireEnd()
    guard let version = envelope.version, version.says("1.0"), let type = envelope.type,
      type.says("resize.requested.v1"), envelope.contentType?.says("application/json") ?? true,
      let id = envelope.id, let source = envelope.source, let request = envelope.request
    else { throw JSONScanner.Surprise() }
    var time: Instant?
    if let text = envelope.time {
      guard let instant = Instant(rfc3339: text), instant.secondsSinceEpoch >= 0 else {
        throw JSONScanner.Surprise()
      }
      time = instant
    }
    self.init(
      id: try id.string(upTo: 255), source: try source.string(upTo: 255), type: .resizeRequested,
      time: time, input: .requested(try request.request(), context))
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
  var request: ScannedRequest?

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
    guard name.says("data"), request == nil else { throw JSONScanner.Surprise() }
    request = try ScannedRequest(&scanner)
  }
}

/// The members of a request's `data`; one with a voucher or a bound on the charge goes the long way.
private struct ScannedRequest {
  private var requestId: JSONScanner.Text?
  private var tenantId: JSONScanner.Text?
  private var instanceId: JSONScanner.Text?
  private var billingMode: JSONScanner.Text?
  private var dryRun: Bool?
  private var spec: JSONScanner.Text?
  private var units: Int?
  private var mbps: Int?
  private var hasTarget = false

  init(_ scanner: inout JSONScanner) throws(JSONScanner.Surprise) {
    try scanner.beginObject()
    while let name = try scanner.nextName() {
      if name.says("requestId") {
        try scanner.takeText(into: &requestId)
      } else if name.says("tenantId") {
        try scanner.takeText(into: &tenantId)
      } else if name.says("instanceId") {
        try scanner.takeText(into: &instanceId)
      } else if name.says("billingMode") {
        try scanner.takeText(into: &billingMode)
      } else if name.says("dryRun"), dryRun == nil {
        dryRun = try scanner.bool()
      } else if name.says("target"), !hasTarget {
        hasTarget = true
        try takeTarget(&scanner)
      } else {
        throw JSONScanner.Surprise()
      }
    }
  }

  private mutating func takeTarget(_ scanner: inout JSONScanner) throws(JSONScanner.Surprise) {
    try scanner.beginObject()
    while let name = try scanner.nextName() {
      if name.says("spec") {
        try scanner.takeText(into: &spec)
      } else if name.says("units"), units == nil {
        units = try scanner.count()
      } else if name.says("mbps"), mbps == nil {
        mbps = try scanner.count()
      } else {
        throw JSONScanner.Surprise()
      }
    }
  }

  func request() throws(JSONScanner.Surprise) -> ResizeRequest {
    guard let requestId, let tenantId, let instanceId,
      (spec == nil) != (units == nil) || (spec == nil && mbps != nil)
    else { throw JSONScanner.Surprise() }
    var mode: BillingMode?
    if let billingMode {
      mode = BillingMode(rawValue: try billingMode.string(upTo: 128))
      guard mode != nil else { throw JSONScanner.Surprise() }
    }
    return ResizeRequest(
      requestId: try requestId.identifier(), tenantId: try tenantId.identifier(),
      instanceId: try instanceId.identifier(),
      target: ResizeTarget(spec: try spec?.string(upTo: 128), units: units, mbps: mbps),
      billingMode: mode, dryRun: dryRun ?? false)
  }
}

extension JSONScanner {
  /// Takes the text that is a member's value; a second one of that name is no usual member.
  fileprivate mutating func takeText(into member: inout Text?) throws(Surprise) {
    guard member == nil else { throw Surprise() }
    member = try text()
  }
}
