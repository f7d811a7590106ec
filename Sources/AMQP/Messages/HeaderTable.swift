/// The headers of a message or the arguments of a queue: named values in order.
public struct HeaderTable: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: HeaderValue

    public init(name: String, value: HeaderValue) {
      self.name = name
      self.value = value
    }
  }

  public var fields: [Field]

  public init(_ fields: [Field] = []) {
    self.fields = fields
  }

  public init(dictionaryLiteral elements: (String, HeaderValue)...) {
    self.init(elements.map { Field(name: $0.0, value: $0.1) })
  }

  public var isEmpty: Bool { fields.isEmpty }

  /// The first value of that name; setting replaces it, appends it, or removes it.
  public subscript(name: String) -> HeaderValue? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}

/// One value of a ``HeaderTable``, in the types RabbitMQ uses.
public enum HeaderValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// Any of AMQP's integers that fits.
  case int(Int64)
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// Seconds since 1970.
  case timestamp(UInt64)
  case array([HeaderValue])
  case table(HeaderTable)
  /// What was here was nested too deep, too long, or of a type nobody uses.
  case omitted

  public var int: Int64? {
    if case .int(let value) = self { value } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }
}

extension HeaderValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}
