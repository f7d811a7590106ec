import Contracts
import Foundation
import Testing

@testable import resize_worker

@Suite("Inventory and prices")
struct InventoryTests {
  private let folder: Program.Folder
  private let environment: [String: String]

  init() throws {
    folder = try Program.Folder()
    environment = [
      "RESIZE_WORKER_STORE_URL": "sqlite:\(folder.path)/store.sqlite",
      "RESIZE_WORKER_CATALOG_PATH": try folder.file("catalog.yaml", Self.catalog),
    ]
  }

  private static let catalog = """
    name: test
    currency: USD
    products:
      cvm:
        timeZone: UTC
        upgrade: &rule { policy: dailyDifferential, termTiers: [{ minMonths: 6, payRatio: "0.88" }] }
        downgrade: { policy: unusedValueRefund }
        specs:
          small: { monthly: "16.8", hourly: [{ price: "0.04" }] }
          large: { monthly: "44.8", hourly: [{ price: "0.12" }] }

    """

  private static let instance = """
    {"instanceId": "ins-1", "tenantId": "t", "product": "cvm", "spec": "small",
     "billingMode": "prepaid", "state": "stopped", "startsAt": "2022-12-31T00:00:00Z",
     "expiresAt": "2023-12-31T00:00:00Z", "orders": [{"orderId": "o-1",
     "startsAt": "2022-12-31T00:00:00Z", "endsAt": "2023-12-31T00:00:00Z", "paidCash": "167.33"}]}
    """

  private func imported(_ text: String, as name: String = "inventory.json") async throws
    -> Program.Ending
  {
    let file = try folder.file(name, text)
    return try await Program.run("inventory", "import", file, environment: environment)
  }

  @Test("a list, lines and YAML are read; an older revision changes nothing")
  func formats() async throws {
    let record = #"{"revision": 7, "instance": \#(Self.instance)}"#
    let list = try await imported("[\(record)]")
    #expect(list.status == 0, "\(list.errors)")
    #expect(list.output == "1 instance new or changed, 0 as before\n")
    let lines = try await imported(
      record.replacing("\n", with: "") + "\n"
        + Self.instance.replacing("\n", with: "").replacing("ins-1", with: "ins-2"))
    #expect(lines.output == "1 instance new or changed, 1 as before\n")
    let yaml = try await imported(
      """
      - instanceId: ins-3
        tenantId: t
        product: cvm
        spec: small
        billingMode: postpaid
        state: stopped
      """, as: "inventory.yaml")
    #expect(yaml.output == "1 instance new or changed, 0 as before\n", "\(yaml.errors)")
    let listed = try await Program.run("inventory", "list", "--json", environment: environment)
    let ids = try listed.output.split(separator: "\n").map { line in
      try JSONParser.parse(Array(line.utf8))["instance"]?["instanceId"]?.text
    }
    #expect(ids == ["ins-1", "ins-2", "ins-3"])
  }

