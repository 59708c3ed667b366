import Definitions
import Messages
import Testing

struct CoordinateTests {
  private func place(_ latitude: Double, _ longitude: Double) -> Place {
    var place = Place()
    place.latitude = latitude
    place.longitude = longitude
    return place
  }

  @Test func `places off the earth and absent ones are no coordinates`() {
    #expect(Coordinate(nil) == nil)
    for (latitude, longitude) in [
      (90.001, 0), (-91, 0), (0, 180.01), (0, -200), (.nan, 0), (0, .nan), (.infinity, 0),
    ] {
      #expect(Coordinate(place(latitude, longitude)) == nil)
    }
    #expect(Coordinate(place(-90, 180)) == Coordinate(latitude: -90, longitude: 180))
  }

  @Test func `a coordinate goes to a message and back`() {
    let mission = Coordinate(latitude: 37.7599, longitude: -122.4148)
    #expect(Coordinate(mission.place) == mission)
  }

  @Test func `distances agree with known ones`() {
    let degree = Double.pi / 180 * Coordinate.earthRadiusKilometres
    func distance(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
      Coordinate(latitude: a.0, longitude: a.1)
        .distanceKilometres(to: Coordinate(latitude: b.0, longitude: b.1))
    }
    #expect(abs(distance((0, 0), (1, 0)) - degree) < 1e-9)
    #expect(abs(distance((0, 179.5), (0, -179.5)) - degree) < 1e-9)
    #expect(abs(distance((89.5, 0), (89.5, 180)) - degree) < 1e-6)
    #expect(abs(distance((90, 10), (-90, 70)) - 180 * degree) < 1e-6)
    #expect(abs(distance((0, 0), (0, 180)) - 180 * degree) < 1e-6)
    // Paris to New York, by any almanac about 5,837 km.
    #expect(abs(distance((48.8566, 2.3522), (40.7128, -74.0060)) - 5837) < 2)
    #expect(distance((12, 34), (12, 34)) == 0)
  }
}
