import Foundation

/// A folder of one test's own, gone after it.
struct TemporaryFolder: Sendable {
  private let url: URL

  static func with<Value>(
    _ body: (TemporaryFolder) async throws -> Value
  ) async throws -> Value {
    let folder = TemporaryFolder(
      url: FileManager.default.temporaryDirectory
        .appendingPathComponent("resize-worker-\(UUID().uuidString)", isDirectory: true))
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder.url) }
    return try await body(folder)
  }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }
}
