package import Definitions

/// Which city to simulate. Equal options give equal files, to the byte.
package struct CityOptions: Sendable {
  /// The Mission, San Francisco.
  package static let defaultCenter = Coordinate(latitude: 37.7599, longitude: -122.4148)
  /// Beyond these, ids and times would not fit what they are kept in.
  package static let restaurantsMax = 5_000_000
  package static let usersMax = 5_000_000
  package static let daysMax = 3_650

  package var restaurants = 5_000
  package var users = 2_000
  package var days = 28
  package var seed: UInt64 = 1
  /// When the log ends, Unix milliseconds.
  package var endMilliseconds: Int64
  package var center = CityOptions.defaultCenter
  package var timeZone = "America/Los_Angeles"
  /// The feature definition that is put beside the data.
  package var features: String
  /// The data folder.
  package var output: String

  package init(endMilliseconds: Int64, features: String, output: String) {
    self.endMilliseconds = endMilliseconds
    self.features = features
    self.output = output
  }

  /// Why no city can be made of them; empty when one can.
  package var problems: [String] {
    var problems: [String] = []
    func check(_ name: String, _ value: Int, max: Int) {
      if !(1...max).contains(value) { problems.append("\(name) is \(value), not 1 to \(max)") }
    }
    check("restaurants", restaurants, max: Self.restaurantsMax)
    check("users", users, max: Self.usersMax)
    check("days", days, max: Self.daysMax)
    if !Timestamp.sane.contains(endMilliseconds) {
      problems.append("the end is not between 1990 and 2100")
    }
    // Nearer to a pole, a kilometre is too many degrees for the streets of a plane map.
    if !(abs(center.latitude) <= 70 && abs(center.longitude) <= 179) {
      problems.append("the center is not within 70 degrees north and south, 179 east and west")
    }
    return problems
  }
}
