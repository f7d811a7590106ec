import Billing
import Foundation
import Testing

/// A line of a scenario file, as far as billing reads it.
struct Scenario {
  struct Share: Equatable {
    var orderId: String
    var amount: String
  }

  struct Expectation {
    var rejection: String?
    var direction: String?
    var amount: String?
    var exact: String?
    var policy: String?
    var voucherApplied: String?
    var newExpiresAt: Instant?
    var shares: [Share]?
  }

  var id: String
  /// What billing is asked; nil if the product is unknown.
  var request: QuoteRequest?
  var expected: Expectation

  /// Reads a file of scenarios, one a line.
  static func read(_ url: URL) throws -> [Scenario] {
    try Data(contentsOf: url).split(separator: UInt8(ascii: "\n")).map { line in
      try Scenario(Fields(JSONSerialization.jsonObject(with: Data(line))))
    }
  }

  /// A scenario file among the tests' resources.
  static func resource(_ name: String) throws -> [Scenario] {
    let url = Bundle.module.url(
      forResource: name, withExtension: "jsonl", subdirectory: "Vectors")
    return try read(try #require(url))
  }
}

/// An object of a scenario file. Only the tests read JSON in this module.
struct Fields {
  private let values: [String: Any]

  init(_ object: Any) throws {
    values = try #require(object as? [String: Any])
  }

  func text(_ name: String) -> String? { values[name] as? String }

  func number(_ name: String) -> Int? { (values[name] as? NSNumber)?.intValue }

  /// A text that has to be readable as `Value` if it is there at all.
  func value<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value? {
    try text(name).map { try #require(read($0), "\(name) is \($0)") }
  }

  func decimal(_ name: String) throws -> ExactDecimal? {
    try value(name) { ExactDecimal($0) }
  }

  func instant(_ name: String) throws -> Instant? {
    try value(name) { Instant(rfc3339: $0) }
  }

  func fields(_ name: String) throws -> Fields? { try values[name].map(Fields.init) }

  func list(_ name: String) throws -> [Fields] {
    try (values[name] as? [Any] ?? []).map(Fields.init)
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  /// The objects in this one, by name.
  func objects() throws -> [String: Fields] { try values.mapValues(Fields.init) }
}
