import StoragePostgres

extension PostgresExamination {
  /// What there is to say of a server.
  var findings: [Finding] {
    var findings = [
      Finding(
        "server", .good,
        "PostgreSQL \(serverVersion), schema at migration \(migration), "
          + "\(usedConnections) of \(connectionLimit) connections in use")
    ]
    if !missingPermissions.isEmpty {
      findings.append(
        Finding(
          "grants", .bad,
          "\(account) lacks \(missingPermissions.joined(separator: ", ")); a worker cannot work "
            + "without"))
    }
    if isFsyncOff {
      findings.append(
        Finding(
          "durability", .bad,
          "the server has fsync off: a power cut may lose what was committed; turn it on"))
    }
    return findings
  }
}
