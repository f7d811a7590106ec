import Contracts
import Resizing
import Seeding
import Testing
import Yams

@Suite("The AsyncAPI document")
struct AsyncAPITests {
  private let components: Node

  init() throws {
    let bytes = try Fixtures.bytes(Fixtures.schemas.appending(path: "asyncapi.yaml"))
    let document = try #require(try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self)))
    components = try #require(document["components"])
  }

  /// The headers of a message by its name, those of its traits among them.
  private func headers(ofMessage name: String) throws -> Set<String> {
    let messages = try #require(components["messages"]?.mapping)
    let message = try #require(messages.values.first { $0["name"]?.string == name })
    let traits = (message["traits"]?.sequence ?? []).compactMap { trait in
      trait["$ref"]?.string.flatMap { path in
        path.split(separator: "/").last.flatMap { components["messageTraits"]?[String($0)] }
      }
    }
    return ([message] + traits).reduce(into: []) { headers, part in
      let properties = part["headers"]?["properties"]?.mapping
      for name in (properties?.keys.compactMap(\.string)) ?? [] { headers.insert(name) }
    }
  }

  private let traced = RequestContext(traceparent: "00-a-b-01", tracestate: "k=v")

  private func headers(of event: OutgoingEvent) -> Set<String> {
    var names = Set(event.headers.map(\.name))
    if event.traceparent != nil { names.insert("traceparent") }
    if event.tracestate != nil { names.insert("tracestate") }
    return names
  }

  @Test("It names just the headers that events are sent with")
  func eventHeaders() throws {
    var numbers = SeededGenerator(seed: 7)
    var sent: [String: Set<String>] = [:]
    for _ in 0..<200 {
      let emission = numbers.emission()
      for event in OutgoingEventEncoder().encode(emission, context: traced, at: numbers.moment()) {
        sent[event.type, default: []].formUnion(headers(of: event))
      }
    }
    #expect(sent.count == 6)
    for (type, headers) in sent { #expect(try self.headers(ofMessage: type) == headers, "\(type)") }
  }

  @Test("It names just the headers that dead letters are kept with")
  func deadLetterHeaders() throws {
    var numbers = SeededGenerator(seed: 8)
    let at = numbers.moment()
    var letter = DeadLetter(
      body: [], reason: Reason(.malformedRequest, "no JSON"), sourceQueue: "resize.requests",
      deadAt: at, replyTo: "mine", publisher: "ann", traceparent: "00-a-b-01", tracestate: "k=v")
    letter.history.append(.init(reason: letter.reason, at: at))
    let event = OutgoingEventEncoder().encode(letter)
    #expect(try headers(ofMessage: "dead letter") == headers(of: event))
  }
}
