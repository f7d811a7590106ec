import Contracts

/// What bytes from outside are fed to, with the rules that hold for whatever bytes these are.
///
/// None may crash; what is accepted reads the same after it was written again; what is refused is
/// refused in words. Amounts, dates and JSON are held against a second implementation, too, and the short
/// ways of reading events and records against the long ones.
public enum FuzzSubject: String, CaseIterable, Sendable {
  /// Bodies of messages, in both directions.
  case events
  case json
  /// Catalogue files, with a quote for every product that they define.
  case catalogues
  /// Lines of scenario files, with their quotes.
  case scenarios
  case amounts
  case dates
  /// Field tables of AMQP headers.
  case headers
  /// Records as the store keeps them.
  case records
  /// Pages of the outbox, as every engine keeps them.
  case pages

  /// Feeds an input.
  ///
  /// - Throws: The first rule that it breaks.
  public func check(_ bytes: [UInt8]) throws(Finding) {
    switch self {
    case .events: try checkEvent(bytes)
    case .json: try checkJSON(bytes)
    case .catalogues: try checkCatalogue(bytes)
    case .scenarios: try checkScenario(bytes)
    case .amounts: try checkAmount(bytes)
    case .dates: try checkDate(bytes)
    case .headers: try checkHeaders(bytes)
    case .records: try checkRecord(bytes)
    case .pages: try checkPage(bytes)
    }
  }

  func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(Finding) {
    guard holds else { throw Finding(subject: self, rule: rule()) }
  }

  /// What `body` answers; an error of it is a broken rule.
  func expect<R, E: Error>(
    _ rule: String, _ body: () throws(E) -> R
  ) throws(Finding) -> R {
    do throws(E) {
      return try body()
    } catch {
      throw Finding(subject: self, rule: "\(rule): \(error)")
    }
  }

  /// Whoever reads usual bytes the short way says what the long way says, whatever that is.
  func requireSame<Value: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(ContractViolation) -> Value,
    _ readTheLongWay: ([UInt8]) throws(ContractViolation) -> Value
  ) throws(Finding) {
    let decoded = Result { () throws(ContractViolation) in try decode(bytes) }
    let read = Result { () throws(ContractViolation) in try readTheLongWay(bytes) }
    try require(decoded == read, "it reads \(decoded), the long way \(read)")
  }
}
