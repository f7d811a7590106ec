import Billing

/// All versions of the catalogue; which one holds is a question of the time.
public struct CatalogHistory: Sendable {
  private let versions: [Catalog]

  /// - Parameter versions: In any order; one without `validFrom` holds from the beginning.
  public init(_ versions: [Catalog]) {
    self.versions = versions.sorted { left, right in
      switch (left.validFrom, right.validFrom) {
      case (nil, nil), (_, nil): false
      case (nil, _): true
      case (let left?, let right?): left < right
      }
    }
  }

  /// The version that holds at a time; nil before the first.
  public func version(at now: Instant) -> Catalog? {
    versions.last { catalog in catalog.validFrom.map { $0 <= now } ?? true }
  }

  /// Every version, oldest first.
  public var all: [Catalog] { versions }
}
