/// The members of one JSON object, read by name, type and range; every error names the field.
///
/// Unknown members are ignored (a newer sender may add some). `null` counts as left out.
struct Fields {
  let members: [JSONMember]
  /// Where the object stands, such as `data.target`; empty for the document itself.
  let path: String

  init(_ members: [JSONMember], path: String) {
    self.members = members
    self.path = path
  }

  init(_ value: JSONValue, path: String) throws(ContractViolation) {
    guard case .object(let members) = value else {
      throw ContractViolation(
        .wrongType, at: path, "should be an object, but is \(value.kindInWords)")
    }
    self.init(members, path: path)
  }

  func path(of name: String) -> String { path.isEmpty ? name : path + "." + name }

  /// The value of a field, or nil if it is left out.
  func optional(_ name: String) -> JSONValue? {
    guard let value = members[name] else { return nil }
    if case .null = value { return nil }
    return value
  }

  func required(_ name: String) throws(ContractViolation) -> JSONValue {
    if let value = optional(name) { return value }
    let isNull = members[name] != nil
    throw ContractViolation(
      .missingField, at: path(of: name), isNull ? "must not be null" : "is missing" + slip(name))
  }

  /// The member that was perhaps meant to be the missing one.
  private func slip(_ name: String) -> String {
    let names = members.prefix(64).map(\.name).filter { $0.utf8.count < 64 }
    let candidate = nearest(to: name, among: names)
    return candidate.map { "; there is \"\($0)\", did you mean \"\(name)\"?" } ?? ""
  }

  func wrongType(
    _ name: String, _ expected: String, _ value: JSONValue
  ) -> ContractViolation {
    ContractViolation(
      .wrongType, at: path(of: name), "should be \(expected), but is \(value.kindInWords)")
  }

  func invalid(_ name: String, _ explanation: String) -> ContractViolation {
    ContractViolation(.invalidValue, at: path(of: name), explanation)
  }
}

extension Fields {
  func object(_ name: String) throws(ContractViolation) -> Fields {
    try Fields(try required(name), path: path(of: name))
  }

  func optionalObject(_ name: String) throws(ContractViolation) -> Fields? {
    guard let value = optional(name) else { return nil }
    return try Fields(value, path: path(of: name))
  }

  /// The elements of an array, each an object; none where it is left out.
  func objects(_ name: String) throws(ContractViolation) -> [Fields] {
    guard let value = optional(name) else { return [] }
    guard case .array(let elements) = value else { throw wrongType(name, "an array", value) }
    var objects: [Fields] = []
    objects.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      objects.append(try Fields(element, path: "\(path(of: name))[\(index)]"))
    }
    return objects
  }

  func string(_ name: String) throws(ContractViolation) -> String {
    let value = try required(name)
    guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
    return text
  }

  func optionalString(_ name: String) throws(ContractViolation) -> String? {
    optional(name) == nil ? nil : try string(name)
  }

  func optionalBool(_ name: String) throws(ContractViolation) -> Bool? {
    guard let value = optional(name) else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(name, "true or false", value) }
    return flag
  }

  func integer(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(ContractViolation) -> Int64 {
    let value = try required(name)
    guard case .number(let text) = value else { throw wrongType(name, "a whole number", value) }
    guard let number = Int64(text), text != "-0" else {
      throw invalid(name, "should be a whole number in plain digits, but is \(text.shortened)")
    }
    guard range.contains(number) else {
      throw invalid(
        name, "should be from \(range.lowerBound) to \(range.upperBound), but is \(number)")
    }
    return number
  }

  func optionalInteger(
    _ name: String, in range: ClosedRange<Int64>
  ) throws(ContractViolation) -> Int64? {
    optional(name) == nil ? nil : try integer(name, in: range)
  }

  /// One of the raw values of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _: Choice.Type = Choice.self
  ) throws(ContractViolation) -> Choice where Choice.RawValue == String {
    let text = try string(name)
    if let choice = Choice(rawValue: text) { return choice }
    let candidates = Choice.allCases.map(\.rawValue)
    throw invalid(
      name, "is \"\(text.shortened)\"; " + suggestion(for: text, among: candidates))
  }

  func optionalChoice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _: Choice.Type = Choice.self
  ) throws(ContractViolation) -> Choice? where Choice.RawValue == String {
    optional(name) == nil ? nil : try choice(name)
  }
}

extension String {
  /// Its longest beginning of whole characters of Unicode in so many bytes, for what has only so much room.
  ///
  /// Not of what people call characters: of accents put upon one letter there is no end.
  func cut(
    toBytes most: Int, each width: (Unicode.Scalar) -> Int = { UTF8.width($0) }
  ) -> String {
    var left = most
    let end = unicodeScalars.indices.first { index in
      left -= width(unicodeScalars[index])
      return left < 0
    }
    return end.map { String(self[..<$0]) } ?? self
  }

  /// At most 60 characters, for error messages about text from outside.
  var shortened: String {
    unicodeScalars.count <= 60
      ? escapedControls
      : String(String.UnicodeScalarView(unicodeScalars.prefix(59))).escapedControls + "…"
  }

  private var escapedControls: String {
    var text = ""
    for scalar in unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control
      text += isControl ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
    }
    return text
  }
}
