import Billing
import Resizing

/// The members of a request's `data`; one with a voucher or a bound on the charge goes the long way.
struct ScannedRequest {
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
