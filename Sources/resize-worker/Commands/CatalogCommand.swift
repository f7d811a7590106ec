import ArgumentParser
import Contracts

struct CatalogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog",
    abstract: "Check price lists.",
    subcommands: [Check.self])

  /// `catalog check`
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "All problems of a catalogue at once, each with its line and what to write instead.",
      discussion: """
        Examples:
          resize-worker catalog check catalog.yaml
          resize-worker catalog check prices/    # the versions in a folder
          resize-worker catalog check            # the configured one
        """)

    @Argument(
      help: "Files in YAML or JSON, or folders of them. (else: the configured catalogue)")
    var files: [String] = []
    @OptionGroup var configuration: ConfigurationFlag
    @OptionGroup var catalog: CatalogFlags
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let settings = try configuration.settings(catalog)
      let catalogues =
        files.isEmpty
        ? [try settings.catalogFiles()] : try files.map { try Settings.files(ofCatalogue: $0) }
      var report: [JSONValue] = []
      var errorCount = 0
      for file in try catalogues.flatMap({ try CatalogFiles(reading: $0).files }) {
        errorCount += file.document.problems.count { $0.severity == .error }
        report += file.document.problems.map { $0.json(file.name) }
        if !json { show(file.document, file.name, settings.style) }
      }
      if json { OutputChannel.standard.json(.array(report)) }
      if errorCount > 0 { throw ExitCode(ExitStatus.didNotWorkOut.rawValue) }
    }

    private func show(_ document: CatalogDocument, _ path: String, _ style: TextStyle) {
      let output = OutputChannel.standard
      for problem in document.problems {
        let tone: TextStyle.Tone = problem.severity == .error ? .bad : .notable
        output.line("\(path): " + style.paint("\(problem)".printable, tone))
      }
      let errors = document.problems.count { $0.severity == .error }
      if errors > 0 {
        return output.line("\(path): \(errors.counted("error")); the catalogue is not used")
      }
      for catalog in document.catalogs {
        let version = catalog.version.map { ", version \($0)" } ?? ""
        output.line(
          "\(path): \(catalog.name)\(version) is good: \(catalog.products.count.counted("product")) in "
            + catalog.currency.code)
      }
    }
  }
}

extension CatalogProblem {
  fileprivate func json(_ file: String) -> JSONValue {
    .object([
      JSONMember("file", .string(file)), JSONMember("line", .number(String(line))),
      JSONMember("column", .number(String(column))),
      JSONMember("severity", .string(severity.rawValue)), JSONMember("path", .string(path)),
      JSONMember("message", .string(message)),
    ])
  }
}
