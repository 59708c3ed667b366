package import Node

/// The settings of `brigade-inference` besides those of every node.
package struct InferenceConfiguration: Configuration {
  /// Folder of `<name>/<version>/model.txt`.
  let models: String
  /// Name of the model that a request without one gets; empty where there is just one.
  let defaultModel: String
  let rowsMax: Int

  package init(reading settings: inout Settings) {
    models = settings.string(
      "models", default: "models", "folder that holds <name>/<version>/model.txt and card.json")
    defaultModel = settings.string(
      "default_model", default: "", "model for requests that name none; needed if there are several"
    )
    rowsMax = settings.integer(
      "rows_max", default: 10_000, in: 1...1_000_000, unit: "rows",
      "rows of one request; more would keep the thread from others too long")
  }
}
