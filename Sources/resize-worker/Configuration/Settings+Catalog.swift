import Billing
import Contracts
import Foundation
import Resizing

extension Settings {
  /// The files of the catalogue: the one that is named, or all of a folder's in YAML or JSON.
  func catalogFiles() throws(Problem) -> [String] {
    let path = text(.catalogPath) ?? ""
    guard FileManager.default.fileExists(atPath: path) else {
      throw Problem(
        .unreachable, "there is no catalogue \(InputFile.absolute(path)); set catalog.path")
    }
    return try Self.files(ofCatalogue: path)
  }

  /// The file, or all files of the folder in YAML or JSON.
  static func files(ofCatalogue path: String) throws(Problem) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return [path] }
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
    let catalogue = try CatalogFiles(reading: catalogFiles())
    let errors = catalogue.files.flatMap { file in
      file.document.problems.filter { $0.severity == .error }.map { "\(file.name), \($0)" }
    }
    guard let first = errors.first else { return CatalogHistory(catalogue.catalogs) }
    let path = text(.catalogPath) ?? ""
    let more =
      errors.count == 1
      ? "" : " (and \(errors.count - 1) more; see `resize-worker catalog check \(path)`)"
    throw Problem(.usage, first + more)
  }
}

extension CatalogFiles {
  /// Reads the files at these paths.
  init(reading paths: [String]) throws(Problem) {
    var files: [(name: String, bytes: [UInt8])] = []
    for path in paths { files.append((path, try InputFile.read(path))) }
    self.init(files)
  }
}
