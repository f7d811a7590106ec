import AMQP
import Contracts
import Foundation
import Testing

@testable import resize_worker

@Suite("The topology")
struct ResizeTopologyTests {
  private let topology = ResizeTopology.topology(ChannelNames(prefix: "acme"))

  @Test("every name carries the prefix")
  func prefix() {
    let names =
      topology.exchanges.map(\.name) + topology.queues.map(\.name)
      + topology.bindings.flatMap { [$0.exchange, $0.queue] }
    #expect(names.allSatisfy { $0.hasPrefix("acme.") })
  }

  @Test("queues are durable quorum queues; what is consumed is dead-lettered at least once")
  func queues() {
    for queue in topology.queues {
      #expect(queue.isDurable)
      #expect(queue.arguments["x-queue-type"] == "quorum")
    }
    let names = ChannelNames(prefix: "acme")
    for name in [names.requests, names.settlements, names.applied, names.inventory] {
      let arguments = topology.queues.first { $0.name == name }?.arguments
      #expect(arguments?["x-delivery-limit"] == 1_000_000)
      #expect(arguments?["x-dead-letter-exchange"] == .string(names.deadLetters))
      #expect(arguments?["x-dead-letter-strategy"] == "at-least-once")
      #expect(arguments?["x-overflow"] == "reject-publish")
    }
  }

  @Test("the definitions of the container are those of the program")
  func definitions() async throws {
    let shown = try await Program.run("topology", "show", "--json")
    let file = try Data(
      contentsOf: URL(fileURLWithPath: Program.package + "/ops/container/definitions.json"))
    let expected = try JSONParser.parse([UInt8](file))
    #expect(try JSONParser.parse(Array(shown.output.utf8)) == expected)
    #expect(shown.status == 0)
  }
}
