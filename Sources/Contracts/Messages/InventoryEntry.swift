import Resizing

/// An instance of an inventory file: what instance.changed.v1 carries, or the instance alone.
///
/// Other than in a message, what stands beside an instance has to be known: an entry whose revision is misspelt would count as
/// newer than whatever is stored.
public struct InventoryEntry: Sendable {
  public var instanceId: String
  /// Nil where the entry names none.
  public var revision: Int64?
  /// Nil where the instance was removed.
  public var instance: Instance?

  /// What may stand beside an instance; the last is what `inventory show` tells, and no other reader's business.
  private static let members = ["revision", "instance", "instanceId", "removed", "liveResize"]

  public init(_ value: JSONValue) throws(ContractViolation) {
    let fields = try Fields(value, path: "")
    try self.init(try fields.optionalObject("data") ?? fields)
  }

  private init(_ fields: Fields) throws(ContractViolation) {
    let isRemoved = try fields.optionalBool("removed") == true
    let envelope = try fields.optionalObject("instance")
    if envelope != nil || isRemoved { try Self.requireKnown(fields) }
    // Null is no revision either, unlike one that is left out.
    revision =
      fields.members["revision"] == nil
      ? nil : try fields.integer("revision", in: 0...Int64.max)
    let instance: Instance? =
      if let envelope { try Instance(envelope) } else if isRemoved { nil } else {
        try Instance(fields)
      }
    if let instance {
      instanceId = instance.instanceId
    } else {
      instanceId = try fields.identifier("instanceId")
    }
    self.instance = isRemoved ? nil : instance
  }

  private static func requireKnown(_ fields: Fields) throws(ContractViolation) {
    for member in fields.members where !members.contains(member.name) {
      throw fields.invalid(
        member.name.shortened, "is not known here; " + suggestion(for: member.name, among: members))
    }
  }
}
