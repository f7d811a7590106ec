import AMQP
import Contracts
import Foundation
import Resizing
import Storage
import StorageConformance

extension FuzzSubject {
  /// Inputs in order, that mutations start from.
  ///
  /// - Parameter root: The folder of the package: messages, catalogues and scenarios are taken from
  /// its examples.
  public func seeds(root: URL) throws -> [[UInt8]] {
    switch self {
    case .events, .json: try Self.files(in: root.appending(path: "schemas/examples"), "json")
    case .catalogues:
      try Self.files(in: root.appending(path: "schemas/examples"), "yaml")
        + Self.files(in: root.appending(path: "ops/demo"), "yaml")
    case .scenarios:
      try Data(contentsOf: root.appending(path: "Tests/BillingTests/Vectors/quotes.jsonl"))
        .split(separator: UInt8(ascii: "\n")).map { Array($0) }
    case .amounts:
      [
        "0", "-1", "16.80", "197.66", "0.000000000000000001", "999999999999999999", "-0.5",
        "12.570",
      ]
      .map { Array($0.utf8) }
    case .dates:
      [
        "2026-11-20T08:00:00Z", "2024-02-29T23:59:59.123456789+08:00", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59", "1900-02-28T00:00:00Z", "1970-01-01T00:00:00.5Z",
      ].map { Array($0.utf8) }
    case .headers: Self.tables.compactMap(\.encoded).map { Array($0.dropFirst(4)) }
    case .records:
      [
        RecordCodec.encode(Sample.resize()),
        RecordCodec.encode(Sample.resize(state: .awaitingRefund)),
      ]
        + [RecordCodec.encode(Sample.instance().instance)]
    case .pages: Self.outboxPages
    }
  }

  /// One of each destination, with and without what is optional; and a page of nothing.
  private static var outboxPages: [[UInt8]] {
    let destinations: [Destination] = [
      .results, .reply(queue: "mine"), .payments, .commands, .metering, .deadLetters,
    ]
    let messages = destinations.enumerated().map { offset, destination in
      Sample.message(
        "w", Int64(offset), to: destination,
        headers: offset.isMultiple(of: 2) ? [] : [.init("reason", "NoChange"), .init("", "")],
        body: Array(repeating: UInt8(offset), count: offset * 50))
    }
    let slices = [messages[...], []] + messages.indices.map { messages[$0...$0] }
    return slices.map(OutboxPage.encode) + slices.map(OutboxPage.encodePlain)
  }

  private static func files(in folder: URL, _ suffix: String) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == suffix }
      .sorted { $0.path < $1.path }
      .map { Array(try Data(contentsOf: $0)) }
  }

  private static var tables: [HeaderTable] {
    [
      ["x-attempt": 1, "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
      [
        "x-death": .array([
          .table([
            "count": 1, "reason": "delivery_limit", "time": .timestamp(1_795_262_400),
            "routing-keys": .array(["resize.requests"]),
          ])
        ]),
        "flag": true, "nothing": .null, "ratio": .double(0.5), "raw": .bytes([0, 255]),
      ],
    ]
  }

  /// Pieces that mutations put in: what is special to the format.
  public var dictionary: [[UInt8]] {
    let words: [String] =
      switch self {
      case .events, .json, .records, .scenarios:
        [
          "\"", "{", "}", "[", "]", ",", ":", "null", "true", "\\u0000", "\\ud83d\\ude00",
          "\\ud800",
          "-0", "1e9", "0.1", "\"requestId\"", "\"data\"", "\"currency\":\"JPY\"", "\"value\"",
          "\"orders\"", "\"paidCash\"", "\"-1\"", "\"999999999999999999\"", "\"0\"",
          "\"2026-02-29T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "postpaid", "downgrade",
        ]
      case .catalogues:
        [
          "\n", "  ", "- ", ": ", "&a ", "*a", "<<: ", "!!binary ", "|", ">", "---\n", "#", "'",
          "monthly: ", "tiers:", "0", "-1", "1e3", "UTC", "Europe/Berlin", "unusedValueRefund",
          "calendarMonthDifferential", "999999999999999999",
        ]
      case .amounts: ["-", ".", "0", "00", "9", "1e3", "+", " ", "١", "１", "\u{0}"]
      case .dates:
        ["-", ":", "T", "Z", "t", "z", "+00:00", "-23:59", ".", "60", "24", "02-29", "0000", "１"]
      case .pages: ["\u{0}", "\u{1}", "\u{2}", "\u{5}", "\u{7F}", "payment.requested"]
      case .headers: ["S", "F", "A", "t", "I", "l", "d", "T", "V", "x", "\u{0}\u{0}\u{0}\u{1}"]
      }
    return words.map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0, 0, 0, 0]]
  }
}
