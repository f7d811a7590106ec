import Contracts
import Resizing
import Testing

@Suite("Bytes from outside")
struct MutationTests {
  @Test(
    "However a message is damaged, it is read or refused, and never crashes",
    arguments: try Fixtures.exampleNames())
  func messages(_ name: String) throws {
    let original = try Fixtures.example(name)
    var numbers = SeededNumbers(seed: UInt64(name.utf8.count) &* 7_919)
    for _ in 0..<400 {
      let body = damaged(original, &numbers)
      do { _ = try IncomingMessage.decode(body) } catch { #expect(!error.message.isEmpty) }
      do { _ = try OutgoingMessage.decode(body) } catch { #expect(!error.message.isEmpty) }
    }
  }

  @Test("However a catalogue is damaged, it is read or its problems are named")
  func catalogues() throws {
    let original = try Fixtures.bytes(Fixtures.examples.appending(path: "catalog.yaml"))
    var numbers = SeededNumbers(seed: 42)
    for _ in 0..<400 {
      let document = CatalogDocument(damaged(original, &numbers))
      #expect(document.isValid != document.catalogs.isEmpty)
    }
  }

  @Test("However a scenario or a record is damaged, it is answered")
  func scenariosAndRecords() throws {
    var numbers = SeededNumbers(seed: 7)
    for line in try Fixtures.scenarioLines {
      for _ in 0..<40 { _ = ScenarioLine(damaged(line, &numbers)) }
    }
    for _ in 0..<400 {
      let record = RecordCodec.encode(numbers.resize())
      do {
        _ = try RecordCodec.decodeResize(damaged(record, &numbers))
      } catch {
        #expect(error.code == .corruptRecord)
      }
    }
  }

  /// One to four bytes changed, taken out, put in, doubled or cut off.
  private func damaged(_ bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8] {
    let marks = Array("{}[]\",:\\-+.eE019 \nntf#&*|>%@".utf8) + [0, 0x7F, 0x80, 0xC3, 0xED, 0xFF]
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &numbers)
      let mark = marks.randomElement(using: &numbers) ?? 0
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: bytes[index] = mark
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(mark, at: index)
      case 3: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 4:
        let end = min(bytes.count, index + Int.random(in: 1...40, using: &numbers))
        bytes.insert(contentsOf: bytes[index..<end], at: index)
      default: if Bool.random(using: &numbers) { bytes.removeLast(bytes.count - index) }
      }
    }
    return bytes
  }
}
