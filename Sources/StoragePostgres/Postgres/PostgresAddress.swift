import CLibPQ
import Glibc

/// Where a server is and as whom to log in; never shows the password.
struct PostgresAddress: Sendable, CustomStringConvertible {
  /// What libpq is given, in its order: later ones win.
  let keywords: [(name: String, value: String)]
  /// `postgresql://user@host:port/database`
  let description: String

  /// - Parameters:
  ///   - url: `postgresql://user:password@host:port/database?sslmode=…`, as libpq reads it.
  ///   - password: Wins over the one in the URL.
  ///   - requiresWriting: Whether only a server that can be written will do, whatever the URL says of it
  ///     (`target_session_attrs`); where it says nothing, no other does anyway.
  init(
    url: String, password: String? = nil, requiresWriting: Bool = false
  ) throws(PostgresError) {
    let parts = try Self.parts(of: url)
    let user = parts["user"].map { $0 + "@" } ?? ""
    let database = parts["dbname"] ?? parts["user"] ?? ""
    description = "postgresql://\(user)\(Self.hosts(parts))/\(database)"
    // A standby takes no commit and is behind with what it shows. Servers tell with the log-in whether
    // they are one: libpq goes on to the next host then, and nothing is asked in addition.
    let writing = ("target_session_attrs", "read-write")
    // A peer that is gone without a word is given up after ten seconds, idle or not.
    var keywords = [
      ("fallback_application_name", "resize-worker"), ("connect_timeout", "10"),
      ("tcp_user_timeout", "10000"), ("keepalives_idle", "5"), ("keepalives_interval", "2"),
      ("keepalives_count", "3"), writing, ("dbname", url), ("client_encoding", "UTF8"),
    ]
    if requiresWriting { keywords.append(writing) }
    if let password { keywords.append(("password", password)) }
    self.keywords = keywords
  }

  /// Each host with its port; libpq keeps hosts and ports in two lists, or one port for all.
  private static func hosts(_ parts: [String: String]) -> String {
    func items(_ list: String) -> [Substring] {
      list.split(separator: ",", omittingEmptySubsequences: false)
    }
    let ports = items(parts["port"] ?? "")
    let hosts = items(parts["host"] ?? parts["hostaddr"] ?? "localhost")
    return hosts.enumerated().map { index, host in
      let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
      return (host.contains(":") ? "[\(host)]" : host) + (port.isEmpty ? "" : ":" + port)
    }.joined(separator: ",")
  }

  /// The settings that the URL names, without the password.
  private static func parts(of url: String) throws(PostgresError) -> [String: String] {
    // A password with such a character in it would be read as host or port, and shown.
    let place = url.prefix { $0 != "?" }.split(separator: "/").dropFirst()
    let signs = place.map { part in part.count { $0 == "@" } }
    guard ["postgresql://", "postgres://"].contains(where: url.hasPrefix),
      signs.first ?? 0 <= 1, signs.dropFirst().allSatisfy({ $0 == 0 })
    else { throw unreadable }
    // libpq's own explanation may hold the URL, and with it the password: it is not passed on.
    guard let options = PQconninfoParse(url, nil) else { throw unreadable }
    defer { PQconninfoFree(options) }
    var parts: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val, strcmp(keyword, "password") != 0 {
        parts[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
    guard (parts["port"] ?? "").allSatisfy({ $0.isASCII && $0.isNumber || $0 == "," }) else {
      throw unreadable
    }
    return parts
  }

  private static var unreadable: PostgresError {
    PostgresError(
      .invalidAddress,
      "The database's address cannot be read; write postgresql://user@host:port/database, with "
        + "each character of a password that is no letter or digit as %XX; what follows a ? are "
        + "parameters of libpq, such as sslmode=verify-full.")
  }
}
