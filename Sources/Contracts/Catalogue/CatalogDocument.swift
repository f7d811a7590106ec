import Billing
import Resizing

/// A catalogue file, YAML or JSON (`schemas/catalog.v1.schema.json`), with everything that is wrong
/// in it.
///
/// The file is one catalogue, or a list of versions under `catalogs`; prices are taken by their
/// text, quoted or not, and never pass through floating point.
public struct CatalogDocument: Sendable {
  /// All problems, in the order of the file.
  public private(set) var problems: [CatalogProblem]
  /// What could be read.
  let versions: [CatalogVersion]
  /// Where each field stands, by its path.
  let positions: [String: TextPosition]
  /// The paths of what could not be read.
  let unreadable: [String]

  /// Reads a file that is a catalogue by itself; what is wrong is in `problems`.
  public init(_ bytes: [UInt8]) {
    self.init(oneOfSeveral: bytes)
    for found in VersionAudit([CatalogFiles.File(name: "", document: self)]).problems { add(found) }
  }

  /// Reads one file of a catalogue that may have more. Whether its versions go with each other and those of the others is yet to be
  /// looked at.
  init(oneOfSeveral bytes: [UInt8]) {
    do {
      let root = try CatalogNode.read(bytes)
      var reader = CatalogReader(toleratesUnknownFields: false)
      versions = reader.catalogs(root)
      positions = reader.positions
      problems = reader.problems
      unreadable = reader.problems.map(\.path)
      add(CatalogAudit(versions, positions: positions).problems)
    } catch {
      (versions, positions, unreadable) = ([], [:], [])
      problems = [CatalogProblem(at: error.position, path: "", error.message)]
    }
  }

  /// Adds problems that are not told by others already.
  mutating func add(_ found: [CatalogProblem]) {
    problems += found.filter { !$0.isConsequence(of: unreadable) }
    problems.sort { ($0.line, $0.column, $0.path) < ($1.line, $1.column, $1.path) }
  }

  /// Whether the catalogue can be used: there may be warnings, but no error.
  public var isValid: Bool { !problems.contains { $0.severity == .error } }

  /// The versions; none if the file has an error.
  public var catalogs: [Catalog] { isValid ? versions.map(\.catalog) : [] }

  /// The versions by the time from which each holds.
  ///
  /// - Throws: `invalidCatalog` with the first error and the number of further ones.
  public func history() throws(ContractViolation) -> CatalogHistory {
    let errors = problems.filter { $0.severity == .error }
    guard let first = errors.first else { return CatalogHistory(catalogs) }
    let more = errors.count > 1 ? " (and \(errors.count - 1) more; see \"catalog check\")" : ""
    throw ContractViolation(.invalidCatalog, "\(first)\(more)")
  }
}

extension CatalogProblem {
  /// Whether the field, or one inside it, could not be read in the first place.
  fileprivate func isConsequence(of unreadable: [String]) -> Bool {
    unreadable.contains { other in
      other == path || other.hasPrefix(path + ".") || other.hasPrefix(path + "[")
    }
  }
}

extension Catalog {
  /// Reads the catalogue of a scenario: its structure is checked, its prices are left to the quote.
  init(scenario value: JSONValue) throws(ContractViolation) {
    var reader = CatalogReader(toleratesUnknownFields: true)
    let catalog = reader.catalog(CatalogNode(value), "catalog")
    if let problem = reader.problems.first {
      throw ContractViolation(.invalidCatalog, at: problem.path, problem.message)
    }
    guard let catalog else {
      throw ContractViolation(.invalidCatalog, at: "catalog", "cannot be read")
    }
    self = catalog
  }
}
