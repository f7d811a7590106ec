import Billing
import Resizing

/// How stores keep values whose parts they need not know: compact JSON that reads back exactly.
///
/// Every record begins with its format's version, `"v": 1`; a later format still reads the earlier
/// ones. Instants are whole seconds and moments milliseconds since the epoch, money is
/// `[minor units, currency]`, decimals and fractions are the text they print as. Nothing is checked
/// against the rules for messages: what the worker decided once is what it reads again.
public enum RecordCodec {
  static let version: Int64 = 1

  public static func encode(_ instance: Instance) -> [UInt8] {
    encode { writer in writer.writeRecordMembers(of: instance) }
  }

  public static func encode(_ resize: Resize) -> [UInt8] {
    encode { writer in writer.writeRecordMembers(of: resize) }
  }

  /// - Throws: `corruptRecord`, naming the field, if the bytes are not what `encode` wrote.
  public static func decodeInstance(_ bytes: [UInt8]) throws(ContractViolation) -> Instance {
    if let instance = scanInstance(bytes) { return instance }
    return try readInstance(bytes)
  }

  /// The short way: nil where a record is not exactly as `encode` writes it.
  static func scanInstance(_ bytes: [UInt8]) -> Instance? {
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = RecordScanner(bytes)
      return try? Instance(scanning: &scanner)
    }
  }

  /// The long way, which the short one is held against.
  package static func readInstance(_ bytes: [UInt8]) throws(ContractViolation) -> Instance {
    try decode(bytes) { fields throws(ContractViolation) in try Instance(record: fields) }
  }

  /// - Throws: `corruptRecord`, naming the field, if the bytes are not what `encode` wrote.
  public static func decodeResize(_ bytes: [UInt8]) throws(ContractViolation) -> Resize {
    if let resize = scanResize(bytes) { return resize }
    return try readResize(bytes)
  }

  /// The short way: nil where a record is not exactly as `encode` writes it.
  static func scanResize(_ bytes: [UInt8]) -> Resize? {
    bytes.withUnsafeBufferPointer { bytes in
      var scanner = RecordScanner(bytes)
      return try? Resize(scanning: &scanner)
    }
  }

  /// The long way, which the short one is held against.
  package static func readResize(_ bytes: [UInt8]) throws(ContractViolation) -> Resize {
    try decode(bytes) { fields throws(ContractViolation) in try Resize(record: fields) }
  }

  private static func encode(_ writeMembers: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("v", version)
    writeMembers(&writer)
    writer.endObject()
    return writer.bytes
  }

  private static func decode<Value>(
    _ bytes: [UInt8], _ read: (Fields) throws(ContractViolation) -> Value
  ) throws(ContractViolation) -> Value {
    do {
      let fields = try Fields(try IncomingMessage.parse(bytes), path: "")
      _ = try fields.integer("v", in: version...version)
      return try read(fields)
    } catch {
      throw ContractViolation(.corruptRecord, at: error.path, error.explanation)
    }
  }
}
