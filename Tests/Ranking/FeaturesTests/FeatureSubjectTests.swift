import Definitions
import Testing

@testable import Features

@Suite struct FeatureSubjectTests {
  @Test func `the largest parts do not run into each other`() {
    let user = 1 << Int(FeatureSubject.userBits) - 1
    let largest = FeatureSubject(user: user, item: 1 << 30 - 1, category: 1 << 30 - 1, hour: 23)
    var keys: Set<UInt64?> = []
    for subject in [
      largest,
      FeatureSubject(user: user - 1, item: largest.item, category: largest.category, hour: 23),
      FeatureSubject(user: user, item: 1 << 30 - 2, category: 1 << 30 - 2, hour: 23),
      FeatureSubject(user: user, item: largest.item, category: largest.category, hour: 22),
    ] {
      keys.insert(subject.key(of: .userItemHour))
    }
    #expect(keys.count == 4)
    #expect(!keys.contains(nil))
  }

  @Test(arguments: FeatureEntity.allCases)
  func `an entity has a key only where each of its parts is known`(entity: FeatureEntity) {
    let whole = FeatureSubject(user: 1, item: 2, category: 3, hour: 4, place: 5)
    #expect(whole.key(of: entity) != nil)
    var subject = whole
    subject.user = nil
    #expect((subject.key(of: entity) == nil) == entity.hasUser)
    subject = whole
    subject.item = nil
    #expect((subject.key(of: entity) == nil) == entity.hasItem)
    subject = whole
    subject.category = nil
    #expect((subject.key(of: entity) == nil) == entity.hasCategory)
    subject = whole
    subject.hour = nil
    #expect((subject.key(of: entity) == nil) == entity.hasHour)
    subject = whole
    subject.place = nil
    #expect((subject.key(of: entity) == nil) == entity.hasPlace)
  }

  @Test func `places a few steps apart are one, across the street corner another`() {
    func place(_ latitude: Double, _ longitude: Double) -> UInt64? {
      FeatureSubject.place(of: Coordinate(latitude: latitude, longitude: longitude))
    }
    #expect(place(40.7121, -74.0058) == place(40.7118, -74.0062))
    #expect(place(40.7121, -74.0058) != place(40.7131, -74.0058))
    #expect(place(40.7121, -74.0058) != place(40.7121, -74.0048))
    #expect(FeatureSubject.place(of: nil) == nil)
    // The ends of the map are places, too.
    let corners = [(-90.0, -180.0), (-90, 180), (90, -180), (90, 180)].map { place($0, $1) }
    #expect(Set(corners).count == 4 && !corners.contains(nil))
  }

  @Test func `keys with a place are as many as the places`() {
    var keys: Set<UInt64?> = []
    for user in 0..<20 {
      for place in 0..<50 {
        for item in 0..<20 {
          let subject = FeatureSubject(user: user, item: item, place: UInt64(place) << 20 | 7)
          keys.insert(subject.key(of: .userPlaceItem))
        }
      }
    }
    #expect(keys.count == 20 * 50 * 20)
  }

  @Test func `each entity has the store of its place`() {
    #expect(FeatureEntity.allCases.map(\.store) == Array(FeatureEntity.allCases.indices))
  }
}
