import Contracts
import Foundation
import Resizing
import ScriptFixture
import Seeding
import Testing

@Suite("Schemas")
struct SchemaTests {
  @Test(
    "There is a schema and an example for every message, and a place in asyncapi.yaml",
    arguments: EventType.allCases)
  func complete(_ type: EventType) throws {
    let schema = try JSONParser.parse(
      Fixtures.bytes(Fixtures.schemas.appending(path: type.rawValue + ".schema.json")))
    #expect(schema["properties"]?["type"]?["const"] == .string(type.rawValue))
    #expect(try Fixtures.exampleNames().contains(type.rawValue))
    let document = String(
      decoding: try Fixtures.bytes(Fixtures.schemas.appending(path: "asyncapi.yaml")), as: UTF8.self
    )
    #expect(document.contains("./\(type.rawValue).schema.json"))
  }

  @Test("Every status has an example", arguments: ResizeState.allCases)
  func statuses(_ state: ResizeState) throws {
    let names = try Fixtures.exampleNames().filter { $0.hasPrefix("resize.status") }
    let found = try names.map { try JSONParser.parse(Fixtures.example($0))["data"]?["status"] }
    #expect(found.contains(.string(state.rawValue)))
  }

  @Test("Everything that is written validates, and so do the examples", .enabled(if: hasPython))
  func validates() async throws {
    let found = try await validate(producedMessages(), Fixtures.examples.path())
    #expect(found.isValid, "\(found.text.suffix(4_000))")
  }

  @Test(
    "A schema lets pass what is read, to the last number, and nothing beyond it",
    .enabled(if: hasPython), arguments: [SchemaEdge.instances, SchemaEdge.catalogues])
  func edges(_ edges: [SchemaEdge]) async throws {
    let documents = try edges.enumerated().map { try $1.document(named: "edge-\($0)") }
    let found = try await validate(.array(documents))
    for (number, edge) in edges.enumerated() {
      #expect(edge.isRead(documents[number]) == edge.isAllowed, "\(edge)")
      #expect(found.text.contains(": edge-\(number): ") != edge.isAllowed, "\(edge)")
    }
  }

  /// Validates a list of documents, and those of a folder.
  private func validate(
    _ documents: JSONValue, _ folders: String...
  ) async throws -> (isValid: Bool, text: String) {
    let folder = URL(filePath: try TestProcess.newFolder("schemas"))
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(documents.bytes).write(to: folder.appending(path: "produced.json"))
    let output = folder.appending(path: "output").path()
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "validate.py")
    let validator = try ChildProcess(
      ["/usr/bin/env", "python3", script.path(), Fixtures.schemas.path(), folder.path()] + folders,
      .init(output: output))
    let ending = await validator.ending()
    return (ending == .exit(0), try String(contentsOfFile: output, encoding: .utf8))
  }

  /// Random messages in both directions.
  private func producedMessages() throws -> JSONValue {
    var numbers = SeededGenerator(seed: 99)
    var messages: [JSONValue] = []
    let outgoing = OutgoingEventEncoder(source: "/test")
    for _ in 0..<400 {
      let events = outgoing.encode(
        numbers.emission(), worker: numbers.maybe { $0.identifier() }, at: numbers.moment())
      for event in events { messages.append(try JSONParser.parse(event.body)) }
    }
    let incoming = IncomingEventEncoder(source: "/test")
    for number in 0..<300 {
      let input = numbers.input()
      let message = try #require(
        incoming.encode(input, id: "e-\(number)", at: numbers.moment()))
      #expect(try IncomingMessage.decode(message.body).input == input)
      messages.append(try JSONParser.parse(message.body))
    }
    return .array(messages)
  }

  private static let hasPython: Bool = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/python3")
    }
  }()
}

extension SeededGenerator {
  /// Any input that travels.
  fileprivate mutating func input() -> ResizeInput {
    let settlement = Settlement(
      movementId: movementId(), requestId: identifier(), outcome: one(),
      settled: maybe { $0.money() }, reason: maybe { $0.reason() },
      providerReference: maybe { $0.text() })
    switch Int.random(in: 0..<7, using: &self) {
    case 0, 1: return .requested(request(), RequestContext())
    case 2:
      return .cancelRequested(
        requestId: identifier(), tenantId: identifier(), RequestContext())
    case 3: return .paymentSettled(settlement)
    case 4: return .refundSettled(settlement)
    case 5:
      return .applied(
        ApplyReport(
          requestId: identifier(), instanceId: identifier(), outcome: one(),
          reason: maybe { $0.reason() }))
    default:
      let instance = maybe { $0.instance() }
      return .instanceChanged(
        InstanceChange(
          instanceId: instance?.instanceId ?? identifier(), revision: Int64(count()),
          instance: instance))
    }
  }
}
