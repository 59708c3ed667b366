internal import Telemetry

/// What is to happen, by time; what is planned for the same moment happens in the order of planning,
/// so that one seed gives one history.
struct EventQueue<Event> {
  private struct Entry {
    let time: Instant
    let order: UInt64
    let event: Event

    func isBefore(_ other: Entry) -> Bool {
      time == other.time ? order < other.order : time < other.time
    }
  }

  private var heap: [Entry] = []
  private var nextOrder: UInt64 = 0

  mutating func plan(_ event: Event, at time: Instant) {
    heap.append(Entry(time: time, order: nextOrder, event: event))
    nextOrder += 1
    var index = heap.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[index].isBefore(heap[parent]) else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  mutating func next() -> (time: Instant, event: Event)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return (first.time, first.event)
  }

  private mutating func siftDown() {
    var index = 0
    while true {
      var least = index
      for child in (2 * index + 1)...(2 * index + 2) where child < heap.count {
        if heap[child].isBefore(heap[least]) { least = child }
      }
      guard least != index else { return }
      heap.swapAt(index, least)
      index = least
    }
  }
}
