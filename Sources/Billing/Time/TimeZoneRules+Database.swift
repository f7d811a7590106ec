import Foundation
import Synchronization

extension TimeZoneRules {
  /// The rules of a zone of the time zone database; nil if there is none of this name.
  ///
  /// Reads the machine's compiled database (`/usr/share/zoneinfo`), and without one asks
  /// Foundation. Meant for loading a catalogue; every zone is read once and kept.
  public init?(identifier: String) {
    guard Self.isPlainName(identifier) else { return nil }
    if let known = loaded.withLock({ $0[identifier] }) {
      self = known
      return
    }
    guard let rules = Self.read(identifier) else { return nil }
    loaded.withLock { $0[identifier] = rules }
    self = rules
  }

  /// Names of the database only: nothing that could leave its folder.
  private static func isPlainName(_ identifier: String) -> Bool {
    let isAllowed = identifier.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"),
        UInt8(ascii: "-"), UInt8(ascii: "/"):
        return true
      default:
        return false
      }
    }
    return isAllowed && (1...64).contains(identifier.utf8.count) && !identifier.hasPrefix("/")
  }

  private static func read(_ identifier: String) -> TimeZoneRules? {
    if identifier == "UTC" { return .utc }
    let folder = "/usr/share/zoneinfo/"
    if let bytes = FileManager.default.contents(atPath: folder + identifier) {
      return TimeZoneRules(identifier: identifier, compiled: [UInt8](bytes))
    }
    guard !FileManager.default.fileExists(atPath: folder) else { return nil }
    return TimeZoneRules(foundation: identifier)
  }

  /// The rules as Foundation knows them, up to the year 2100.
  init?(foundation identifier: String) {
    guard let zone = TimeZone(identifier: identifier) else { return nil }
    let start = Date(timeIntervalSince1970: -2_208_988_800)
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    var transitions: [Transition] = []
    var date = start
    while let next = zone.nextDaylightSavingTimeTransition(after: date), next > date, next < end {
      let before = Int64(zone.secondsFromGMT(for: next.addingTimeInterval(-1)))
      let after = Int64(zone.secondsFromGMT(for: next))
      let at = Int64(next.timeIntervalSince1970)
      transitions.append(Transition(at: at, before: before, after: after))
      date = next
    }
    self.init(
      identifier: identifier, initialOffset: Int64(zone.secondsFromGMT(for: start)),
      transitions: transitions, repeats: false)
  }
}

/// Zones that were read already.
private let loaded = Mutex<[String: TimeZoneRules]>([:])
