internal import Definitions
internal import Glibc

/// How many items are about each item, itself among them: those in the three by three cells around it,
/// of a quarter of a kilometre each. A street of restaurants and a lonely diner are chosen otherwise.
enum Density {
  private static let cellKilometres = 0.25

  private struct Cell: Hashable {
    var row: Int32
    var column: Int32
  }

  /// By row of the catalogue. O(items).
  static func counts(_ items: [CatalogueItem]) -> [Float] {
    let cells = items.map { cell($0.coordinate) }
    var counts: [Cell: Int] = [:]
    for cell in cells { counts[cell, default: 0] += 1 }
    return cells.map { cell in
      var sum = 0
      for row in -1...1 {
        for column in -1...1 {
          let neighbour = Cell(row: cell.row + Int32(row), column: cell.column + Int32(column))
          sum += counts[neighbour, default: 0]
        }
      }
      return Float(sum)
    }
  }

  /// As wide as high at the foot of each degree of latitude: rows of one degree agree on their columns,
  /// and a city seldom lies on the seam.
  private static func cell(_ coordinate: Coordinate) -> Cell {
    let height = cellKilometres / (Coordinate.earthRadiusKilometres * .pi / 180)
    let row = (coordinate.latitude / height).rounded(.down)
    let scale = cos(coordinate.latitude.rounded(.down) * .pi / 180)
    let column = (coordinate.longitude * scale / height).rounded(.down)
    return Cell(row: Int32(row), column: Int32(column))
  }
}
