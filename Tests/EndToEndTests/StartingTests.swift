import BrokerFixture
import Foundation
import Testing

extension EndToEnd {
  @Suite("What keeps a worker from starting")
  struct StartingTests {
    enum Obstacle: String, CaseIterable, Sendable {
      case closedPort, wrongPassword, virtualHost, nameInCertificate
      case folderMissing, databaseLocked, databaseReadOnly, noDatabase
      case catalogueBroken
    }

    @Test("is one sentence on what to do, and the right exit code", arguments: Obstacle.allCases)
    func refused(_ obstacle: Obstacle) async throws {
      let site = try await Site()
      let file = site.folder.path + "/store.sqlite"
      var environment = site.environment
      var command = [Package.program, "run"]
      var lock: FileLock?
      var words: [String] = [file]
      switch obstacle {
      case .closedPort:
        environment["RESIZE_WORKER_BROKER_URL"] = "amqp://guest:sesame@127.0.0.1:9"
        words = ["127.0.0.1:9"]
      case .wrongPassword:
        environment["RESIZE_WORKER_BROKER_PASSWORD"] = "sesame"
        words = ["password", "guest"]
      case .virtualHost:
        environment["RESIZE_WORKER_BROKER_URL"]? += "/elsewhere"
        words = ["elsewhere"]
      case .nameInCertificate:
        let secure = try await PrivateBroker.shared().secureAddress
        environment["RESIZE_WORKER_BROKER_URL"] = "amqps://guest:guest@127.0.0.1:\(secure.port)"
        environment["RESIZE_WORKER_BROKER_TLS_CA_FILE"] = secure.tls?.authoritiesFile
        words = ["name"]
      case .folderMissing:
        environment["RESIZE_WORKER_STORE_URL"] = "sqlite:\(site.folder.path)/none/store.sqlite"
        words = [site.folder.path + "/none"]
      case .databaseLocked:
        lock = try await FileLock(file, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        words += ["locked"]
      case .databaseReadOnly:
        for name in try FileManager.default.contentsOfDirectory(atPath: site.folder.path) {
          chmod(site.folder.path + "/" + name, 0o444)
        }
        chmod(site.folder.path, 0o555)
        // Root may write everywhere, unless it gives that up.
        let without = ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"]
        if getuid() == 0 { command = without + command }
        words += ["read-only"]
      case .noDatabase:
        environment["RESIZE_WORKER_STORE_URL"] =
          "sqlite:" + (try site.folder.file("notes", String(repeating: "no database. ", count: 99)))
        words = ["/notes is no SQLite database"]
      case .catalogueBroken:
        environment["RESIZE_WORKER_CATALOG_PATH"] = try site.folder.file(
          "broken.yaml", "name: broken\ncurrency: USD\nproducts:\n  cvm: { timeZone: Mars }\n")
        words = ["broken.yaml, line 4"]
      }
      let worker = try ServerProcess(
        command[0], Array(command.dropFirst()), environment: environment)
      let ending = await worker.ending()
      try await lock?.release()
      chmod(site.folder.path, 0o755)
      let log = worker.log()
      #expect(ending == .exit(obstacle == .catalogueBroken ? 2 : 3), "\(log)")
      let sentence = try #require(log.split(separator: "\n").last)
      #expect(log.split(separator: "\n").count == 1, "\(log)")
      #expect(sentence.hasPrefix("resize-worker: ") && !sentence.contains("Error("))
      #expect(!sentence.contains("sesame"))
      for word in words { #expect(sentence.contains(word), "\(sentence)") }
    }
  }
}
