import Yams

extension CatalogNode {
  /// Reads YAML, by way of libyaml.
  ///
  /// - Throws: The one problem for which it is no YAML.
  init(yaml text: String) throws(CatalogSyntaxProblem) {
    guard !Self.nestsTooDeep(text.utf8) else {
      throw CatalogSyntaxProblem(nil, "the file is nested too deep to be a catalogue")
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw CatalogSyntaxProblem(error)
    } catch {
      throw CatalogSyntaxProblem(nil, "the file cannot be read: \(error)")
    }
    guard let root else { throw CatalogSyntaxProblem(nil, "the file is empty") }
    var budget = Self.largestNodeCount
    try self.init(root, budget: &budget)
  }

  /// Aliases repeat what they stand for: a small file can be a huge tree.
  private static let largestNodeCount = 1_000_000

  /// Whether brackets, or dashes of lists in one line, nest so deep that a recursive reader could
  /// run out of stack.
  ///
  /// Inside of brackets nothing but further brackets nests.
  private static func nestsTooDeep(_ bytes: String.UTF8View) -> Bool {
    var depth = 0
    var marks = 0
    var indentation = 0
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): marks += depth == 0 ? 1 : 0
      case UInt8(ascii: " "): indentation += depth == 0 ? 1 : 0
      case UInt8(ascii: "\n"): (marks, indentation) = (0, 0)
      default: break
      }
      if depth > 200 || marks > 2_000 || indentation > 20_000 { return true }
    }
    return false
  }

  private init(_ node: Node, budget: inout Int) throws(CatalogSyntaxProblem) {
    position = node.mark.map { TextPosition(line: $0.line, column: $0.column) }
    budget -= 1
    guard budget > 0 else {
      throw CatalogSyntaxProblem(position, "the file repeats too much by aliases")
    }
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      content = isNull ? .null : .scalar(scalar.string, isQuoted: isQuoted)
    case .sequence(let sequence):
      var elements: [CatalogNode] = []
      for element in sequence { elements.append(try CatalogNode(element, budget: &budget)) }
      content = .sequence(elements)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let name) = key else {
          throw CatalogSyntaxProblem(position, "a field's name should be plain text")
        }
        let place = key.mark.map { TextPosition(line: $0.line, column: $0.column) }
        var value = try CatalogNode(value, budget: &budget)
        if !value.isScalar { value.position = place }
        entries.append(Entry(key: name.string, position: place, value: value))
      }
      content = .mapping(entries)
    case .alias:
      throw CatalogSyntaxProblem(position, "an alias stands for nothing")
    }
  }
}

extension CatalogSyntaxProblem {
  init(_ error: YamlError) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let setting = context.map { $0.text + ": " } ?? ""
      self.init(
        TextPosition(line: mark.line, column: mark.column), "is no YAML: " + setting + problem)
    case .duplicatedKeysInMapping(let names, let context):
      self.init(
        TextPosition(line: context.mark.line, column: context.mark.column),
        "the field \(names.joined(separator: ", ")) is there twice; which counts?")
    case .reader(let problem, _, _, _):
      self.init(nil, "is no YAML: " + problem)
    default:
      self.init(nil, "is no YAML: \(error)")
    }
  }
}
