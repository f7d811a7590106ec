import Billing
import Resizing

/// One line of a scenario file: everything a quote depends on (Billing.docc, Scenarios).
public struct Scenario: Sendable, Equatable {
  /// Whatever the line says; the answer says it again.
  public var id: JSONValue
  public var now: Instant
  public var catalog: Catalog
  public var instance: Instance
  public var request: ResizeRequest
  /// What the author of the line expects, as it stands there.
  public var expected: JSONValue?
}

/// A line that was read, or the answer to one that cannot be.
public enum ScenarioLine: Sendable, Equatable {
  case scenario(Scenario)
  /// `MalformedRequest` or `InvalidCatalog`, with the field.
  case unreadable(id: JSONValue, rejection: Reason)

  /// Reads one line, without its line break.
  public init(_ line: [UInt8]) {
    var id = JSONValue.null
    do {
      let document = try IncomingMessage.parse(line)
      id = document["id"] ?? .null
      self = .scenario(try Scenario(id: id, try Fields(document, path: "")))
    } catch {
      let code =
        error.code == .invalidCatalog ? "InvalidCatalog" : ReasonCode.malformedRequest.rawValue
      self = .unreadable(id: id, rejection: Reason(code: code, message: error.message))
    }
  }
}

extension Scenario {
  init(id: JSONValue, _ fields: Fields) throws(ContractViolation) {
    self.id = id
    now = try fields.instant("now")
    catalog = try Catalog(scenario: try fields.required("catalog"))
    instance = try Instance(try fields.object("instance"))
    request = try ResizeRequest(try fields.object("request"))
    expected = fields.optional("expected")
  }
}

/// The answers to scenarios, one JSON object each.
public enum ScenarioAnswer {
  /// The answer to one line, without its line break: the quote, or why there is none.
  public static func answer(_ line: [UInt8]) -> [UInt8] {
    switch ScenarioLine(line) {
    case .unreadable(let id, let rejection): encode(id: id, rejection: rejection)
    case .scenario(let scenario): answer(scenario)
    }
  }

  private static func answer(_ scenario: Scenario) -> [UInt8] {
    let machine = ResizeMachine(
      rules: ResizeRules(), catalogs: CatalogHistory([scenario.catalog]))
    let record = InstanceRecord(instance: scenario.instance, revision: 0)
    do throws(Rejection) {
      let assessment = try machine.assess(scenario.request, record, scenario.now)
      return encode(id: scenario.id, quote: assessment.quote, lines: assessment.lines)
    } catch {
      return encode(id: scenario.id, rejection: error.reason)
    }
  }

  public static func encode(id: JSONValue, quote: Quote, lines: QuoteLines) -> [UInt8] {
    encode(id) { writer in
      writer.name("quote")
      writer.beginObject()
      writer.writeMembers(of: quote, lines: lines)
      writer.endObject()
    }
  }

  public static func encode(id: JSONValue, rejection: Reason) -> [UInt8] {
    encode(id) { writer in writer.member("rejection", rejection) }
  }

  private static func encode(_ id: JSONValue, _ writeOutcome: (inout JSONWriter) -> Void) -> [UInt8]
  {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("id")
    writer.value(id)
    writeOutcome(&writer)
    writer.endObject()
    return writer.bytes
  }
}
