import Contracts
import Foundation
import Sandbox

/// Instances of a file: a list in JSON or YAML, or one in JSON a line.
///
/// Each is either `{"revision", "instance"}`, as in instance.changed.v1, or the instance itself,
/// which then follows whatever is stored.
struct InventoryRecords {
  private(set) var entries: [InventoryEntry] = []

  /// - Parameter template: Whether times such as `now-121d` are read relative to now.
  /// - Throws: `Problem` with the place and the field of the first record that is wrong.
  init(_ bytes: [UInt8], from path: String, template: Bool) throws(Problem) {
    var bytes = bytes
    if template {
      do throws(InventoryTemplateError) {
        let text = String(decoding: bytes, as: UTF8.self)
        bytes = Array(try InventoryTemplate(text).rendered(now: .now).utf8)
      } catch {
        throw Problem(.usage, "\(path): \(error)")
      }
    }
    for (place, value) in try Self.documents(bytes, path) {
      do throws(ContractViolation) {
        entries.append(try InventoryEntry(value))
      } catch {
        let isTemplate = !template && error.message.contains("\"now")
        throw Problem(
          .usage,
          "\(path), \(place): \(error.message)"
            + (isTemplate ? "; --template reads times relative to now" : ""))
      }
    }
    guard !entries.isEmpty else { throw Problem(.usage, "\(path) has no instance in it") }
  }

  private static func documents(
    _ bytes: [UInt8], _ path: String
  ) throws(Problem) -> [(place: String, value: JSONValue)] {
    let isYAML = [".yaml", ".yml"].contains { path.hasSuffix($0) }
    if isYAML {
      return numbered(try JSONValue(yaml: bytes, from: path))
    }
    let firstMark = bytes.first { $0 > UInt8(ascii: " ") }
    do throws(JSONError) {
      if firstMark == UInt8(ascii: "[") { return numbered(try JSONParser.parse(bytes)) }
      if let single = try? JSONParser.parse(bytes) { return numbered(single) }
    } catch {
      throw Problem(.usage, "\(path), \(error)")
    }
    var documents: [(place: String, value: JSONValue)] = []
    for line in InputFile.lines(bytes) {
      do throws(JSONError) {
        documents.append(("line \(line.number)", try JSONParser.parse(Array(line.bytes))))
      } catch {
        throw Problem(.usage, "\(path), line \(line.number): \(error.message)")
      }
    }
    return documents
  }

  private static func numbered(_ value: JSONValue) -> [(place: String, value: JSONValue)] {
    (value.elements ?? [value]).enumerated().map { ("record \($0 + 1)", $1) }
  }
}
