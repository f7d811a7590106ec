import Resizing

/// A file of instances to be imported: a JSON array, one object, or one object a line (JSONL).
public struct InventoryFile: Sendable {
  /// The instances that could be read, with their place: the line of JSONL, or the element, from 1.
  public private(set) var instances: [(place: Int, instance: Instance)] = []
  /// What is wrong, by the same places; all of them, not only the first.
  public private(set) var problems: [(place: Int, violation: ContractViolation)] = []

  public init(_ bytes: [UInt8]) {
    if case .array(let elements) = try? JSONParser.parse(bytes) {
      for (index, element) in elements.enumerated() { read(element, at: index + 1) }
      return
    }
    if let document = try? JSONParser.parse(bytes) {
      read(document, at: 1)
      return
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      do {
        read(try IncomingMessage.parse(Array(line)), at: index + 1)
      } catch {
        problems.append((index + 1, error))
      }
    }
  }

  private mutating func read(_ document: JSONValue, at place: Int) {
    do {
      instances.append((place, try Instance(try Fields(document, path: ""))))
    } catch {
      problems.append((place, error))
    }
  }
}
