import Testing

@testable import StoragePostgres

@Suite("A server's address as people are told of it")
struct AddressTests {
  @Test(
    "has each host with its own port, and no password",
    arguments: [
      ("u:secret@db/d", "u@db/d"),
      ("u:secret@db:6001/d?sslmode=verify-full", "u@db:6001/d"),
      ("u@a:6001,b:6002/d", "u@a:6001,b:6002/d"),
      ("u@a:6001,b/d", "u@a:6001,b/d"),
      ("u@a,b/d?port=6001", "u@a:6001,b:6001/d"),
      ("u@[::1]:6001,b/d", "u@[::1]:6001,b/d"),
      ("u@/d?host=/run/postgresql&port=6001", "u@/run/postgresql:6001/d"),
      ("/d", "localhost/d"),
    ])
  func told(_ address: String, _ expected: String) throws {
    let told = try PostgresAddress(url: "postgresql://" + address).description
    #expect(told == "postgresql://" + expected)
  }
}
