import Foundation
import Testing

extension EndToEnd {
  @Suite("Under an ordinary account")
  struct OrdinaryAccountTests {
    @Test("a worker does its work, and no thread of it asks for a priority that it is denied")
    func priorities() async throws {
      let site = try await Site(instances: [.prepaid("ins-1")])
      let environment = site.environment.merging(["LIBDISPATCH_LOG": "stderr"]) { $1 }
      // Root may raise priorities, unless it gives that up.
      let without = getuid() == 0 ? ["/usr/bin/setpriv", "--bounding-set=-sys_nice"] : []
      let command = without + [Package.program, "run"]
      let worker = try ServerProcess(
        command[0], Array(command.dropFirst()), environment: environment)
      let sandbox = try site.start("sandbox")
      var witness = try await site.witness()
      try await site.send(.request("r-1", "ins-1"))
      _ = try await witness.status(of: "r-1", "completed")
      await stop(worker, sandbox)

      let denied = worker.log().split(separator: "\n").filter {
        $0.contains("Failed to set thread priority")
      }
      // Dispatch's own manager asks, once.
      #expect(denied.count <= 1, "\(worker.log())")
    }
  }
}
