internal import Glibc
package import Messages

/// A point on the earth, WGS 84, degrees.
package struct Coordinate: Hashable, Sendable {
  /// Mean radius of the earth (IUGG).
  package static let earthRadiusKilometres = 6371.0088

  package var latitude: Double
  package var longitude: Double

  package init(latitude: Double, longitude: Double) {
    self.latitude = latitude
    self.longitude = longitude
  }

  /// Nil for a place that is absent or not on the earth: NaN, latitude beyond ±90, longitude ±180.
  package init?(_ place: Place?) {
    guard let place, abs(place.latitude) <= 90, abs(place.longitude) <= 180 else { return nil }
    self.init(latitude: place.latitude, longitude: place.longitude)
  }

  package var place: Place {
    var place = Place()
    place.latitude = latitude
    place.longitude = longitude
    return place
  }

  /// Along the great circle, by the haversine formula on a sphere of the mean radius.
  package func distanceKilometres(to other: Coordinate) -> Double {
    let degree = Double.pi / 180
    let latitudeSine = sin((other.latitude - latitude) * degree / 2)
    let longitudeSine = sin((other.longitude - longitude) * degree / 2)
    let haversine =
      latitudeSine * latitudeSine
      + cos(latitude * degree) * cos(other.latitude * degree) * longitudeSine * longitudeSine
    return 2 * Self.earthRadiusKilometres * asin(min(1, haversine.squareRoot()))
  }
}
