import Definitions
import Messages
import TestSupport
import Testing

@testable import Features

@Suite struct DensityTests {
  private func counts(_ coordinates: [(Double, Double)]) throws -> [Float] {
    let records = coordinates.enumerated().map { index, coordinate in
      var item = Item()
      item.id = "item\(index)"
      item.place = Coordinate(latitude: coordinate.0, longitude: coordinate.1).place
      return CatalogueRecord.item(item)
    }
    let catalogue = try Catalogue(records: records)
    return Density.counts(catalogue.items)
  }

  @Test func `neighbours count, and what is far away does not`() throws {
    let counts = try counts([(40, -74), (40.0005, -74), (40.0005, -74.0005), (40.02, -74)])
    #expect(counts == [3, 3, 3, 1])
  }

  @Test func `an item alone has itself, at the poles and the date line as well`() throws {
    #expect(try counts([(90, 0), (-90, 0), (0, 180), (0, -179), (51, 7)]) == [1, 1, 1, 1, 1])
    #expect(try counts([]) == [])
  }

  /// The three by three cells hold all within a cell's side, and none beyond the diagonal of two.
  @Test func `counts lie between those of the circle inside and the circle around`() throws {
    let seed: UInt64 = 11
    var generator = SeededGenerator(seed: seed)
    let places = (0..<300).map { _ in
      (
        Double.random(in: 40.1...40.12, using: &generator),
        Double.random(in: -74.02 ... -74, using: &generator)
      )
    }
    let counts = try counts(places)
    let coordinates = places.map { Coordinate(latitude: $0.0, longitude: $0.1) }
    for (index, center) in coordinates.enumerated() {
      func within(_ kilometres: Double) -> Int {
        coordinates.count { $0.distanceKilometres(to: center) <= kilometres }
      }
      #expect(Int(counts[index]) >= within(0.24), "seed \(seed), \(center)")
      #expect(Int(counts[index]) <= within(0.72), "seed \(seed), \(center)")
    }
  }
}
