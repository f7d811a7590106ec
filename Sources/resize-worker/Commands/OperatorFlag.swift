import ArgumentParser
import Foundation

/// Who does it, for what is kept of it.
struct OperatorFlag: ParsableArguments {
  @Option(
    name: .customLong("by"), help: "Who does it, as it is to be noted. (else: account@host)")
  var name: String?

  /// As given, or made of the account and the machine.
  var operatorName: String { name ?? "\(NSUserName())@\(hostName)" }
}
