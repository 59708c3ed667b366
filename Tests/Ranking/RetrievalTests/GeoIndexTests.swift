import Definitions
import TestSupport
import Testing

@testable import Retrieval

/// Circles against a look at every point, with points and centres where spheres are awkward.
struct GeoIndexTests {
  /// Rounding may decide either way this close to the edge, in kilometres.
  private let tolerance = 1e-5

  private static func coordinate(
    around center: Coordinate?, spread: Double, _ generator: inout SeededGenerator
  ) -> Coordinate {
    guard let center else {
      let height = Double.random(in: -1...1, using: &generator)
      return Coordinate(
        latitude: 90 - acosDegrees(height), longitude: .random(in: -180...180, using: &generator))
    }
    let latitude = center.latitude + .random(in: -spread...spread, using: &generator)
    var longitude = center.longitude + .random(in: -spread...spread, using: &generator)
    if longitude > 180 { longitude -= 360 }
    if longitude < -180 { longitude += 360 }
    return Coordinate(latitude: max(-90, min(90, latitude)), longitude: longitude)
  }

  /// Enough of an arc cosine to spread points over a sphere.
  private static func acosDegrees(_ x: Double) -> Double { 90 - x * 90 }

  private func expectCircle(
    _ index: GeoIndex, _ points: [Coordinate], _ center: Coordinate, _ radius: Double,
    _ comment: Comment
  ) {
    var found: [Int: Double] = [:]
    index.forEach(within: radius, of: center) { slot, distance in
      #expect(found.updateValue(distance, forKey: Int(index.rows[slot])) == nil, comment)
    }
    for (row, point) in points.enumerated() {
      let distance = center.distanceKilometres(to: point)
      if let claimed = found[row] {
        #expect(abs(claimed - distance) < tolerance && claimed <= radius, comment)
      } else {
        #expect(distance > radius - tolerance, "\(comment): missed \(point) at \(distance) km")
      }
    }
  }

  @Test(arguments: [
    Coordinate(latitude: 37.76, longitude: -122.41), Coordinate(latitude: 0, longitude: 0),
    Coordinate(latitude: -17, longitude: 180), Coordinate(latitude: 52, longitude: -180),
    Coordinate(latitude: 66, longitude: 179.97), Coordinate(latitude: 90, longitude: 0),
    Coordinate(latitude: -90, longitude: 33), Coordinate(latitude: 89.95, longitude: -70),
    Coordinate(latitude: -89.2, longitude: 179.9),
  ])
  func `circles around a place hold exactly the points within them`(place: Coordinate) {
    let seed = UInt64(bitPattern: Int64(place.latitude * 100))
    var generator = SeededGenerator(seed: seed)
    var points = (0..<1_500).map { _ in
      Self.coordinate(around: place, spread: 1, &generator)
    }
    points += [
      place, Coordinate(latitude: 90, longitude: 5), Coordinate(latitude: -90, longitude: -5),
      Coordinate(latitude: place.latitude, longitude: 180),
      Coordinate(latitude: place.latitude, longitude: -180),
    ]
    let index = GeoIndex(points)
    for radius in [0.5, 3, 10, 40, 100, 300] {
      let center = Self.coordinate(around: place, spread: 0.3, &generator)
      expectCircle(index, points, center, radius, "seed \(seed), \(radius) km around \(center)")
      expectCircle(index, points, place, radius, "seed \(seed), \(radius) km around the place")
    }
  }

  @Test func `circles of any size around any point of the globe are exact`() {
    let seed: UInt64 = 5
    var generator = SeededGenerator(seed: seed)
    let points = (0..<1_000).map { _ in Self.coordinate(around: nil, spread: 0, &generator) }
    let index = GeoIndex(points)
    for _ in 0..<40 {
      let center = Self.coordinate(around: nil, spread: 0, &generator)
      let radius = Double.random(in: 10...21_000, using: &generator)
      expectCircle(index, points, center, radius, "seed \(seed), \(radius) km around \(center)")
    }
  }

  @Test func `a city circle looks at few points that it does not hold`() {
    var generator = SeededGenerator(seed: 3)
    let center = Coordinate(latitude: 40.7, longitude: -74)
    let points = (0..<4_000).map { _ in Self.coordinate(around: center, spread: 1, &generator) }
    let index = GeoIndex(points)
    var held = 0
    index.forEach(within: 20, of: center) { _, _ in held += 1 }
    let looked = index.runs(within: 20, of: center).reduce(0) { $0 + $1.count }
    #expect(held > 50)
    #expect(looked <= held * 5 / 4)
  }

  @Test func `an empty index and a circle without points answer nothing`() {
    let center = Coordinate(latitude: 1, longitude: 1)
    for index in [GeoIndex([]), GeoIndex([Coordinate(latitude: 1, longitude: 1.5)])] {
      index.forEach(within: 10, of: center) { _, _ in Issue.record("there is nothing") }
    }
  }
}
