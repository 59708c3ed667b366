import Definitions
import Messages
import TestSupport
import Testing

@testable import Features

/// deploy/features.json and deploy/visits.json, as they lie in the package.
@Suite struct ShippedDefinitionTests {
  private func definition(_ file: String) throws -> FeatureDefinition {
    try FeatureDefinition(loading: "\(Checkout.root)/deploy/\(file)")
  }

  @Test(arguments: ["features.json", "visits.json"])
  func `the shipped definition is accepted, and says what each column is`(file: String) throws {
    let definition = try definition(file)
    #expect((25...60).contains(definition.features.count))
    #expect(definition.features.allSatisfy { !$0.description.isEmpty && !$0.freshness.isEmpty })
  }

  @Test(arguments: ["features.json", "visits.json"])
  func `each shipped column varies between the rows of some requests`(file: String) throws {
    let definition = try definition(file)
    var generator = SplitMix64(seed: 5)
    let city = try SmallCity()
    var executor = FeatureExecutor(definition: definition, catalogue: city.catalogue)
    let events = SmallCity.events(600, from: &generator)
    var seen = Array(repeating: Set<Float>(), count: definition.features.count)
    for (index, event) in events.enumerated() {
      executor.apply(event)
      guard index % 10 == 9 else { continue }
      let rows = try executor.assemble(
        userID: "ann", nowMilliseconds: event.timeMilliseconds + 60_000,
        coordinate: SmallCity.places[1],
        keys: SmallCity.itemIDs.map(itemKey),
        clock: { 0 })
      for (place, value) in rows.matrix.enumerated() where !value.isNaN {
        seen[place % rows.columns].insert(value)
      }
    }
    for (feature, values) in zip(definition.features, seen) {
      #expect(values.count > 1, "\(feature.name) is always \(values)")
    }
  }
}
