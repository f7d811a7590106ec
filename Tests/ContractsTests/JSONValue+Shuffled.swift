import Contracts
import Seeding

extension JSONValue {
  /// The same with the members of every object in another order.
  func shuffled(by numbers: inout SeededGenerator) -> JSONValue {
    switch self {
    case .array(let elements):
      return .array(elements.map { $0.shuffled(by: &numbers) })
    case .object(let members):
      return .object(
        members.map { JSONMember($0.name, $0.value.shuffled(by: &numbers)) }
          .shuffled(using: &numbers))
    default: return self
    }
  }
}
