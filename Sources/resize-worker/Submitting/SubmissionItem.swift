import Contracts
import Foundation
import Resizing

/// One request to be submitted, and what its author wants to see of it.
struct SubmissionItem: Sendable {
  var message: IncomingEventEncoder.Message
  var request: ResizeRequest
  var expected: Expectation?
  /// The status of a resize that has to be seen before this one is sent.
  var precursor: Precursor?

  struct Precursor: Sendable {
    var requestId: String
    var status: String
  }

  /// A request of the command line's flags, or of a line.
  /// - Parameter data: The data of `resize.requested.v1`; without a request id it gets a new one.
  /// - Throws: `ContractViolation` naming the first field that is wrong.
  init(data members: [JSONMember], at now: Moment) throws(ContractViolation) {
    var data = members
    if !data.contains(where: { $0.name == "requestId" }) {
      data.insert(JSONMember("requestId", .string(Self.newRequestId())), at: 0)
    }
    var writer = JSONWriter()
    writer.value(.object(data))
    request = try ResizeRequest(json: writer.bytes)
    let message = IncomingEventEncoder.commandLine.encode(
      .requested(request, RequestContext()), id: request.requestId, at: now)
    guard let message else { throw ContractViolation(.unknownType, "is no request") }
    self.message = message
  }

  /// A line of a file: the data of a request, with `expected` and `after` beside it.
  init(line: [UInt8], at now: Moment) throws {
    let document = try JSONParser.parse(line)
    guard let members = document.members else {
      throw Problem(.usage, "a request should be an object, but is \(document.kindInWords)")
    }
    try self.init(data: members.filter { !["expected", "after"].contains($0.name) }, at: now)
    expected = try document["expected"].map { value throws(Problem) in try Expectation(value) }
    if let after = document["after"] {
      guard let requestId = after["requestId"]?.text, let status = after["status"]?.text,
        ResizeState(rawValue: status) != nil
      else {
        throw Problem(.usage, "\"after\" should be {\"requestId\": …, \"status\": …}")
      }
      precursor = Precursor(requestId: requestId, status: status)
    }
  }

  /// All requests of a file.
  /// - Throws: `Problem` with the line of the first that cannot be read; none is sent then.
  static func read(_ bytes: [UInt8], from path: String, at now: Moment) throws(Problem)
    -> [SubmissionItem]
  {
    var items: [SubmissionItem] = []
    for line in InputFile.lines(bytes) {
      do {
        items.append(try SubmissionItem(line: Array(line.bytes), at: now))
      } catch {
        let place = path == "-" ? "line \(line.number)" : "\(path), line \(line.number)"
        guard let syntax = error as? JSONError else {
          throw Problem(.usage, "\(place): \(Problem(error).message)")
        }
        throw Problem(.usage, "\(place), column \(syntax.column): \(syntax.message)")
      }
    }
    guard !items.isEmpty else { throw Problem(.usage, "\(path) has no request in it") }
    return items
  }

  private static func newRequestId() -> String { UUID().uuidString.lowercased() }
}
