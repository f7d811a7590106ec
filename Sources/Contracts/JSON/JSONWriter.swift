import Resizing

/// Appends JSON to one buffer, without white space, in the order of the calls.
///
/// It puts the commas; that names and values alternate in objects is up to the caller.
///
/// The buffer is the writer's own, so that a piece costs one look at the room that is left. An array would be asked at each append
/// whether it is shared, and an event has some two hundred.
public struct JSONWriter: ~Copyable {
  private var memory = WriterMemory()
  private var count = 0
  private var needsComma = false

  public init() {}

  /// What has been written, copied into an array of just that length.
  public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory.start, count: count)) }

  /// Lends what has been written.
  borrowing func withWritten<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    body(UnsafeBufferPointer(start: memory.start, count: count))
  }

  public mutating func beginObject() { open("{") }
  public mutating func endObject() { close("}") }
  public mutating func beginArray() { open("[") }
  public mutating func endArray() { close("]") }

  /// The name of the member whose value comes next; plain ASCII without quotes and backslashes.
  ///
  /// Inlined, as are those that pass a name on to it: the bytes of a name that stands in the code are then stored as a number or two,
  /// where those of any name would be copied by a call.
  @inline(__always)
  public mutating func name(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    append(atMost: length + 4) { [needsComma] end in
      if needsComma { end.put(",") }
      end.put("\"")
      end.put(name.utf8Start, length)
      end.put("\"")
      end.put(":")
    }
    needsComma = false
  }

  /// The name of the member whose value comes next, whatever its characters.
  public mutating func name(_ name: String) {
    string(name)
    append(atMost: 1) { $0.put(":") }
    needsComma = false
  }

  public mutating func string(_ text: String) {
    // Lent without a reference counted for it; a text that is not in one piece is copied.
    if text.utf8.withContiguousStorageIfAvailable({ appendQuoted($0) }) == nil {
      var text = text
      text.withUTF8 { appendQuoted($0) }
    }
  }

  /// A text of valid UTF-8.
  mutating func string(_ text: UnsafeBufferPointer<UInt8>) { appendQuoted(text) }

  public mutating func integer(_ number: some FixedWidthInteger) {
    integer(Int64(number))
  }

  private mutating func integer(_ number: Int64) {
    append(atMost: 21) { [needsComma] end in
      if needsComma { end.put(",") }
      end.put(decimal: number)
    }
    needsComma = true
  }

  public mutating func bool(_ bool: Bool) { word(bool ? "true" : "false") }

  public mutating func null() { word("null") }

  /// A moment as a string, as RFC 3339 writes it.
  mutating func string(_ moment: Moment) {
    separate()
    append(atMost: Moment.longestRFC3339 + 2) { end in
      end.put("\"")
      end.put(rfc3339: moment)
      end.put("\"")
    }
    needsComma = true
  }

  /// Members that were written by another writer, without the braces around them.
  mutating func members(_ written: [UInt8]) {
    separate()
    written.withUnsafeBufferPointer { written in
      append(atMost: written.count) { $0.put(written) }
    }
    needsComma = true
  }

  /// Any tree.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let flag): bool(flag)
    case .number(let text):
      separate()
      var text = text
      text.withUTF8 { digits in append(atMost: digits.count) { $0.put(digits) } }
      needsComma = true
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        name(member.name)
        self.value(member.value)
      }
      endObject()
    }
  }

  private mutating func word(_ word: StaticString) {
    separate()
    append(atMost: word.utf8CodeUnitCount) { $0.put(word.utf8Start, word.utf8CodeUnitCount) }
    needsComma = true
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    append(atMost: 1) { $0.put(bracket) }
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    append(atMost: 1) { $0.put(bracket) }
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { append(atMost: 1) { $0.put(",") } }
    needsComma = false
  }

  /// A string in quotes: copied as it is where nothing in it has to be escaped, which is found out while it is copied.
  private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>) {
    var isPlain = true
    append(atMost: text.count + 3) { [needsComma] end in
      if needsComma { end.put(",") }
      let beginning = end
      end.put("\"")
      isPlain = end.put(plain: text)
      end.put("\"")
      if !isPlain { end = beginning }
    }
    needsComma = true
    guard !isPlain else { return }
    append(atMost: 6 * text.count + 2) { end in
      end.put("\"")
      for character in text { end.put(escaped: character) }
      end.put("\"")
    }
  }

  /// Lets `write` move the end forward, by no more than so many bytes.
  @inline(__always)
  private mutating func append(
    atMost length: Int, _ write: (inout UnsafeMutablePointer<UInt8>) -> Void
  ) {
    if memory.capacity - count < length { grow(by: length) }
    var end = memory.start + count
    write(&end)
    count = end - memory.start
  }

  @inline(never)
  private mutating func grow(by length: Int) {
    let larger = WriterMemory(capacity: max(2 * memory.capacity, count + length))
    larger.start.initialize(from: memory.start, count: count)
    memory = larger
  }
}
