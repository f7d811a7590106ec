import Seeding

/// Inputs made from seeds by changes that a random number picks: the whole course is its number.
///
/// For runs without coverage; with it libFuzzer makes the inputs.
public struct InputGenerator {
  private var random: SeededGenerator
  private let seeds: [[UInt8]]
  private let dictionary: [[UInt8]]

  /// - Parameter seeds: At least one.
  public init(seeds: [[UInt8]], dictionary: [[UInt8]], seed: UInt64) {
    random = SeededGenerator(seed: seed)
    self.seeds = seeds
    self.dictionary = dictionary
  }

  public mutating func next() -> [UInt8] {
    var bytes = seeds.randomElement(using: &random) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, place + Int.random(in: 0...40, using: &random))
    let word = dictionary.randomElement(using: &random) ?? []
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes.insert(contentsOf: word, at: place)
    case 1: bytes.replaceSubrange(place..<min(bytes.count, place + word.count), with: word)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.removeSubrange(place...)
    case 5: splice(&bytes, at: place)
    default: flip(&bytes, at: place)
    }
  }

  /// Goes on with the rest of another seed.
  private mutating func splice(_ bytes: inout [UInt8], at place: Int) {
    guard let other = seeds.randomElement(using: &random) else { return }
    let from = Int.random(in: 0...other.count, using: &random)
    bytes.replaceSubrange(place..., with: other[from...])
  }

  private mutating func flip(_ bytes: inout [UInt8], at place: Int) {
    guard place < bytes.count else { return }
    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  }
}
