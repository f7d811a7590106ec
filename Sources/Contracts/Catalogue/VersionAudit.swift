import Billing

/// Checks the versions of a catalogue against each other, whether they stand in one file or in several.
struct VersionAudit {
  /// What is wrong in each file, in the order of the files.
  private(set) var problems: [[CatalogProblem]]

  private let files: [CatalogFiles.File]
  /// All versions so far, each with the number of its file.
  private var earlier: [(file: Int, version: CatalogVersion)] = []

  init(_ files: [CatalogFiles.File]) {
    self.files = files
    problems = files.map { _ in [] }
    let isAlone = files.reduce(0) { $0 + $1.document.versions.count } == 1
    for (file, content) in files.enumerated() {
      for version in content.document.versions {
        // A list is there to be added to.
        if !isAlone || !version.path.isEmpty { check(version, file) }
        earlier.append((file, version))
      }
    }
  }

  private mutating func check(_ version: CatalogVersion, _ file: Int) {
    checkName(version, file)
    let catalog = version.catalog
    if let other = earlier.first(where: { $0.version.catalog.validFrom == catalog.validFrom }) {
      let place = place(of: other.file, beside: file, "another version")
      report(
        version, file, "validFrom",
        catalog.validFrom == nil
          ? "is missing, as in \(place); only one can hold since ever"
          : "is the same time as in \(place); only one can hold from then on")
    }
    let other = earlier.first { file, version in
      version.catalog.currency != catalog.currency
        && !files[file].document.unreadable.contains(catalogPath(version.path, "currency"))
    }
    if let other {
      let place = place(of: other.file, beside: file, "another version")
      report(
        version, file, "currency",
        "is \(catalog.currency), but \(place) has \(other.version.catalog.currency): orders that name no "
          + "currency would be taken for either; keep versions of one currency")
    }
  }

  private mutating func checkName(_ version: CatalogVersion, _ file: Int) {
    guard let name = version.catalog.version else {
      return report(
        version, file, "version",
        "is missing; with several versions each needs a name of its own")
    }
    guard let other = earlier.first(where: { $0.version.catalog.version == name }) else { return }
    let place = place(of: other.file, beside: file, "")
    report(
      version, file, "version",
      "is \"\(name.shortened)\" like \(place.isEmpty ? "another" : "that of " + place); a stored quote "
        + "could mean either")
  }

  /// The name of a file; some words where it is the same.
  private func place(of other: Int, beside file: Int, _ words: String) -> String {
    other == file ? words : files[other].name
  }

  private mutating func report(
    _ version: CatalogVersion, _ file: Int, _ field: String, _ message: String
  ) {
    let path = catalogPath(version.path, field)
    problems[file].append(
      CatalogProblem(at: files[file].document.positions.nearest(to: path), path: path, message))
  }
}
