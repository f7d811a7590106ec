import Contracts
import Foundation
import Resizing
import Storage
import StorageConformance
import StorageSQLite
import Testing

@Suite("The ledger on the command line")
struct LedgerTests {
  private let folder: Program.Folder
  private let file: String

  /// A database with the payments of two requests.
  init() async throws {
    folder = try Program.Folder()
    file = folder.path + "/store.sqlite"
    let store = try SQLiteStore(SQLiteStoreConfiguration(path: file))
    for id in ["req-1", "req-2"] {
      var resize = Sample.resize(id, state: .completed)
      resize.payment?.state = .succeeded
      let postings = resize.settledMovements.flatMap {
        Posting.doubleEntry(of: $0, for: resize.request, at: Sample.noon)
      }
      let changes = ChangeSet(worker: "w", resizes: [resize], postings: postings)
      #expect(try await store.commit(changes) == .committed)
    }
    await store.close()
  }

  @Test("verify ends with 0 where all is as it was written")
  func sound() async throws {
    let ending = try await run("ledger", "verify")
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.output == "4 entries in 2 accounts, 2 resizes: all as it was written\n")
  }

  @Test("verify finds a change by one cent, names the row, and ends with 1")
  func oneCent() async throws {
    try await tamper("UPDATE ledger SET minor_units = 19765 WHERE number = 3")
    let ending = try await run("ledger", "verify")
    #expect(ending.status == 1)
    let lines = ending.output.split(separator: "\n")
    #expect(
      lines.first?.hasPrefix(
        "row 3, cash:tenant-1 USD position 2, movement pay_req-2, request req-2: the entry was "
          + "changed") == true)
    #expect(lines.contains { $0.hasSuffix("expected charge 197.66 USD, found charge 197.65 USD") })
    #expect(lines.last == "4 entries in 2 accounts, 2 resizes: 4 findings")
    let json = try await run("ledger", "verify", "--json")
    #expect(json.status == 1)
    let finding = try #require(json.output.split(separator: "\n").first)
    let value = try JSONParser.parse(Array(finding.utf8))
    #expect(value["fault"] == .string("entryChanged"))
    #expect(value["row"] == .number("3"))
  }

  @Test("heads that were kept are met again, until somebody rewrites what is before them")
  func keptHeads() async throws {
    let kept = try folder.file(
      "heads.jsonl", try await run("ledger", "verify", "--json").output)
    let ending = try await run("ledger", "verify", "--against", kept)
    #expect(ending.status == 0, "\(ending.output)")
    #expect(ending.output.hasSuffix("all as it was written, held against 2 kept heads\n"))
    try await tamper("DELETE FROM ledger; DELETE FROM ledger_heads; DELETE FROM resizes")
    #expect(try await run("ledger", "verify").status == 0)
    let against = try await run("ledger", "verify", "--against", kept)
    #expect(against.status == 1)
    #expect(against.output.contains("the history is not the one whose head was kept"))
    let nothing = try folder.file("nothing.jsonl", "{}\n")
    #expect(try await run("ledger", "verify", "--against", nothing).status == 2)
    let broken = try folder.file("broken.jsonl", "{}\n{\"bad")
    let unread = try await run("ledger", "verify", "--against", broken)
    #expect(unread.status == 2)
    #expect(unread.errors.contains("broken.jsonl, line 2: the document ends"), "\(unread.errors)")
  }

  @Test("balance adds up to nothing, and show lists an account or a request")
  func accounts() async throws {
    let balance = try await run("ledger", "balance")
    #expect(
      balance.output == """
        ACCOUNT           ENTRIES   DEBIT  CREDIT  CURRENCY
        cash:tenant-1           2  395.32          USD
        revenue:tenant-1        2          395.32  USD
        all accounts            4    0.00          USD

        """)
    let account = try await run("ledger", "show", "cash:tenant-1", "--limit", "1")
    #expect(account.output.contains("pay_req-2") && !account.output.contains("pay_req-1"))
    let request = try await run("ledger", "show", "req-1", "--json")
    #expect(request.output.split(separator: "\n").count == 2)
    #expect(try await run("ledger", "show", "nobody").status == 1)
  }

  @Test("a backup is a copy whose ledger is verified; nothing is written over")
  func backup() async throws {
    let copy = folder.path + "/backup.sqlite"
    let ending = try await run("backup", copy)
    #expect(ending.status == 0, "\(ending.errors)")
    #expect(ending.output == "\(copy): 2 resizes, 4 ledger entries, all as it was written\n")
    let verified = try await Program.run(
      "ledger", "verify", environment: ["RESIZE_WORKER_STORE_URL": "sqlite:" + copy])
    #expect(verified.output == "4 entries in 2 accounts, 2 resizes: all as it was written\n")
    #expect(try await run("backup", copy).status == 2)
    #expect(try await run("backup", folder.path + "/missing/backup.sqlite").status == 3)
    try await tamper("UPDATE ledger SET minor_units = 19765 WHERE number = 3")
    let tampered = try await run("backup", copy + "2")
    #expect(tampered.status == 1)
    #expect(tampered.output.contains("4 findings"))
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!files.contains { $0.contains("partial") || $0.hasPrefix("backup.sqlite-") })
  }

  @Test("a backup is for nobody but its owner while it is made, and then for whom the original is")
  func permissions() async throws {
    // It takes a while to copy, so that somebody who looks again and again sees it.
    try await tamper(
      "CREATE TABLE filler (bytes); INSERT INTO filler VALUES (zeroblob(100000000));")
    let copy = folder.path + "/backup.sqlite"
    let ending = try await Program.shell(
      """
      umask 022
      chmod 640 '\(file)'
      RESIZE_WORKER_STORE_URL='sqlite:\(file)' "$0" backup '\(copy)' >&2 & worker=$!
      while kill -0 $worker 2> /dev/null; do
        stat --format %a '\(copy).partial'* 2> /dev/null
      done | sort -u
      wait $worker || exit
      stat --format 'in the end %a' '\(copy)'
      """)
    #expect(ending.status == 0, "\(ending.errors)")
    let modes = ending.output.split(separator: "\n")
    #expect(modes.last == "in the end 640")
    // It is opened to others last, before it gets its name.
    #expect(Set(modes.dropLast()).subtracting(["640"]) == ["600"])
  }

  @Test(
    "verify tells of whatever was written into the database, and nothing ends it with a crash",
    arguments: [
      (
        """
        UPDATE resizes SET record = json_set(record, '$.payment.amount[0]', -9223372036854775808)
          WHERE number = 1
        """, "found charge 197.66 USD"
      ),
      (
        """
        DROP INDEX ledger_by_account;
        UPDATE ledger SET position = 9223372036854775807 WHERE account = 'cash:tenant-1'
        """, "its place in the account is another's"
      ),
      (
        """
        UPDATE resizes SET record = 'x' WHERE number = 1;
        UPDATE ledger SET minor_units = 1 WHERE number = 3
        """, "found charge 0.01 USD"
      ),
      (
        "UPDATE resizes SET record = 'x' WHERE number = 1",
        "request req-1: the record of the resize"
      ),
    ])
  func extremes(sql: String, finding: String) async throws {
    try await tamper(sql)
    let ending = try await run("ledger", "verify")
    #expect(ending.status == 1, "\(ending.errors)")
    #expect(ending.output.contains(finding), "\(ending.output)")
    #expect(ending.output.contains("4 entries in 2 accounts, 2 resizes: "), "\(ending.output)")
    let copy = try await run("backup", folder.path + "/backup.sqlite")
    #expect(copy.status == 1, "\(copy.errors)")
    #expect(copy.output.contains("see `resize-worker ledger verify`"))
  }

  @Test("balance adds up whatever the accounts say, and show shows what there is")
  func extremeHeads() async throws {
    try await tamper(
      "UPDATE ledger_heads SET position = 9223372036854775807, balance = 9223372036854775807")
    let balance = try await run("ledger", "balance")
    #expect(balance.status == 0, "\(balance.errors)")
    let words = balance.output.split(separator: "\n").last?.split(separator: " ")
    #expect(
      words == [
        "all", "accounts", "18,446,744,073,709,551,614", "18446744073709551614", "USD",
      ])
    try await tamper("UPDATE ledger_heads SET position = -9223372036854775807 - 1")
    #expect(try await run("ledger", "balance").status == 0)
    let entries = try await run("ledger", "show", "cash:tenant-1")
    #expect(entries.status == 0, "\(entries.errors)")
    #expect(entries.output.contains("pay_req-2"))
  }

  @Test("balance comes to an end also where an account is no text, and names it")
  func headsOfAnotherType() async throws {
    try await tamper(
      "UPDATE ledger_heads SET account = CAST(account AS BLOB) WHERE account = 'cash:tenant-1'")
    let ending = try await run("ledger", "balance")
    #expect(ending.status == 3)
    #expect(ending.isOneSentence && ending.errors.contains("cash:tenant-1 USD"), "\(ending.errors)")
  }

  private func run(_ arguments: String...) async throws -> Program.Ending {
    try await Program.run(
      arguments: arguments, environment: ["RESIZE_WORKER_STORE_URL": "sqlite:" + file])
  }

  /// As somebody with the file would: the triggers go first.
  private func tamper(_ sql: String) async throws {
    let script = """
      import sqlite3, sys
      database = sqlite3.connect('\(file)')
      names = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
      for (name,) in names: database.execute('DROP TRIGGER ' + name)
      database.executescript(\"\"\"\(sql)\"\"\")
      """
    let path = try folder.file("tamper.py", script)
    let ending = try await Program.shell("/usr/bin/env python3 '\(path)'")
    try #require(ending.status == 0, "\(ending.errors)")
  }
}
