/// A currency of ISO 4217, with the number of digits its minor unit has.
///
/// Only those of the table in `Currency+ISO4217.swift` exist; `init(code:)` refuses all others.
public struct Currency: Hashable, Sendable {
  /// Index into the table: keeps the value small and free of reference counts.
  private let row: UInt8

  /// The currency with this three-letter code in capitals, or nil if ISO 4217 lists none.
  public init?(code: some StringProtocol) {
    guard let row = Self.rows[String(code)] else { return nil }
    self.row = row
  }

  /// The same for the characters of a text.
  public init?(characters: UnsafeBufferPointer<UInt8>) {
    guard characters.count == 3 else { return nil }
    let code = Self.number(of: characters)
    // A search by halves: cheaper than to make and hash a text.
    var (low, high) = (0, Self.numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if Self.numbers[middle] < code { low = middle + 1 } else { high = middle }
    }
    guard low < Self.numbers.count, Self.numbers[low] == code else { return nil }
    row = UInt8(low)
  }

  /// The three-letter code, such as `USD`.
  public var code: String { Self.table[Int(row)].code }

  /// How many decimal digits the minor unit has: JPY 0, USD 2, KWD 3, CLF 4.
  public var minorDigits: Int { Self.table[Int(row)].minorDigits }

  /// Every currency there is, in the order of the codes.
  public static var all: [Currency] { table.indices.map { Currency(row: UInt8($0)) } }

  private init(row: UInt8) { self.row = row }

  private static let table: [(code: String, minorDigits: Int)] =
    currencyCodes
    .flatMap { digits, codes in
      codes.split(separator: " ").map { (code: String($0), minorDigits: digits) }
    }
    .sorted { $0.code < $1.code }

  /// The codes of the table as numbers, which are in the same order.
  private static let numbers: [UInt32] = table.map { number(of: $0.code.utf8) }

  private static func number(of code: some Sequence<UInt8>) -> UInt32 {
    code.reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static let rows: [String: UInt8] = Dictionary(
    uniqueKeysWithValues: table.enumerated().map { ($1.code, UInt8($0)) })
}

extension Currency: CustomStringConvertible {
  public var description: String { code }
}
