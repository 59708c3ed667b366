import Definitions
import TestSupport
import Testing

@testable import Commands

struct PlaceGridTests {
  @Test(arguments: UInt64(1)...10)
  func `near is what a scan finds, but for the width of a hair`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let center = Coordinate(
      latitude: Double.random(in: -60...60, using: &generator),
      longitude: Double.random(in: -170...170, using: &generator))
    let places = (0..<500).map { _ in
      center.moved(
        eastKilometres: Double.random(in: -8...8, using: &generator),
        northKilometres: Double.random(in: -8...8, using: &generator))
    }
    let radius = Double.random(in: 0.1...6, using: &generator)
    var found: [(row: Int, kilometres: Double)] = []
    PlaceGrid(places).near(center, kilometres: radius, into: &found)
    let rows = Set(found.map(\.row))
    #expect(rows.count == found.count)
    for (row, place) in places.enumerated() {
      let distance = center.distanceKilometres(to: place)
      if distance < radius * 0.99 { #expect(rows.contains(row), "seed \(seed) row \(row)") }
      if distance > radius * 1.01 { #expect(!rows.contains(row), "seed \(seed) row \(row)") }
    }
    for (row, kilometres) in found {
      #expect(abs(kilometres - center.distanceKilometres(to: places[row])) < 0.02)
    }
  }

  @Test func `an empty grid and a lonely place`() {
    var found: [(row: Int, kilometres: Double)] = []
    let place = Coordinate(latitude: 1, longitude: 2)
    PlaceGrid([]).near(place, kilometres: 5, into: &found)
    #expect(found.isEmpty)
    PlaceGrid([place]).near(place, kilometres: 0, into: &found)
    #expect(found.map(\.row) == [0])
  }
}
