import Messages
import Testing

@testable import Features

@Suite struct TimelineStoreTests {
  private var store: TimelineStore
  private let instant = RequestInstant(milliseconds: 1_000)

  init() {
    var decaying = TimelineSeries(event: .order, measure: .one)
    _ = decaying.decay(halfLifeMilliseconds: 100)
    store = TimelineStore([TimelineSeries(event: .order, measure: .value), decaying])
  }

  @Test mutating func `an entity is admitted once, and its series are apart`() {
    let (first, isNew) = store.admit(7, at: 1)
    #expect(isNew)
    #expect(store.admit(7, at: 2) == (first, false))
    #expect(store.touchedPosition(first) == 2)
    store.append(timeMilliseconds: 899, value: 5, to: first, slot: 0)
    store.append(timeMilliseconds: 999, value: 6, to: first, slot: 0)
    store.append(timeMilliseconds: 899, value: 1, to: first, slot: 1)
    #expect(store.value(.sum(.all), slot: 0, record: first, at: instant) == 11)
    #expect(store.value(.mean(.all), slot: 0, record: first, at: instant) == 5.5)
    #expect(store.value(.count(.milliseconds(100)), slot: 0, record: first, at: instant) == 1)
    #expect(store.value(.count(.milliseconds(101)), slot: 0, record: first, at: instant) == 2)
    #expect(store.value(.decayed(0), slot: 1, record: first, at: instant) == 0.5)
    #expect(store.count == 1)
  }

  @Test func `what nothing happened to has zeros, what cannot be has nothing`() {
    #expect(store.record(of: 7) == TimelineStore.noRecord)
    #expect(store.record(of: nil) == TimelineStore.noSubject)
    for reading in [TimelineReading.count(.all), .sum(.all), .decayed(0)] {
      #expect(
        store.value(reading, slot: 1, record: TimelineStore.noRecord, at: instant) == 0)
      #expect(
        store.value(reading, slot: 1, record: TimelineStore.noSubject, at: instant).isNaN)
    }
    for reading in [TimelineReading.mean(.all), .recencyHours(.all)] {
      #expect(store.value(reading, slot: 1, record: TimelineStore.noRecord, at: instant).isNaN)
    }
  }

  @Test mutating func `memory of the forgotten is used again, from nothing`() {
    let (first, _) = store.admit(7, at: 1)
    let (second, _) = store.admit(8, at: 2)
    for record in [first, second] {
      store.append(timeMilliseconds: 1, value: 3, to: record, slot: 0)
    }
    store.forget(7)
    store.forget(7)
    #expect(store.record(of: 7) == TimelineStore.noRecord)
    let (third, isNew) = store.admit(9, at: 3)
    #expect(third == first)
    #expect(isNew)
    #expect(store.touchedPosition(third) == 3)
    #expect(!store.hasEvents(third, slot: 0))
    #expect(store.hasEvents(second, slot: 0))
    #expect(store.admit(10, at: 4).record != first)
  }
}
