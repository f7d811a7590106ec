/// Why bytes from outside are not what the contract says: a message, a record, a scenario, a
/// catalogue.
///
/// Trying again with the same bytes never helps; a message like this belongs to the dead letters.
public struct ContractViolation: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable, CaseIterable {
    /// The body is longer than is read.
    case tooLarge
    /// The content type says that the body is something else than a CloudEvent in JSON.
    case unsupportedContentType
    case invalidUTF8
    case invalidJSON
    /// JSON, but not the envelope of CloudEvents 1.0.
    case notACloudEvent
    /// No message of this name is known here.
    case unknownType
    /// The name is known, this version of it is not.
    case unsupportedVersion
    case missingField
    case wrongType
    /// Of the right type, but not a value that is allowed there.
    case invalidValue
    /// A catalogue that cannot be used.
    case invalidCatalog
    /// A stored record that this program did not write.
    case corruptRecord
  }

  public var code: Code
  /// The field, such as `data.target.spec`; empty where it is the whole.
  public var path: String
  /// What is wrong and what should be there, for people, without the path.
  public var explanation: String
  /// What of the message could be read all the same.
  public var identity = MessageIdentity()

  public init(_ code: Code, at path: String = "", _ explanation: String) {
    self.code = code
    self.path = path
    self.explanation = explanation
  }

  /// One sentence for people, with the field it is about.
  public var message: String { path.isEmpty ? explanation : "\(path) \(explanation)" }

  public var description: String { "\(code.rawValue): \(message)" }
}

/// What tells a message apart, as far as it can be read: enough to answer even a broken one.
public struct MessageIdentity: Sendable, Equatable {
  /// The `id` of the event.
  public var eventId: String?
  /// The `type` of the event.
  public var type: String?
  public var requestId: String?
  public var tenantId: String?
  public var instanceId: String?

  public init(
    eventId: String? = nil, type: String? = nil, requestId: String? = nil,
    tenantId: String? = nil, instanceId: String? = nil
  ) {
    self.eventId = eventId
    self.type = type
    self.requestId = requestId
    self.tenantId = tenantId
    self.instanceId = instanceId
  }
}
