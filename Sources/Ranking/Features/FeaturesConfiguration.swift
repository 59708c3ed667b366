package import Node

/// The settings of `brigade-features` besides those of every node.
package struct FeaturesConfiguration: Configuration {
  /// Folder with `catalogue.brigade`, `events.brigade` and `features.json`.
  let data: String
  /// The feature definition; empty for the one in the data folder.
  let definition: String
  let historyItems: Int

  package init(reading settings: inout Settings) {
    data = settings.string(
      "data", default: "data",
      "folder that holds catalogue.brigade, events.brigade and features.json")
    definition = settings.string(
      "definition", default: "", "feature definition file; by default the data folder's")
    historyItems = settings.integer(
      "history_items", default: 50, in: 0...1_000, unit: "items",
      "items of a user's own history that Get returns")
  }

  var definitionPath: String { definition.isEmpty ? "\(data)/features.json" : definition }
}
