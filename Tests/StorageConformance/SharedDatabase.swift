import Storage
import Testing

/// A database of one rule's own that several stores can be opened on, as several workers do.
public struct SharedDatabase: Sendable {
  /// Opens one more store; the first one finds no tables.
  public let open: @Sendable () async throws -> any Store
  /// Makes something of the outbox unreadable, as a fault of disk or memory would.
  public let damage: @Sendable (OutboxDamage) async throws -> Void

  public init(
    open: @escaping @Sendable () async throws -> any Store,
    damage: @escaping @Sendable (OutboxDamage) async throws -> Void
  ) {
    self.open = open
    self.damage = damage
  }
}

/// What becomes of the page that holds a message of an owner.
public struct OutboxDamage: Sendable {
  public enum Kind: Sendable, CaseIterable {
    /// Its messages are these bytes: none that were ever a page.
    case noPage
    /// Its messages end too early.
    case cutOff
    /// It holds no messages.
    case empty
    /// Its row tells of more messages than there can be.
    case endlessRow

    /// What is said of the page; nil where each engine finds something else.
    var words: String? {
      switch self {
      case .noPage: "format is unknown"
      case .cutOff: "ends too early"
      case .empty: "holds 0 messages"
      case .endlessRow: nil
      }
    }
  }

  public var owner: String
  public var lastSequence: Int64
  public var kind: Kind
  /// What the messages become; nil where they stay.
  public var bytes: [UInt8]? {
    switch kind {
    case .noPage: [1]
    case .cutOff: OutboxPage.encode([Sample.message(owner, lastSequence)]).dropLast(3)
    case .empty: OutboxPage.encode([])
    case .endlessRow: nil
    }
  }
}

/// One rule for stores that share a database, checked on an empty one.
///
/// Every engine that can be shared runs all of them: `@Test(arguments: SharingRule.all)`.
public struct SharingRule: Sendable, CustomTestStringConvertible {
  public let sentence: String
  public let check: @Sendable (SharedDatabase) async throws -> Void

  init(_ sentence: String, check: @escaping @Sendable (SharedDatabase) async throws -> Void) {
    self.sentence = sentence
    self.check = check
  }

  public var testDescription: String { sentence }

  public static let all = neighbours + damagedPages
}
