import Billing
import Resizing

/// A message that was read: its envelope, and what it means to the state machine.
public struct IncomingEvent: Sendable, Equatable {
  public var id: String
  public var source: String
  public var type: EventType
  public var time: Instant?
  public var input: ResizeInput
}

/// Reads the messages that come in (`schemas/README.md`, `schemas/*.schema.json`).
///
/// What a newer sender adds is ignored; everything known is checked for its type and range.
public enum IncomingMessage {
  /// The longest body that is read, in bytes.
  public static let maximumBytes = 1 << 20

  /// Reads the body of a delivery.
  ///
  /// - Parameters:
  ///   - contentType: The AMQP property; nil where the sender left it out, which is tolerated.
  ///   - context: Where the answers go and the trace they belong to, from the AMQP properties.
  /// - Throws: What is wrong with the first field that is, with as much of the message's identity
  /// as can be read.
  public static func decode(
    _ body: [UInt8], contentType: String? = nil, context: RequestContext = RequestContext()
  ) throws(ContractViolation) -> IncomingEvent {
    if let event = scan(body, contentType, context) { return event }
    return try read(body, contentType, context)
  }

  /// The short way: nil for whatever is unusual, right or wrong.
  static func scan(
    _ body: [UInt8], _ contentType: String?, _ context: RequestContext
  ) -> IncomingEvent? {
    guard body.count <= maximumBytes, contentType == nil || contentType == usualContentType else {
      return nil
    }
    return body.withUnsafeBufferPointer { body in
      var scanner = JSONScanner(body)
      return try? IncomingEvent(scanning: &scanner, context)
    }
  }

  /// What nearly everybody sends.
  private static let usualContentType = "application/cloudevents+json"

  /// The long way, which the short one is held against.
  package static func read(
    _ body: [UInt8], _ contentType: String?, _ context: RequestContext
  ) throws(ContractViolation) -> IncomingEvent {
    var document: JSONValue?
    do {
      let event = try envelope(body, contentType, &document)
      return IncomingEvent(
        id: event.id, source: event.source, type: event.type, time: event.time,
        input: try event.input(context))
    } catch {
      var violation = error
      violation.identity = MessageIdentity(of: document, orIn: body)
      throw violation
    }
  }

  private static func envelope(
    _ body: [UInt8], _ contentType: String?, _ document: inout JSONValue?
  ) throws(ContractViolation) -> CloudEvent {
    guard body.count <= maximumBytes else {
      throw ContractViolation(
        .tooLarge, "the body has \(body.count) bytes; at most \(maximumBytes) are read")
    }
    if let contentType { try check(contentType) }
    let value = try parse(body)
    document = value
    return try CloudEvent(value, among: EventType.incoming)
  }

  private static func check(_ contentType: String) throws(ContractViolation) {
    // Lowercasing costs more than reading the envelope.
    if contentType == usualContentType { return }
    // White space may stand before the parameters (RFC 9110, section 5.6.6).
    let words = contentType.lowercased().prefix { $0 != ";" }.split(whereSeparator: \.isWhitespace)
    let mediaType = words.first ?? ""
    let isJSON =
      mediaType.hasSuffix("json") && !mediaType.hasPrefix("application/cloudevents-batch")
    guard words.count < 2, isJSON || mediaType.isEmpty else {
      throw ContractViolation(
        .unsupportedContentType,
        "the content type is \"\(contentType.shortened)\"; "
          + "send one event as application/cloudevents+json")
    }
  }

  static func parse(_ bytes: [UInt8]) throws(ContractViolation) -> JSONValue {
    do {
      return try JSONParser.parse(bytes)
    } catch {
      throw ContractViolation(
        error.code == .invalidUTF8 ? .invalidUTF8 : .invalidJSON, "\(error)")
    }
  }
}
