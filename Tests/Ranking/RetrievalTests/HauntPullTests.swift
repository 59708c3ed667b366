import Definitions
import Glibc
import TestSupport
import Testing

@testable import Retrieval

@Suite struct HauntPullTests {
  private static let center = Coordinate(latitude: 40.7, longitude: -74)

  private static func coordinates(_ count: Int, seed: UInt64) -> [Coordinate] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      Coordinate(
        latitude: center.latitude + .random(in: -0.04...0.04, using: &generator),
        longitude: center.longitude + .random(in: -0.05...0.05, using: &generator))
    }
  }

  @Test func `pulls are the sum over the points, within the radius of each`() {
    let seed: UInt64 = 3
    let coordinates = Self.coordinates(400, seed: seed)
    let index = GeoIndex(coordinates)
    var pull = HauntPull(
      slots: coordinates.count, radiusKilometres: 3, walkKilometres: 0.7, itemsMax: 10_000)
    let points = [
      HauntPull.Point(coordinate: coordinates[0], weight: 0.7),
      HauntPull.Point(coordinate: Self.center, weight: 0.3),
    ]
    // Twice, as what a search leaves behind would count in the next.
    for _ in 0..<2 {
      var found: [Int: Double] = [:]
      pull.forEach(points, in: index) { slot, value in
        #expect(found.updateValue(value, forKey: Int(index.rows[slot])) == nil)
      }
      for (row, coordinate) in coordinates.enumerated() {
        let expected = points.reduce(0) { sum, point in
          let distance = point.coordinate.distanceKilometres(to: coordinate)
          return sum + (distance <= 3 ? point.weight / (1 + pow(distance / 0.7, 2)) : 0)
        }
        #expect(abs(found[row, default: 0] - expected) < 1e-5, "seed \(seed), row \(row)")
      }
    }
  }

  @Test func `where items stand close the circle is smaller, and holds the nearest`() {
    let seed: UInt64 = 4
    let coordinates = Self.coordinates(5_000, seed: seed)
    let index = GeoIndex(coordinates)
    var pull = HauntPull(
      slots: coordinates.count, radiusKilometres: 3, walkKilometres: 0.7, itemsMax: 200)
    var rows: [Int] = []
    pull.forEach([HauntPull.Point(coordinate: Self.center, weight: 1)], in: index) { slot, _ in
      rows.append(Int(index.rows[slot]))
    }
    #expect((50...260).contains(rows.count), "seed \(seed): \(rows.count)")
    let distances = rows.map { coordinates[$0].distanceKilometres(to: Self.center) }
    let nearer = coordinates.count { $0.distanceKilometres(to: Self.center) < distances.max()! }
    #expect(nearer <= rows.count, "seed \(seed)")
  }

  @Test func `all items on one point are looked at once`() {
    let index = GeoIndex(Array(repeating: Self.center, count: 1_000))
    var pull = HauntPull(slots: 1_000, radiusKilometres: 3, walkKilometres: 0.7, itemsMax: 10)
    var count = 0
    pull.forEach([HauntPull.Point(coordinate: Self.center, weight: 1)], in: index) { _, value in
      #expect(value == 1)
      count += 1
    }
    #expect(count == 1_000)
  }
}
