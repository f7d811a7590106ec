import Foundation
import Glibc

/// A file named on the command line; `-` is standard input.
enum InputFile {
  /// All bytes of a file.
  /// - Parameter role: What the file is to people, to stand before its name; ends with a space.
  /// - Throws: `Problem` with the reason, if the file cannot be read.
  static func read(_ path: String, called role: String = "") throws(Problem) -> [UInt8] {
    if path == "-" {
      return [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    }
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw Problem(.unreachable, "\(role)\(path.printable) cannot be read: \(reason(path))")
    }
  }

  /// The path from the root on, as people are told it: a relative one depends on the working folder.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path.printable }

  private static func reason(_ path: String) -> String {
    guard access(path, R_OK) != 0 else {
      return (opendir(path).map { closedir($0) }) == 0 ? "it is a folder" : "the system refuses it"
    }
    return switch errno {
    case ENOENT: "there is no such file"
    case EACCES: "this account may not read it"
    case ENOTDIR: "a part of its path is no folder"
    default: "the system refuses it"
    }
  }

  /// The lines of a file without their ends; those of white space only are left out.
  static func lines(_ bytes: [UInt8]) -> [(number: Int, bytes: ArraySlice<UInt8>)] {
    var lines: [(number: Int, bytes: ArraySlice<UInt8>)] = []
    var start = 0
    var number = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      number += 1
      let line = bytes[start..<end]
      if line.contains(where: { $0 > UInt8(ascii: " ") }) { lines.append((number, line)) }
      start = end + 1
    }
    return lines
  }
}
