import Resizing

/// Why a message was put among the dead letters before, and was sent back to its queue each time.
///
/// It travels with the message as the header `x-dead-history`, so that a message that fails again
/// comes back as one dead letter with all its reasons.
public struct DeathHistory: Sendable, Equatable {
  /// One time that a message was put aside.
  public struct Death: Sendable, Equatable {
    public var reason: Reason
    public var at: Moment

    public init(reason: Reason, at: Moment) {
      self.reason = reason
      self.at = at
    }
  }

  /// So many deaths are kept: the first, and the latest of the others.
  public static let longest = 8
  /// Codes and sentences are cut to so many bytes of JSON: headers have to fit into one frame of 8 KiB.
  private static let longestCode = 64
  private static let longestReason = 200
  /// A longer header is nobody's history.
  private static let longestHeader = 16_384

  /// How often it was put aside, those included that are not kept any more; 0 for a message that
  /// never was.
  public private(set) var count = 0
  /// The oldest first.
  public private(set) var deaths: [Death] = []

  public init() {}

  public mutating func append(_ death: Death) {
    var death = death
    death.reason = Reason(
      code: death.reason.code.cut(toBytes: Self.longestCode, each: \.widthInJSON),
      message: death.reason.message.cut(toBytes: Self.longestReason, each: \.widthInJSON))
    if deaths.count == Self.longest { deaths.remove(at: 1) }
    deaths.append(death)
    count += 1
  }

  /// The value of the header.
  public var header: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.name("count")
    writer.integer(count)
    writer.name("deaths")
    writer.beginArray()
    for death in deaths {
      writer.value(
        .object([
          JSONMember("code", .string(death.reason.code)),
          JSONMember("reason", .string(death.reason.message)),
          JSONMember("at", .string(death.at.rfc3339)),
        ]))
    }
    writer.endArray()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads the header.
  /// - Returns: Nil for what is none; whoever publishes decides what is in a header.
  public init?(header: String) {
    guard header.utf8.count <= Self.longestHeader,
      let value = try? JSONParser.parse(Array(header.utf8)),
      case .array(let elements)? = value["deaths"], !elements.isEmpty,
      case .number(let digits)? = value["count"], let count = Int(digits),
      (elements.count...1_000_000).contains(count)
    else { return nil }
    for element in elements.prefix(Self.longest) {
      guard case .string(let code)? = element["code"], case .string(let text)? = element["reason"],
        case .string(let time)? = element["at"], let at = Moment(rfc3339: time)
      else { return nil }
      append(Death(reason: Reason(code: code, message: text), at: at))
    }
    self.count = count
  }
}

extension Unicode.Scalar {
  /// The most bytes that it takes in a string of JSON.
  fileprivate var widthInJSON: Int {
    switch self {
    case "\"", "\\": 2
    case _ where value < 0x20: 6
    default: UTF8.width(self)
    }
  }
}
