internal import Events
package import Node

/// The settings of `brigade-features` besides those of every node.
package struct FeaturesConfiguration: Configuration {
  /// Folder with `catalogue.brigade`, `events.brigade` and `features.json`.
  let data: String
  /// The feature definition; empty for the one in the data folder.
  let definition: String
  let historyItems: Int
  /// Folder of the live log's own part; empty for no live log.
  let state: String
  let log: LogSettings

  package init(reading settings: inout Settings) {
    data = settings.string(
      "data", default: "data",
      "folder that holds catalogue.brigade, events.brigade and features.json")
    definition = settings.string(
      "definition", default: "", "feature definition file; by default the data folder's")
    historyItems = settings.integer(
      "history_items", default: 50, in: 0...1_000, unit: "items",
      "items of a user's own history that Get returns")
    state = settings.string(
      "state", default: "",
      "folder that keeps the events behind the data folder's; empty takes no live events")
    log = settings.section("events", "the live log") { LogSettings(reading: &$0) }
  }

  var isLive: Bool { !state.isEmpty }
  var definitionPath: String { definition.isEmpty ? "\(data)/features.json" : definition }
}
