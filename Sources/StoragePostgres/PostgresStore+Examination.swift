import Storage

/// What the server and the account are like, for those who look for what is wrong.
public struct PostgresExamination: Sendable, Equatable {
  /// Such as `15.4`.
  public var serverVersion: String
  /// The number of the last migration that was done.
  public var migration: Int
  public var account: String
  /// What the account may not do, such as `INSERT on ledger`.
  public var missingPermissions: [String]
  /// Of all clients of the server.
  public var usedConnections: Int
  public var connectionLimit: Int
  /// Whether the server takes for written what its system has only promised to write.
  public var isFsyncOff: Bool
}

extension PostgresStore {
  /// Looks at server, schema and permissions.
  public func examination() async throws(StoreError) -> PostgresExamination {
    let calls = [Statement.server.call(), Statement.missingPermissions.call()]
    return try await view(calls.onOneSnapshot) { answers throws(PostgresError) in
      guard let server = answers[1].first else { throw unreadable("the server", "no row") }
      return PostgresExamination(
        serverVersion: server.text(at: 0), migration: Int(server.integer(at: 1)),
        account: server.text(at: 2), missingPermissions: answers[2].map { $0.text(at: 0) },
        usedConnections: Int(server.integer(at: 3)), connectionLimit: Int(server.integer(at: 4)),
        isFsyncOff: server.flag(at: 5))
    }
  }
}
