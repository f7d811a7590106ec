import Billing

/// The files of one catalogue, each with one version or several, and what is wrong in them and between them.
public struct CatalogFiles: Sendable {
  public struct File: Sendable {
    /// What people are told.
    public let name: String
    public fileprivate(set) var document: CatalogDocument
  }

  public private(set) var files: [File]

  /// Reads them; what is wrong is in the `problems` of their documents, each once.
  public init(_ files: [(name: String, bytes: [UInt8])]) {
    self.files = files.map {
      File(name: $0.name, document: CatalogDocument(oneOfSeveral: $0.bytes))
    }
    for (index, found) in VersionAudit(self.files).problems.enumerated() {
      self.files[index].document.add(found)
    }
  }

  /// The versions of all files; none if one of them has an error.
  public var catalogs: [Catalog] {
    files.allSatisfy(\.document.isValid) ? files.flatMap(\.document.catalogs) : []
  }
}
