import AMQP
import Contracts
import Foundation
import Resizing

extension FoundDeadLetter {
  /// What people read of it, by name; those that are not known are left out.
  var facts: [(String, String)] {
    let past = burials.enumerated().map { index, burial in
      let label = burials.count == 1 ? "reason" : "reason \(attempt - burials.count + index + 1)"
      return (label, "\(burial.at.map { $0.rfc3339 + "  " } ?? "")\(burial.code): \(burial.reason)")
    }
    let own = [
      ("message id", id), ("request id", requestId), ("type", type), ("came from", source),
    ]
    let rest = [
      ("put aside", timesPutAside), ("content", contentType),
      ("bytes", byteCount.grouped),
    ]
    return (own + past + rest).filter { !$0.1.isEmpty }
  }

  private var timesPutAside: String {
    switch attempt {
    case 1: "once"
    case 2: "twice"
    default: "\(attempt.grouped) times"
    }
  }

  /// For programs, without the body.
  var json: JSONValue {
    .object(some: [
      ("messageId", .string(id)), ("requestId", requestId.isEmpty ? nil : .string(requestId)),
      ("type", type.isEmpty ? nil : .string(type)), ("source", .string(source)),
      ("code", .string(reasonCode)), ("reason", .string(reason)),
      ("deadAt", deadAt.map { .string($0.rfc3339) }),
      ("attempt", .number(String(attempt))),
      ("reasons", .array(burials.map(\.json))), ("bytes", .number(String(byteCount))),
    ])
  }

  /// For programs, with everything that the queue holds of it.
  func exported(from delivery: Delivery) -> JSONValue {
    let properties = delivery.properties
    let more = JSONValue.object(some: [
      ("properties", properties.json), ("headers", properties.headers.json), bodyMember(delivery),
    ])
    return .object((json.members ?? []) + (more.members ?? []))
  }

  /// The body as text where it is UTF-8, else in base64; nothing where it was too long to be read.
  private func bodyMember(_ delivery: Delivery) -> (String, JSONValue?) {
    guard let body = delivery.body else { return ("body", nil) }
    if let text = String(validating: body, as: UTF8.self) { return ("body", .string(text)) }
    return ("bodyBase64", .string(body.base64))
  }
}

extension FoundDeadLetter.Burial {
  fileprivate var json: JSONValue {
    .object(some: [
      ("code", .string(code)), ("reason", .string(reason)),
      ("at", at.map { .string($0.rfc3339) }),
    ])
  }
}

extension Delivery {
  /// The body as people read it; in hexadecimal where it is no text, at most 4 KiB of it.
  var bodyText: String {
    guard let body else { return "too long to be read here: \(bodyByteCount) bytes" }
    if let text = String(validating: body, as: UTF8.self) {
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { String($0).printable }.joined(separator: "\n")
    }
    let digits = body.prefix(4_096).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "no UTF-8, in hexadecimal: " + digits.joined()
  }
}

extension MessageProperties {
  fileprivate var json: JSONValue {
    .object(some: [
      ("contentType", contentType.map { .string($0) }),
      ("contentEncoding", contentEncoding.map { .string($0) }),
      ("messageId", messageID.map { .string($0) }),
      ("correlationId", correlationID.map { .string($0) }),
      ("replyTo", replyTo.map { .string($0) }), ("type", type.map { .string($0) }),
      ("timestamp", timestamp.map { .number(String($0)) }),
      ("userId", userID.map { .string($0) }), ("appId", appID.map { .string($0) }),
      ("priority", priority.map { .number(String($0)) }),
      ("expiration", expiration.map { .string($0) }),
    ])
  }
}

extension [UInt8] {
  /// RFC 4648, section 4.
  fileprivate var base64: String { Data(self).base64EncodedString() }
}
