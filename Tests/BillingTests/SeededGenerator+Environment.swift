import Foundation
import Seeding

extension SeededGenerator {
  /// SEED and CASES of the environment, else 1 and 100,000.
  static let seed = number("SEED") ?? 1
  static let cases = Int(number("CASES") ?? 100_000)

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
  }
}
