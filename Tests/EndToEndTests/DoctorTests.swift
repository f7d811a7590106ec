import GRDB
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
