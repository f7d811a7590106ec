/// The messages of the contract by the name of their event type; the raw value is the type.
public enum EventType: String, Sendable, CaseIterable {
  case resizeRequested = "resize.requested.v1"
  case resizeCancelRequested = "resize.cancelRequested.v1"
  case paymentSettled = "payment.settled.v1"
  case refundSettled = "refund.settled.v1"
  case instanceApplied = "instance.applied.v1"
  case instanceChanged = "instance.changed.v1"

  case resizeStatus = "resize.status.v1"
  case paymentRequested = "payment.requested.v1"
  case refundRequested = "refund.requested.v1"
  case paymentVoidRequested = "payment.voidRequested.v1"
  case instanceApply = "instance.apply.v1"
  case rateChanged = "rate.changed.v1"

  /// Those that the worker reads.
  public static let incoming: [EventType] = [
    .resizeRequested, .resizeCancelRequested, .paymentSettled, .refundSettled, .instanceApplied,
    .instanceChanged,
  ]

  /// The type without its version, such as `resize.requested`.
  public var name: String { String(rawValue.dropLast(3)) }

  /// Reads a type, telling a version we do not have from a name we do not know.
  static func parse(
    _ text: String, among known: [EventType]
  ) throws(ContractViolation) -> EventType {
    if let type = EventType(rawValue: text), known.contains(type) { return type }
    if let relative = known.first(where: { $0.name == text.nameWithoutVersion }) {
      throw ContractViolation(
        .unsupportedVersion, at: "type",
        "is \"\(text.shortened)\"; of \(relative.name) this program reads \"\(relative.rawValue)\"")
    }
    throw ContractViolation(
      .unknownType, at: "type",
      "is \"\(text.shortened)\", which is not read here; "
        + suggestion(for: text, among: known.map(\.rawValue)))
  }
}

extension String {
  /// What stands before `.v` and digits at the end; the whole where there is no version.
  fileprivate var nameWithoutVersion: Substring {
    guard let dot = lastIndex(of: ".") else { return self[...] }
    let version = self[index(after: dot)...]
    let digits = version.dropFirst()
    guard version.first == "v", !digits.isEmpty, digits.allSatisfy(\.isNumber) else {
      return self[...]
    }
    return self[..<dot]
  }
}
