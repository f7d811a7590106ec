import Resizing
import Storage
import StorageConformance
import Testing

@Suite("The hash of a ledger entry")
struct LedgerHashTests {
  /// Computed with Python's struct and hashlib from the description of `computedHash`.
  @Test("It is what another program computes from the description of its bytes")
  func vectors() throws {
    var first = LedgerEntry(
      account: LedgerAccount(name: "cash:tenant-1", currency: "USD"), position: 1,
      movementId: "pay_req-1", requestId: "req-1", minorUnits: 19_766, purpose: "charge",
      postedAt: Moment(millisecondsSinceEpoch: 1_795_262_400_123), previousHash: .beforeFirst,
      hash: .beforeFirst)
    first.hash = try first.computedHash()
    #expect("\(first.hash)" == "26c2ed357617b709607b800c0fa25199a9e9473200331fcd3713fd97ae5d2fb1")
    let second = LedgerEntry(
      account: first.account, position: 2, movementId: "ref_é", requestId: "é",
      minorUnits: -19_766, purpose: "latePayment", postedAt: Moment(millisecondsSinceEpoch: -1),
      previousHash: first.hash, hash: .beforeFirst)
    #expect(
      "\(try second.computedHash())"
        == "1bcaf0da2f010882204d88f3f74fb607e9a2af805607e3e6f916cff5feb701d9")
  }

  @Test("Every field counts, and no text can pass for its neighbour")
  func everyField() throws {
    let account = LedgerAccount(name: "cash:t", currency: "USD")
    let entry = LedgerEntry(
      account: account, position: 1, movementId: "ab", requestId: "c", minorUnits: 1,
      purpose: "charge", postedAt: Sample.noon, previousHash: .beforeFirst, hash: .beforeFirst)
    let changes: [(inout LedgerEntry) -> Void] = [
      { _ in }, { $0.account.name = "cash:u" }, { $0.account.currency = "EUR" },
      { $0.position = 2 }, { $0.movementId = "ad" },
      { ($0.movementId, $0.requestId) = ("a", "bc") }, { $0.requestId = "d" },
      { $0.minorUnits = 2 }, { $0.minorUnits = -1 }, { $0.purpose = "downgrade" },
      { $0.postedAt = Sample.noon.adding(milliseconds: 1) },
      { $0.previousHash.bytes[31] = 1 }, { $0.previousHash = LedgerHash(bytes: []) },
    ]
    var hashes: Set<LedgerHash> = []
    for change in changes {
      var changed = entry
      change(&changed)
      hashes.insert(try changed.computedHash())
    }
    #expect(hashes.count == changes.count)
  }

  @Test("It reads what it writes, and nothing else")
  func hexadecimal() throws {
    let hash = LedgerHash(bytes: (0..<32).map { UInt8($0 * 8 + 7) })
    #expect(LedgerHash(hex: hash.description) == hash)
    for text in ["", "00", hash.description + "00", String(hash.description.dropLast()) + "x"] {
      #expect(LedgerHash(hex: text) == nil)
    }
  }
}
