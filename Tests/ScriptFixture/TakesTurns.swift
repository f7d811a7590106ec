import Foundation
import Testing

/// Lets only so many tests run at a time, of all those that start programs of their own.
///
/// Each of them keeps several programs busy. Dozens at once on a few cores make each other wait for
/// so long that time-outs within the programs, which are part of what is tested, come true.
public struct TakesTurns: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Turns.shared.take()
    do {
      try await function()
    } catch {
      await Turns.shared.giveBack()
      throw error
    }
    await Turns.shared.giveBack()
  }
}

extension Trait where Self == TakesTurns {
  public static var takesTurns: Self { TakesTurns() }
}

/// The turns of this process; whoever has waited longest is next.
private actor Turns {
  static let shared = Turns(4 * ProcessInfo.processInfo.activeProcessorCount)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  func take() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack() {
    if waiting.isEmpty {
      free += 1
    } else {
      waiting.removeFirst().resume()
    }
  }
}
