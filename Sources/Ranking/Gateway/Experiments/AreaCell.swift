internal import Definitions
internal import Glibc

/// A piece of the earth's surface about as high as wide: rows of the same height, each cut into as many
/// columns as fit at its middle. What lies in one cell gets one arm, so that users who compete for the
/// same places do so under the same rules.
struct AreaCell: Equatable, Sendable, CustomStringConvertible {
  /// Smaller ones are blocks of a city, larger ones countries.
  static let sizesKilometres = 0.1...1_000.0

  let row: Int
  let column: Int

  /// - Parameter kilometres: of a side, within `sizesKilometres`.
  init(_ place: Coordinate, kilometres: Double) {
    let halfCircle = Double.pi * Coordinate.earthRadiusKilometres
    let rows = max(1, (halfCircle / kilometres).rounded())
    // The pole belongs to the last row, and longitude 180 to the column of -180.
    let row = min(((place.latitude + 90) / 180 * rows).rounded(.down), rows - 1)
    let middle = ((row + 0.5) / rows * 180 - 90) * .pi / 180
    let columns = max(1, (2 * halfCircle * cos(middle) / kilometres).rounded())
    let column = ((place.longitude + 180) / 360 * columns).rounded(.down)
    self.row = Int(row)
    self.column = Int(column.truncatingRemainder(dividingBy: columns))
  }

  /// As it is hashed.
  var description: String { "\(row)/\(column)" }
}
