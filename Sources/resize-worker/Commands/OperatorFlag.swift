import ArgumentParser
import Foundation

/// Who does it, for what is kept of it.
struct OperatorFlag: ParsableArguments {
  @Option(
    name: .customLong("by"),
    help: "Who does it, as it is to be noted. (else: account@host, behind sudo that of the caller)")
  var name: String?

  func validate() throws {
    guard name?.trimmingSpaces.isEmpty != true else {
      throw ValidationError("--by is empty: say who does it, or leave it out.")
    }
  }

  /// As given, or made of the account and the machine.
  var operatorName: String {
    name ?? OperatorName.current(ProcessInfo.processInfo.environment)
  }
}
