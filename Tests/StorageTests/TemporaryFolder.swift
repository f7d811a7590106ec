import Foundation
import ScriptFixture

/// A folder of one test's own, gone after it.
struct TemporaryFolder: Sendable {
  private let url: URL

  static func with<Value>(
    _ body: (TemporaryFolder) async throws -> Value
  ) async throws -> Value {
    let folder = TemporaryFolder(
      url: URL(fileURLWithPath: try TestProcess.newFolder("storage"), isDirectory: true))
    defer { try? FileManager.default.removeItem(at: folder.url) }
    return try await body(folder)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