  @Test(
    "a record that is wrong is named with its place and field, and nothing is imported",
    arguments: [
      ("[{}]", "record 1: instanceId is missing"),
      ("[\(instance), {\"instanceId\": 5}]", "record 2: instanceId"),
      (instance.replacing("2022-12-31T00:00:00Z", with: "now-3d"), "--template reads times"),
      ("[1", "line 1"), ("{}\n{", "line 2"), ("", "no instance"),
    ])
  func broken(text: String, expected: String) async throws {
    let ending = try await imported(text)
    #expect(ending.status == 2)
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains(expected), "\(ending.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/store.sqlite"))
  }

  @Test(
    "a revision that is no whole number, or is misspelt, is refused: it is not newer than all",
    arguments: [
      (#""revision": "6""#, "revision should be a whole number, but is a string"),
      (#""revision": 6.0"#, "revision should be a whole number in plain digits, but is 6.0"),
      (#""revision": -6"#, "revision should be from 0 to 9223372036854775807, but is -6"),
      (#""revision": 9223372036854775808"#, "in plain digits, but is 9223372036854775808"),
      (#""revision": null"#, "revision must not be null"),
      (#""revison": 6"#, "revison is not known here; did you mean \"revision\"?"),
      (#""number": 6"#, "number is not known here; use one of \"revision\""),
    ])
  func uselessRevision(member: String, expected: String) async throws {
    _ = try await imported(#"{"revision": 7, "instance": \#(Self.instance)}"#)
    let stored = try await Program.run("inventory", "show", "ins-1", environment: environment)
    let older = Self.instance.replacing("small", with: "large")
    for record in [
      #"{\#(member), "instance": \#(older)}"#, #"{"data": {\#(member), "instance": \#(older)}}"#,
    ] {
      let ending = try await imported("[\(record)]")
      #expect(ending.status == 2)
      #expect(ending.isOneSentence, "\(ending.errors)")
      #expect(ending.errors.contains("record 1: "), "\(ending.errors)")
      #expect(ending.errors.contains(expected), "\(ending.errors)")
    }
    let after = try await Program.run("inventory", "show", "ins-1", environment: environment)
    #expect(after.output == stored.output)
  }

  @Test("nothing is newer than the highest revision: the instance is named, and stays")
  func highestRevision() async throws {
    _ = try await imported(#"{"revision": \#(Int64.max), "instance": \#(Self.instance)}"#)
    let ending = try await imported(Self.instance)
    #expect(ending.status == 1)
    #expect(ending.isOneSentence, "\(ending.errors)")
    #expect(ending.errors.contains("instance ins-1 is stored with the highest revision"))
  }

  @Test("a removal is imported as one, as a message or as it is shown, and does not bring it back")
  func removal() async throws {
    _ = try await imported(#"{"revision": 7, "instance": \#(Self.instance)}"#)
    let removed = try await imported(
      #"{"data": {"revision": 8, "instanceId": "ins-1", "removed": true}}"#)
    #expect(removed.output == "1 instance new or changed, 0 as before\n", "\(removed.errors)")
    let shown = try await Program.run("inventory", "show", "ins-1", environment: environment)
    #expect(shown.output.contains("\"removed\": true"), "\(shown.output)")
    let newer = try await imported(shown.output.replacing("8", with: "9", maxReplacements: 1))
    #expect(newer.output == "1 instance new or changed, 0 as before\n", "\(newer.errors)")
    let again = try await Program.run("inventory", "show", "ins-1", environment: environment)
    #expect(again.output.contains("\"removed\": true"), "\(again.output)")
  }

  @Test("a quote for an instance says the amount and every term; a price list all it could become")
  func quote() async throws {
    _ = try await imported(Self.instance)
    let time = "2023-05-01T00:00:00Z"
    let one = try await Program.run(
      "quote", "--instance", "ins-1", "--to", "large", "--at", time, environment: environment)
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains("ins-1 to large: charge 197.66 USD"))
    #expect(one.output.contains("2928/365 months"))
    let all = try await Program.run(
      "quote", "--instance", "ins-1", "--all", "--at", time, "--json", environment: environment)
    let offers = try JSONParser.parse(Array(all.output.utf8)).elements
    #expect(offers?.count == 1)
    #expect(offers?.first?["quote"]?["amount"]?.text == "197.66")
    let same = try await Program.run(
      "quote", "--instance", "ins-1", "--to", "small", "--at", time, environment: environment)
    #expect(same.status == 1)
    #expect(same.errors.contains("NoChange"))
    let limited = try await Program.run(
      "quote", "--instance", "ins-1", "--to", "large", "--at", time, "--max-charge", "100.00USD",
      "--json", environment: environment)
    #expect(limited.status == 1)
    #expect(limited.output.contains("ChargeAboveLimit"))
  }

  @Test("what is shown can be imported again")
  func roundTrip() async throws {
    _ = try await imported(Self.instance)
    let shown = try await Program.run("inventory", "show", "ins-1", environment: environment)
    let again = try await imported(shown.output)
    #expect(again.output == "0 instances new or changed, 1 as before\n")
    let missing = try await Program.run("inventory", "show", "ins-9", environment: environment)
    #expect(missing.status == 1)
    #expect(missing.isOneSentence)
  }

  @Test("payments are paused and resumed for all workers of the database")
  func payments() async throws {
    _ = try await imported(Self.instance)
    for (command, shown) in [("pause", "paused by "), ("resume", "not paused, resumed by ")] {
      #expect(
        try await Program.run("payments", command, environment: environment).status == 0)
      let state = try await Program.run("payments", environment: environment)
      #expect(state.output.hasPrefix("payments \(shown)"), "\(state.output)")
    }
  }
}
