import Billing

/// Reads the structure of a catalogue: names, types, enumerations. Goes on after a problem, to find
/// them all.
///
/// Whether the prices and rules make sense is for `CatalogAudit`.
struct CatalogReader {
  private(set) var problems: [CatalogProblem] = []
  /// Where each field stands, by its path.
  private(set) var positions: [String: TextPosition] = [:]

  private let toleratesUnknownFields: Bool

  /// - Parameter toleratesUnknownFields: False where people write by hand: a slip there costs
  /// money.
  init(toleratesUnknownFields: Bool) { self.toleratesUnknownFields = toleratesUnknownFields }

  mutating func report(_ node: CatalogNode, _ path: String, _ message: String) {
    problems.append(CatalogProblem(at: node.position, path: path, message))
  }

  /// A group of fields, all of which must be known.
  mutating func group(
    _ node: CatalogNode, _ path: String, known: [String]
  ) -> CatalogGroup? {
    guard let group = self.group(node, path) else { return nil }
    for entry in group.entries where !toleratesUnknownFields && !known.contains(entry.key) {
      problems.append(
        CatalogProblem(
          at: entry.position, path: group.path(of: entry.key),
          "is no field that is known here; " + suggestion(for: entry.key, among: known)))
    }
    return group
  }

  /// A group of fields whose names are free, such as specifications.
  mutating func group(_ node: CatalogNode, _ path: String) -> CatalogGroup? {
    guard case .mapping(let entries) = node.content else {
      report(node, path, "should be a group of fields, but is \(node.kindInWords)")
      return nil
    }
    let group = CatalogGroup(entries: entries, node: node, path: path)
    var names: Set<String> = []
    for entry in entries where !names.insert(entry.key).inserted {
      // To YAML 1 and "1" are two names; here names are texts.
      problems.append(
        CatalogProblem(
          at: entry.position, path: group.path(of: entry.key),
          "is there twice, whether in quotes or not; which counts?"))
    }
    for entry in entries {
      guard let position = entry.value.position ?? entry.position else { continue }
      positions[group.path(of: entry.key)] = position
    }
    if let position = node.position, positions[path] == nil { positions[path] = position }
    return group
  }

  /// The elements of a list; none where it is left out.
  mutating func list(_ group: CatalogGroup, _ name: String) -> [(CatalogNode, String)] {
    guard let node = group[name] else { return [] }
    let path = group.path(of: name)
    guard case .sequence(let elements) = node.content else {
      report(node, path, "should be a list, but is \(node.kindInWords)")
      return []
    }
    return elements.enumerated().map { index, element in
      let elementPath = "\(path)[\(index)]"
      if let position = element.position { positions[elementPath] = position }
      return (element, elementPath)
    }
  }

  mutating func required(_ group: CatalogGroup, _ name: String) -> CatalogNode? {
    if let node = group[name] { return node }
    report(group.node, group.path(of: name), "is missing")
    return nil
  }

  mutating func text(_ group: CatalogGroup, _ name: String) -> String? {
    guard let node = group[name] else { return nil }
    guard case .scalar(let text, _) = node.content else {
      report(node, group.path(of: name), "should be text, but is \(node.kindInWords)")
      return nil
    }
    guard (1...128).contains(text.utf8.count) else {
      report(node, group.path(of: name), "should have 1 to 128 bytes")
      return nil
    }
    return text
  }

  mutating func decimal(_ group: CatalogGroup, _ name: String) -> ExactDecimal? {
    guard let node = group[name] else { return nil }
    if case .scalar(let text, _) = node.content, let decimal = ExactDecimal(text) {
      return decimal
    }
    report(
      node, group.path(of: name),
      "should be a number in plain digits with at most one point, such as 16.8, "
        + "but is \(node.kindInWords)")
    return nil
  }

  mutating func integer(_ group: CatalogGroup, _ name: String) -> Int? {
    guard let node = group[name] else { return nil }
    if case .scalar(let text, isQuoted: false) = node.content,
      let number = Int32(text), String(number) == text
    {
      return Int(number)
    }
    report(
      node, group.path(of: name),
      "should be a whole number such as 6, without quotes, but is \(node.kindInWords)")
    return nil
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ group: CatalogGroup, _ name: String, _: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    guard let text = text(group, name) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let candidates = Choice.allCases.map(\.rawValue)
    report(
      group[name] ?? group.node, group.path(of: name),
      "is \"\(text.shortened)\"; " + suggestion(for: text, among: candidates))
    return nil
  }

  mutating func texts(_ group: CatalogGroup, _ name: String) -> [String]? {
    guard group[name] != nil else { return nil }
    return list(group, name).compactMap { node, path in
      guard case .scalar(let text, _) = node.content else {
        report(node, path, "should be text, but is \(node.kindInWords)")
        return nil
      }
      return text
    }
  }
}

/// A group of fields with its place.
struct CatalogGroup {
  let entries: [CatalogNode.Entry]
  let node: CatalogNode
  let path: String

  /// The value of a field; nil where it is left out or empty.
  subscript(name: String) -> CatalogNode? {
    guard let node = entries.first(where: { $0.key == name })?.value else { return nil }
    if case .null = node.content { return nil }
    return node
  }

  func path(of name: String) -> String { catalogPath(path, name) }
}

/// The path of a field inside a group; names with dots and the like stand in brackets.
func catalogPath(_ path: String, _ name: String) -> String {
  let isPlain = name.utf8.allSatisfy { byte in
    let letter = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
  if !isPlain { return path + "[\"\(name.shortened)\"]" }
  return path.isEmpty ? name : path + "." + name
}
