import Testing

@testable import Events

struct AnnouncedEndTests {
  @Test func `a writer's log only grows`() {
    var end = AnnouncedEnd(5, of: 1)
    end.hear(3, of: 1)
    #expect(end == AnnouncedEnd(5, of: 1))
    end.hear(7, of: 1)
    #expect(end == AnnouncedEnd(7, of: 1))
  }

  @Test func `a later writer's word counts alone, although its log may be shorter`() {
    var end = AnnouncedEnd(5, of: 1)
    end.hear(3, of: 2)
    #expect(end == AnnouncedEnd(3, of: 2))
    end.hear(9, of: 1)
    #expect(end == AnnouncedEnd(3, of: 2))
  }

  @Test func `what is missing is told with both positions`() throws {
    let end = AnnouncedEnd(5, of: 3)
    #expect(end.missing(at: 5) == nil)
    #expect(end.missing(at: 6) == nil)
    let missing = try #require(end.missing(at: 4))
    #expect(missing.contains("ends at 4") && missing.contains("epoch 3"))
    #expect(missing.contains("goes to 5"))
  }
}
