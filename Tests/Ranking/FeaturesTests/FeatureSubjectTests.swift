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
    let whole = FeatureSubject(user: 1, item: 2, category: 3, hour: 4)
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
  }

  @Test func `each entity has the store of its place`() {
    #expect(FeatureEntity.allCases.map(\.store) == Array(FeatureEntity.allCases.indices))
  }
}
