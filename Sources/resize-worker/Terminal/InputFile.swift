import Foundation
import Glibc

/// A file named on the command line; `-` is standard input.
enum InputFile {
  /// All bytes of a file, which may be a pipe.
  /// - Parameter role: What the file is to people, to stand before its name; ends with a space.
  /// - Throws: `Problem` with the reason, if the file cannot be read.
  static func read(_ path: String, called role: String = "") throws(Problem) -> [UInt8] {
    let name = role + (path == "-" ? "standard input" : path.printable)
    do throws(SystemError) {
      guard path != "-" else { return try bytes(of: STDIN_FILENO) }
      let descriptor = try SystemError.check { open(path, O_RDONLY | O_CLOEXEC) }
      defer { close(descriptor) }
      return try bytes(of: descriptor)
    } catch {
      throw Problem(.unreachable, "\(name) cannot be read: \(error)")
    }
  }

  private static func bytes(of descriptor: Int32) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      do throws(SystemError) {
        let count = try SystemError.check { Glibc.read(descriptor, &portion, portion.count) }
        guard count > 0 else { return bytes }
        bytes += portion[..<count]
      } catch {
        guard error.code == EAGAIN else { throw error }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, -1)
      }
    }
  }

  /// The path from the root on, as people are told it: a relative one depends on the working folder.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path.printable }

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

/// Why the system does not open or read a file, in words for people.
private struct SystemError: Error, CustomStringConvertible {
  let code: Int32

  /// Calls until no signal comes between.
  static func check<Count: FixedWidthInteger>(
    _ call: () -> Count
  ) throws(SystemError) -> Count {
    while true {
      let result = call()
      if result >= 0 { return result }
      if errno != EINTR { throw SystemError(code: errno) }
    }
  }

  var description: String {
    switch code {
    case ENOENT: "there is no such file"
    case EACCES: "this account may not read it"
    case ENOTDIR: "a part of its path is no folder"
    case EISDIR: "it is a folder"
    case EBADF: "it is closed"
    default: "the system refuses it (\(String(cString: strerror(code))))"
    }
  }
}
