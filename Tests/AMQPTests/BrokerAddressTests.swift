import Testing

@testable import AMQP

@Suite("The address of a broker")
struct BrokerAddressTests {
  @Test("A URL is read with its parts percent-decoded")
  func url() throws {
    let address = try BrokerAddress(
      url: "amqps://us%40er:p%3Aa%2Fss@rabbit.example:5999/team%2Fone?cacertfile=/etc/ca.pem")
    #expect(
      address
        == BrokerAddress(
          host: "rabbit.example", port: 5999, virtualHost: "team/one", user: "us@er",
          password: "p:a/ss", tls: .init(authoritiesFile: "/etc/ca.pem")))
  }

  @Test(
    "What is left out has RabbitMQ's defaults",
    arguments: [
      ("amqp://h", BrokerAddress(host: "h")),
      ("amqp://h/", BrokerAddress(host: "h")),
      ("amqp://h/%2F", BrokerAddress(host: "h")),
      ("amqps://h", BrokerAddress(host: "h", port: 5671, tls: .init())),
      ("amqp://[::1]:5673/v", BrokerAddress(host: "::1", port: 5673, virtualHost: "v")),
      ("amqp://u:p@h:1", BrokerAddress(host: "h", port: 1, user: "u", password: "p")),
    ])
  func defaults(url: String, expected: BrokerAddress) throws {
    #expect(try BrokerAddress(url: url) == expected)
  }

  @Test(
    "What makes no sense is refused without repeating the password",
    arguments: [
      "", "http://h", "amqp://", "amqp://:5672", "amqp://h:0", "amqp://h:65536", "amqp://h:x",
      "amqp://u:sesame@h:p@:1", "amqp://u:ses%zzame@h", "amqp://[::1", "amqp://h/%00",
      "amqp://h?verify=verify_none", "amqps://h?verify=sesame", "amqps://h?other=1",
    ])
  func nonsense(url: String) {
    let error = #expect(throws: AMQPError.self) { try BrokerAddress(url: url) }
    #expect(error?.code == .invalidAddress)
    #expect(error?.message.contains("sesame") == false)
    #expect(error?.isRetriable == false)
  }

  @Test("The password is in no description and no reflection")
  func redaction() throws {
    let address = try BrokerAddress(url: "amqps://user:sesame@h/v%2F")
    var dumped = ""
    dump(address, to: &dumped)
    for text in ["\(address)", String(reflecting: address), dumped] {
      #expect(!text.contains("sesame"))
    }
    #expect("\(address)" == "amqps://user:***@h:5671/v%2F")
  }
}

@Suite("Back-off between attempts to connect")
struct ReconnectBackoffTests {
  @Test("The wait doubles up to its maximum, and at least half of it is waited")
  func doubling() {
    let backoff = ReconnectBackoff(initial: .milliseconds(100), maximum: .seconds(1))
    var generator = SystemRandomNumberGenerator()
    let wholes: [Duration] = [100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) }
    for (index, whole) in wholes.enumerated() {
      for _ in 0..<100 {
        let wait = backoff.wait(afterFailures: index + 1, using: &generator)
        #expect(wait <= whole && wait >= whole / 2)
      }
    }
    #expect(backoff.wait(afterFailures: .max, using: &generator) <= .seconds(1))
  }
}
