import Testing

@testable import Features

@Suite struct NearestNameTests {
  private let names = ["price", "rating", "ratings", "age_days"]

  @Test(arguments: [
    ("prise", "price"), ("raitng", "rating"), ("ratingss", "ratings"), ("agedays", "age_days"),
    ("price", "price"), ("rpice", "price"),
  ])
  func `a slip finds the name that was meant`(text: String, name: String) {
    #expect(nearestName(to: text, among: names) == name)
  }

  @Test func `two neighbours that changed places are one slip`() {
    #expect(nearestName(to: "itme", among: ["time_of_day", "item"]) == "item")
  }

  @Test func `what is near nothing finds nothing`() {
    #expect(nearestName(to: "colour", among: names) == nil)
    #expect(nearestName(to: "", among: names) == nil)
    #expect(nearestName(to: "p", among: names) == nil)
    #expect(nearestName(to: "price", among: []) == nil)
    #expect(nearestName(to: String(repeating: "price", count: 100_000), among: names) == nil)
  }
}
