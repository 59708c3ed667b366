import Definitions
import TestSupport
import Testing

@testable import Gateway

@Suite struct AreaCellTests {
  private func cell(_ latitude: Double, _ longitude: Double, _ kilometres: Double) -> AreaCell {
    AreaCell(Coordinate(latitude: latitude, longitude: longitude), kilometres: kilometres)
  }

  /// By the Python of deploy/README.md.
  @Test(arguments: [
    (37.7599, -122.4148, 5.0, "2841/1012"), (40.75, -73.98, 5, "2907/1786"),
    (90, 180, 5, "4002/0"), (-90, -180, 5, "0/0"), (0, 179.9999, 1_000, "10/39"),
    (0, 0, 0.1, "100075/200151"),
  ])
  func `a place is in the cell that it always was in`(
    latitude: Double, longitude: Double, kilometres: Double, text: String
  ) {
    #expect(cell(latitude, longitude, kilometres).description == text)
  }

  @Test func `the date line cuts no cell in two`() {
    #expect(cell(10, 180, 50) == cell(10, -180, 50))
  }

  @Test func `cells are about as large as declared, wherever they are`() {
    let seed: UInt64 = 20_251_101
    var random = SeededGenerator(seed: seed)
    for kilometres in [0.5, 5, 50] {
      for _ in 0..<200 {
        let place = Coordinate(
          latitude: .random(in: -80...80, using: &random),
          longitude: .random(in: -179...179, using: &random))
        let own = AreaCell(place, kilometres: kilometres)
        // As far as the diagonal, with what the rounding of rows and columns adds, is another cell.
        let degrees = 1.6 * kilometres / 111.2
        let north = cell(place.latitude + degrees, place.longitude, kilometres)
        #expect(north != own, "seed \(seed): \(place)")
        var inside = 0
        for _ in 0..<40 {
          let near = cell(
            place.latitude + .random(in: -degrees / 16...degrees / 16, using: &random),
            place.longitude, kilometres)
          if near == own { inside += 1 }
        }
        #expect(inside >= 12, "seed \(seed): \(place), \(kilometres)")
      }
    }
  }
}
