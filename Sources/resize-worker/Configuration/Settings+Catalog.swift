import Billing
import Contracts
import Foundation
import Resizing

extension Settings {
  /// The files of the catalogue: the one that is named, or all of a folder's in YAML or JSON.
  func catalogFiles() throws(Problem) -> [String] {
    let path = text(.catalogPath) ?? ""
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Problem(
        .unreachable, "there is no catalogue \(InputFile.absolute(path)); set catalog.path")
    }
    guard isFolder.boolValue else { return [path] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    let files = names.sorted().filter { name in
      [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }
    guard !files.isEmpty else {
      throw Problem(.unreachable, "the catalogue folder \(path) has no file in YAML or JSON")
    }
    return files.map { path + "/" + $0 }
  }

  /// All versions of the catalogue.
  /// - Throws: `Problem` with file, line and field of the first error, and how many more there are.
  func catalogHistory() throws(Problem) -> CatalogHistory {
    var versions: [Catalog] = []
    for file in try catalogFiles() {
      let document = CatalogDocument(try InputFile.read(file))
      let errors = document.problems.filter { $0.severity == .error }
      if let first = errors.first {
        let more =
          errors.count == 1
          ? "" : " (and \(errors.count - 1) more; see `resize-worker catalog check \(file)`)"
        throw Problem(.usage, "\(file), \(first)\(more)")
      }
      versions += document.catalogs
    }
    return CatalogHistory(versions)
  }
}
