import AMQP
import BrokerFixture
import GRDB
import ScriptFixture
import Testing

@testable import resize_worker

extension EndToEnd {
  @Suite("doctor")
  struct DoctorTests {
    @Test("a database that can be read and not written is bad, whatever else it says")
    func writing() async throws {
      let site = try await Site()
      let good = try await site.run("doctor")
      #expect(good.contains("a commit is taken. "), "\(good)")
      #expect(try site.count("SELECT count(*) FROM trials") == 0)

      try await DatabaseQueue(path: site.folder.path + "/store.sqlite").write {
        try $0.execute(
          sql: """
            CREATE TRIGGER no_more BEFORE INSERT ON trials
              BEGIN SELECT raise(ABORT, 'no more'); END
            """)
      }
      let doctor = try site.start("doctor")
      #expect(await doctor.ending() != .exit(0))
      let told = try doctor.output()
      #expect(told.contains("ok    database"), "\(told)")
      #expect(told.contains("BAD   writing"), "\(told)")
      #expect(told.contains("are free."), "\(told)")
    }

    @Test(
      "an account that may not declare keeps no worker from running that need not declare",
      arguments: [false, true])
    func looking(declares: Bool) async throws {
      let site = try await Site(["broker.declareTopology": "\(declares)"])
      let broker = try await PrivateBroker.shared()
      let user = PrivateBroker.uniqueName("looker")
      try await broker.control("add_user", user, "sesame")
      try await broker.control("set_permissions", user, "^$", ".*", ".*")
      func doctor() async throws -> (ChildProcess.Ending?, String) {
        let url = "amqp://\(user):sesame@\(site.address.host):\(site.address.port)"
        let process = try ServerProcess(
          Package.program, ["doctor"],
          environment: site.environment.merging(["RESIZE_WORKER_BROKER_URL": url]) { $1 })
        return (await process.ending(), try process.output())
      }
      let (ending, told) = try await doctor()
      let mark = declares ? "BAD " : "look"
      #expect(ending == .exit(declares ? 1 : 0), "\(told)")
      #expect(told.contains("\(mark)  topology     "), "\(told)")
      #expect(told.contains("\(mark)  permissions  "), "\(told)")
      #expect(told.contains("nobody consumes \(site.names.requests)"), "\(told)")
      try await site.client.delete(queue: site.names.commands)
      let (worse, missing) = try await doctor()
      #expect(worse == .exit(1), "\(missing)")
      #expect(missing.contains("BAD   topology"), "\(missing)")
      #expect(missing.contains("\(site.names.commands) missing"), "\(missing)")
    }

    /// Which exchanges an account may write to, as a regular expression, and which of them it lacks.
    private static let writers: [(may: String, lacks: [String])] = [
      (#"^(amq\.default$|PREFIX\.)"#, []),
      (#"^PREFIX\."#, ["amq.default"]),
      (
        #"^(amq\.default|PREFIX\.(doctor-.*|payments|commands|dead-letters))$"#,
        ["results", "metering"]
      ),
      ("^$", ["amq.default", "results", "payments", "commands", "metering", "dead-letters"]),
    ]

    @Test(
      "an account that may not write to an exchange that the worker writes to is told the permission",
      arguments: writers)
    func publishing(may: String, lacks: [String]) async throws {
      let site = try await Site()
      let broker = try await PrivateBroker.shared()
      let user = PrivateBroker.uniqueName("writer")
      let own = "^\(site.names.prefix)\\."
      let write = may.replacing("PREFIX", with: site.names.prefix)
      try await broker.control("add_user", user, "sesame")
      try await broker.control("set_permissions", user, own, write, own)
      // Such an account may name another user in its messages.
      try await broker.control("set_user_tags", user, "impersonator")
      let topology = ResizeTopology.topology(site.names)
      // Gets whatever reaches an exchange, by whatever routing key.
      let witness = PrivateBroker.uniqueName("witness")
      try await site.client.declare(
        Topology(
          queues: [.quorum(witness)],
          bindings: topology.exchanges.map {
            Topology.Binding(exchange: $0.name, queue: witness, routingKey: "#")
          }))
      let process = try ServerProcess(
        Package.program, ["doctor"],
        environment: site.environment.merging([
          "RESIZE_WORKER_BROKER_URL":
            "amqp://\(user):sesame@\(site.address.host):\(site.address.port)"
        ]) { $1 })
      let ending = await process.ending()
      let told = try process.output()
      if lacks.isEmpty {
        #expect(ending == .exit(0), "\(told)")
        #expect(told.contains("ok    publishing"), "\(told)")
      } else {
        #expect(ending == .exit(1) || ending == .exit(3), "\(told)")
        let names = lacks.map { $0 == "amq.default" ? $0 : "\(site.names.prefix).\($0)" }
        let line = told.split(separator: "\n").first { $0.hasPrefix("BAD   publishing") } ?? ""
        let list = names.joined(separator: ", ")
        #expect(line.contains("\(user) may not write to \(list)"), "\(told)")
        #expect(line.contains("reply_to") == lacks.contains("amq.default"), "\(told)")
        #expect(line.contains(#"^(amq\.default$|\#(site.names.prefix)\.)"#), "\(told)")
      }
      // Emptying a queue tells what is in it; its depth follows with a little delay.
      for queue in topology.queues.map(\.name) + [witness] {
        #expect(try await site.client.purge(queue) == 0, "\(queue)")
      }
    }

    @Test("a broker that takes no messages is told, and not waited for")
    func blocked() async throws {
      let broker = try await PrivateBroker.start()
      let site = try await Site(on: broker)
      try await broker.control("set_vm_memory_high_watermark", "0.00001")
      let doctor = try site.start("doctor")
      #expect(await doctor.ending() == .exit(3))
      let told = try doctor.output()
      #expect(told.contains("BAD   publishing"), "\(told)")
      #expect(told.contains("takes no messages for now"), "\(told)")
      try await broker.stop()
    }

    @Test("an address for HTTP that `run` refuses is bad")
    func address() async throws {
      let site = try await Site(["worker.http": "localhost:9470"])
      let doctor = try site.start("doctor")
      #expect(await doctor.ending() == .exit(2))
      let told = try doctor.output()
      #expect(told.contains("BAD   http") && told.contains("write an IPv4 address"), "\(told)")
      #expect(told.contains("ok    database"), "\(told)")
    }

    @Test(
      "space that is left for a small commit only is bad, little is notable",
      arguments: [
        (0, Finding.Verdict.bad), (3, .bad), (4, .notable), (63, .notable), (64, .good),
        (4_096, .good),
      ] as [(UInt64, Finding.Verdict)])
    func space(mebibytes: UInt64, verdict: Finding.Verdict) {
      let finding = DiskSpace(free: mebibytes << 20, total: 8_192 << 20).finding
      #expect(finding.verdict == verdict)
      #expect(finding.text.contains("of 8,192 MiB of its disk"), "\(finding.text)")
    }
  }
}
