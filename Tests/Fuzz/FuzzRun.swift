import Foundation
import Fuzzing

// `fuzz`: two builds of one program. With LIBFUZZER it is an entry for libFuzzer, which makes the
// inputs by what they cover; else it makes INPUTS inputs from SEED on itself, or replays a file.

/// FUZZ_SUBJECT: what the inputs are fed to; nil: one after the other.
private let subject = ProcessInfo.processInfo.environment["FUZZ_SUBJECT"].map { name in
  guard let subject = FuzzSubject(rawValue: name) else {
    let names = FuzzSubject.allCases.map(\.rawValue).joined(separator: " ")
    stop("FUZZ_SUBJECT=\(name) is unknown; there are: \(names)", exitCode: 2)
  }
  return subject
}

private func stop(_ message: String, exitCode: Int32) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(exitCode)
}

#if LIBFUZZER
  /// Called before anything is read: leaves seeds and a dictionary in FUZZ_SEEDS.
  @_cdecl("LLVMFuzzerInitialize")
  public func initialize(
    _ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?
  ) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"], let subject else {
      return 0
    }
    do {
      let folder = URL(filePath: folder)
      let root = URL(filePath: FileManager.default.currentDirectoryPath)
      for (number, seed) in try subject.seeds(root: root).enumerated() {
        try Data(seed).write(to: folder.appending(path: "seed-\(number)"))
      }
      let words = subject.dictionary.map { word in
        "\"" + word.map { String(format: "\\x%02x", Int($0)) }.joined() + "\"\n"
      }
      try Data(words.joined().utf8).write(to: folder.appendingPathExtension("dict"))
    } catch {
      stop("the seeds of \(subject.rawValue) cannot be written: \(error)", exitCode: 2)
    }
    return 0
  }

  @_cdecl("LLVMFuzzerTestOneInput")
  public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let subject else { stop("set FUZZ_SUBJECT", exitCode: 2) }
    do throws(Finding) {
      try subject.check(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
      // libFuzzer keeps the input of a run that aborts.
      FileHandle.standardError.write(Data("FINDING \(error)\n".utf8))
      abort()
    }
    return 0
  }
#else
  @main
  enum FuzzRun {
    static func main() throws {
      let subjects = subject.map { [$0] } ?? FuzzSubject.allCases
      if CommandLine.arguments.count > 1 {
        try replay(CommandLine.arguments.dropFirst(), subjects)
      } else {
        try generate(subjects)
      }
    }

    private static func replay(_ files: ArraySlice<String>, _ subjects: [FuzzSubject]) throws {
      for file in files {
        let bytes = Array(try Data(contentsOf: URL(filePath: file)))
        for subject in subjects { try subject.check(bytes) }
        print("\(file): \(bytes.count) bytes break no rule")
      }
    }

    private static func generate(_ subjects: [FuzzSubject]) throws {
      let environment = ProcessInfo.processInfo.environment
      let count = environment["INPUTS"].flatMap(Int.init) ?? 100_000
      let seed = environment["SEED"].flatMap(UInt64.init) ?? 1
      let root = URL(filePath: FileManager.default.currentDirectoryPath)
      for subject in subjects {
        var inputs = InputGenerator(
          seeds: try subject.seeds(root: root), dictionary: subject.dictionary, seed: seed)
        for _ in 0..<count {
          let input = inputs.next()
          do throws(Finding) {
            try subject.check(input)
          } catch {
            stop("\(error)\ninput: \(String(decoding: input, as: UTF8.self))", exitCode: 1)
          }
        }
        print("\(subject.rawValue): \(count) inputs break no rule")
      }
    }
  }
#endif
