import Foundation
import Fuzzing
import Testing

@Suite("Bytes from outside")
struct FuzzingTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
  private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  @Test(
    "However an input is damaged, it is refused in words, or reads the same when written again",
    arguments: FuzzSubject.allCases)
  func damagedInputs(_ subject: FuzzSubject) throws {
    let seeds = try subject.seeds(root: Self.root)
    #expect(!seeds.isEmpty)
    for seed in seeds { try subject.check(seed) }
    var inputs = InputGenerator(seeds: seeds, dictionary: subject.dictionary, seed: 7)
    for _ in 0..<2_000 { try subject.check(inputs.next()) }
  }

  /// What fuzzing found once stays in `Regressions/SUBJECT/`.
  @Test("What fuzzing found stays mended", arguments: FuzzSubject.allCases)
  func regressions(_ subject: FuzzSubject) throws {
    let folder = Self.folder.appending(path: "Regressions/\(subject.rawValue)")
    guard FileManager.default.fileExists(atPath: folder.path) else { return }
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    for file in files {
      #expect(throws: Never.self, "\(file.lastPathComponent)") {
        try subject.check(Array(try Data(contentsOf: file)))
      }
    }
  }
}
