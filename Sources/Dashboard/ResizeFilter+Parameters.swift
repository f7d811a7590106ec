import Resizing
import Storage

/// A parameter that says nothing that can be asked for.
struct WrongParameter: Error {
  let explanation: String
}

extension ResizeFilter {
  /// - Parameter parameter: The value of a parameter by its name; nil where it is not given.
  init(_ parameter: (String) -> String?) throws {
    self.init(instanceId: parameter("instance"), tenantId: parameter("tenant"), limit: 100)
    if let text = parameter("state") {
      guard let state = ResizeState(rawValue: text) else {
        let known = ResizeState.allCases.map(\.rawValue).joined(separator: ", ")
        throw WrongParameter(explanation: "there is no such state; it is one of \(known)")
      }
      states = [state]
    }
    if let text = parameter("attention") {
      guard ["true", "false"].contains(text) else {
        throw WrongParameter(explanation: "attention is true or false")
      }
      needsAttention = text == "true"
    }
    if let text = parameter("limit") {
      guard let limit = Int(text), (1...1_000).contains(limit) else {
        throw WrongParameter(explanation: "limit is a number from 1 to 1000")
      }
      self.limit = limit
    }
  }
}
