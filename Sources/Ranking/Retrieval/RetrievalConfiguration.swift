internal import Events
package import Node
internal import RPC

/// The settings of `brigade-retrieval` besides those of every node.
package struct RetrievalConfiguration: Configuration {
  /// Folder with `catalogue.brigade` and `events.brigade`.
  let data: String
  /// The file whose `sources` say where candidates come from; empty: the data folder's, if there is one.
  let definition: String
  let parameters: RetrievalParameters
  /// Whose live log is followed; an empty list for none.
  let follow: ReplicaSource

  package init(reading settings: inout Settings) {
    data = settings.string(
      "data", default: "data", "folder that holds catalogue.brigade and events.brigade")
    definition = settings.string(
      "definition", default: "",
      "file whose \"sources\" are taken; by default DATA/features.json, where there is one")
    var parameters = RetrievalParameters()
    parameters.defaultLimit = settings.integer(
      "candidates", default: parameters.defaultLimit, in: 1...parameters.limitMax,
      unit: "candidates", "returned where a request names no limit")
    parameters.defaultRadiusKilometres = settings.number(
      "radius_km", default: parameters.defaultRadiusKilometres,
      in: 0.1...parameters.radiusKilometresMax, unit: "kilometres",
      "searched where a request names no radius")
    settings.section(
      "score", "score = popularity · ln(1 + orders) − distance · km + rating · stars"
    ) {
      settings in
      parameters.popularityWeight = settings.number(
        "popularity", default: parameters.popularityWeight, in: 0...1_000,
        "weight of ln(1 + decayed orders)")
      parameters.distanceWeight = settings.number(
        "distance", default: parameters.distanceWeight, in: 0...1_000, "weight of a kilometre")
      parameters.ratingWeight = settings.number(
        "rating", default: parameters.ratingWeight, in: 0...1_000, "weight of a star")
    }
    self.parameters = parameters
    follow = settings.section("events", "the live log") { LogSettings.follow(&$0) }
  }
}
