import Foundation

/// What is cleaned up after the process of the tests, however it ends: by itself, by a failure, or
/// killed.
///
/// A watcher that outlives it by a second kills the programs that still run in its folder, such as
/// the workers of an end-to-end test, and removes the folder with all that tests have left in it.
public enum TestProcess {
  /// A folder of this process alone; every folder of a test is in it.
  public static let folder: String = {
    let folder =
      FileManager.default.temporaryDirectory.path + "/resize-worker-tests-\(getpid())-"
      + String(UInt64.random(in: .min ... .max), radix: 36)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try ChildProcess.spawn(
        ["/usr/bin/setsid", "bash", "-c", watcher, "watcher", folder, "\(getpid())"],
        .init(output: "/dev/null"))
    } catch {
      // Whoever makes a file in it says what is wrong.
      print("no folder for the tests: \(error)")
    }
    return folder
  }()

  /// A new folder in it.
  public static func newFolder(_ stem: String) throws -> String {
    let path = "\(folder)/\(stem)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  private static let watcher = """
    tail --pid="$2" -f /dev/null
    for process in /proc/[0-9]*; do
      case "$(readlink "$process/cwd")" in
        "$1"/*) kill -9 "${process#/proc/}" ;;
      esac
    done
    rm -rf "$1"
    """
}
