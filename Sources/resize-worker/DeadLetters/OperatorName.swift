import Glibc

/// Who is at the keyboard, as it is recorded.
enum OperatorName {
  /// Such as `alice@bastion-1`. Behind sudo it is who called it.
  static func current(_ environment: [String: String]) -> String {
    let names = ["SUDO_USER", "USER", "LOGNAME"].compactMap { environment[$0] }
    let name = names.first { !$0.isEmpty } ?? account ?? "\(getuid())"
    return "\(name)@\(hostName)"
  }

  private static var account: String? {
    getpwuid(getuid()).flatMap { String(validatingCString: $0.pointee.pw_name) }
  }
}
