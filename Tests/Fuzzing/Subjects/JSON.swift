import Contracts
import Foundation

extension FuzzSubject {
  func checkJSON(_ bytes: [UInt8]) throws(Finding) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      return try require(!error.message.isEmpty, "JSON is refused without a word")
    }
    var writer = JSONWriter()
    writer.value(value)
    let again = try expect("written again it is refused") { () throws(JSONError) in
      try JSONParser.parse(writer.bytes)
    }
    try require(again == value, "written again it is another value")
    // Foundation takes numbers as floating point; those out of its range it refuses.
    guard !bytes.contains(UInt8(ascii: "e")), !bytes.contains(UInt8(ascii: "E")) else { return }
    _ = try expect("Foundation refuses it") {
      try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }
  }
}
