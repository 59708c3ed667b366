import Definitions
import Glibc
import Messages
import Testing

@testable import Features

/// deploy/features.json, as it lies in the package.
@Suite struct ShippedDefinitionTests {
  private let definition: FeatureDefinition

  init() throws {
    let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    let path = "/\(root)/deploy/features.json"
    let file = try #require(fopen(path, "r"), "cannot open \(path)")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    definition = try FeatureDefinition(parsing: bytes, file: "features.json")
  }

  @Test func `the shipped definition is accepted, and says what each column is`() {
    #expect((25...60).contains(definition.features.count))
    #expect(definition.features.allSatisfy { !$0.description.isEmpty && !$0.freshness.isEmpty })
  }

  @Test func `each shipped column varies between the rows of some requests`() throws {
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
