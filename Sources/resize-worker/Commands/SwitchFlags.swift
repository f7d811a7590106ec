import ArgumentParser
import Resizing
import Storage

/// What a command takes that turns a switch for all workers.
struct SwitchFlags: ParsableArguments {
  @OptionGroup var configuration: ConfigurationFlag
  @OptionGroup(title: "Database") var store: StoreFlags
  @OptionGroup var author: OperatorFlag

  /// Sets a switch for all workers, and keeps who did it.
  func turn(_ name: OperatorSwitch, isPaused: Bool) async throws {
    let position = SwitchPosition(
      isPaused: isPaused, changedBy: author.operatorName, changedAt: .now)
    let action = OperatorAction(
      at: .now, by: author.operatorName,
      action: name.rawValue + (isPaused ? "Paused" : "Resumed"))
    try await configuration.settings(store).withStore { store in
      try await store.set(name, to: position)
      try await store.record([action])
    }
  }
}
