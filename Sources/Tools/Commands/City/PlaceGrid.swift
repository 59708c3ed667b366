internal import Definitions
internal import Glibc

/// Finds places near a point: cells of about a kilometre, each with its rows.
///
/// Distances are those of a plane map around the point, right to a thousandth within a city. Does
/// not look across the 180th meridian.
struct PlaceGrid {
  private static let cellDegrees = 0.01
  static let kilometresPerDegree = Coordinate.earthRadiusKilometres * .pi / 180

  private let coordinates: [Coordinate]
  private let order: [Int32]
  private var cells: [Int64: Range<Int32>] = [:]

  init(_ coordinates: [Coordinate]) {
    self.coordinates = coordinates
    let keys = coordinates.map { Self.key(Self.cell($0.latitude), Self.cell($0.longitude)) }
    order = coordinates.indices.map(Int32.init).sorted {
      (keys[Int($0)], $0) < (keys[Int($1)], $1)
    }
    var start = 0
    for end in 1...max(1, order.count) where !order.isEmpty {
      if end == order.count || keys[Int(order[end])] != keys[Int(order[start])] {
        cells[keys[Int(order[start])]] = Int32(start)..<Int32(end)
        start = end
      }
    }
  }

  private static func cell(_ degrees: Double) -> Int64 {
    Int64((degrees / cellDegrees).rounded(.down))
  }

  private static func key(_ latitudeCell: Int64, _ longitudeCell: Int64) -> Int64 {
    latitudeCell << 32 | (longitudeCell & 0xFFFF_FFFF)
  }

  /// Rows within the radius and their distances, in an order that the places alone decide.
  func near(
    _ point: Coordinate, kilometres: Double, into found: inout [(row: Int, kilometres: Double)]
  ) {
    found.removeAll(keepingCapacity: true)
    let eastScale = max(0.01, cos(point.latitude * .pi / 180))
    let north = kilometres / Self.kilometresPerDegree
    let east = min(180, north / eastScale)
    for latitudeCell in Self.cell(point.latitude - north)...Self.cell(point.latitude + north) {
      for longitudeCell in Self.cell(point.longitude - east)...Self.cell(point.longitude + east) {
        guard let range = cells[Self.key(latitudeCell, longitudeCell)] else { continue }
        for index in range {
          let row = Int(order[Int(index)])
          let y = coordinates[row].latitude - point.latitude
          let x = (coordinates[row].longitude - point.longitude) * eastScale
          let distance = (x * x + y * y).squareRoot() * Self.kilometresPerDegree
          if distance <= kilometres { found.append((row, distance)) }
        }
      }
    }
  }
}

extension Coordinate {
  /// On the plane map around this point.
  func moved(eastKilometres: Double, northKilometres: Double) -> Coordinate {
    let eastDegree = PlaceGrid.kilometresPerDegree * cos(latitude * .pi / 180)
    return Coordinate(
      latitude: latitude + northKilometres / PlaceGrid.kilometresPerDegree,
      longitude: longitude + eastKilometres / eastDegree)
  }
}
