import Billing
import Contracts
import Storage

extension LedgerHead {
  /// A line of `ledger verify --json` and `ledger balance --json`.
  var json: JSONValue {
    .object(some: [
      ("head", .string(account.name)), ("currency", .string(account.currency)),
      ("position", .number("\(position)")), ("minorUnits", .number("\(balance)")),
      ("hash", .string("\(hash)")),
    ])
  }

  /// Reads such a line; nil for a line of something else.
  init?(json: JSONValue) throws(Problem) {
    guard let name = json["head"]?.text else { return nil }
    guard let currency = json["currency"]?.text, let position = json["position"]?.integer,
      let balance = json["minorUnits"]?.integer,
      let hash = json["hash"]?.text.flatMap({ LedgerHash(hex: $0) })
    else {
      throw Problem(.usage, "the head of \(name.printable) is not as `ledger verify --json` writes")
    }
    self.init(
      account: LedgerAccount(name: name, currency: currency), position: Int64(position),
      balance: Int64(balance), hash: hash)
  }
}

/// Heads that were kept.
enum LedgerHeads {
  static func read(from path: String) throws -> [LedgerHead] {
    let heads = try InputFile.lines(try InputFile.read(path)).compactMap { line in
      do {
        return try LedgerHead(json: try JSONParser.parse(Array(line.bytes)))
      } catch {
        let reason = (error as? JSONError)?.message ?? Problem(error).message
        throw Problem(.usage, "\(path.printable), line \(line.number): \(reason)")
      }
    }
    guard !heads.isEmpty else {
      throw Problem(
        .usage,
        "\(path.printable) has no head of an account; keep what `ledger verify --json` prints")
    }
    return heads
  }
}

extension LedgerFinding {
  var json: JSONValue {
    .object(some: [
      ("fault", .string(fault.rawValue)), ("row", number.map { .number("\($0)") }),
      ("account", account.map { .string($0.name) }),
      ("currency", account.map { .string($0.currency) }),
      ("position", position.map { .number("\($0)") }),
      ("movementId", movementId.map { .string($0) }),
      ("requestId", requestId.map { .string($0) }), ("expected", .string(expected)),
      ("found", .string(found)), ("message", .string(description)),
    ])
  }
}

extension LedgerSummary {
  var json: JSONValue {
    .object(some: [
      ("accounts", .number("\(accounts)")), ("entries", .number("\(entries)")),
      ("resizes", .number("\(resizes)")), ("findings", .number("\(findings)")),
    ])
  }
}

extension LedgerRow {
  /// A line of `ledger show --json`: all that its hash is made of, and the hash.
  var json: JSONValue {
    .object(some: [
      ("row", .number("\(number)")), ("account", .string(entry.account.name)),
      ("currency", .string(entry.account.currency)), ("position", .number("\(entry.position)")),
      ("movementId", .string(entry.movementId)), ("requestId", .string(entry.requestId)),
      ("minorUnits", .number("\(entry.minorUnits)")), ("purpose", .string(entry.purpose)),
      ("postedAt", .number("\(entry.postedAt.millisecondsSinceEpoch)")),
      ("previousHash", .string("\(entry.previousHash)")), ("hash", .string("\(entry.hash)")),
    ])
  }
}
