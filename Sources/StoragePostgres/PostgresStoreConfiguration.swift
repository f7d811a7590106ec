/// Where the store is and how patient it is.
public struct PostgresStoreConfiguration: Sendable, Equatable {
  /// `postgresql://user:password@host:port/database`, with libpq's parameters (`sslmode=verify-full`).
  public var url: String
  /// Wins over the one in the URL; nil leaves it to the URL and to libpq (`~/.pgpass`).
  public var password: String?
  /// The schema that holds the tables; one an installation.
  public var schema: String
  /// How many calls of a worker run at once, and one of people who look; each has a connection and a
  /// thread.
  public var connections: Int
  /// How long one statement may take before it is given up.
  public var timeoutMilliseconds: Int
  /// How long a row that another worker writes is waited for.
  public var lockTimeoutMilliseconds: Int
  /// How often a transaction is run that the server gives up for another one's sake.
  public var attempts: Int

  /// The URL without password and parameters, for people.
  public var address: String {
    (try? PostgresAddress(url: url))?.description ?? "(not a valid address)"
  }

  public init(
    url: String, password: String? = nil, schema: String = "resize", connections: Int = 3,
    timeoutMilliseconds: Int = 30_000, lockTimeoutMilliseconds: Int = 10_000, attempts: Int = 5
  ) {
    self.url = url
    self.password = password
    self.schema = schema
    self.connections = connections
    self.timeoutMilliseconds = timeoutMilliseconds
    self.lockTimeoutMilliseconds = lockTimeoutMilliseconds
    self.attempts = attempts
  }
}
