import Billing
import Contracts
import Resizing

extension InstanceRecord {
  /// What the worker knows of the instance; the instance itself as in instance.changed.v1.
  var json: JSONValue {
    .object(some: [
      ("revision", .number(String(revision))),
      ("liveResize", liveResize.map { .string($0) }),
      ("removed", isRemoved ? .bool(true) : nil),
      ("instance", try? JSONParser.parse(instance.json)),
    ])
  }

  var state: String { isRemoved ? "removed" : instance.state }
}

extension Subscription {
  /// When the last order that counts ends; empty for what never expires.
  var expiryText: String {
    let ends = orders.filter { $0.status != .canceled }.map(\.endsAt)
    return (ends.max() ?? expiresAt)?.rfc3339 ?? ""
  }
}
