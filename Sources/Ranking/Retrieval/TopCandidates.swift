/// An item that passed the filters, and what it is worth.
struct Candidate: Equatable {
  let score: Float
  /// Breaks ties, so that the order is the same on every replica.
  let key: UInt64
  /// Of the index.
  let slot: Int32
  let distanceKilometres: Float
  let popularity: Float
  let isInRadius: Bool

  /// Whether it stands before the other in the answer.
  func precedes(_ other: Candidate) -> Bool {
    score != other.score ? score > other.score : key < other.key
  }
}

/// Keeps the best `limit` of the candidates offered: a heap with the worst on top, so that most
/// offers cost one comparison with it.
struct TopCandidates {
  private let limit: Int
  private var heap: [Candidate] = []

  init(limit: Int) {
    self.limit = limit
    heap.reserveCapacity(min(limit, 1024))
  }

  mutating func offer(_ candidate: Candidate) {
    if heap.count < limit {
      heap.append(candidate)
      siftUp(heap.count - 1)
    } else if let worst = heap.first, candidate.precedes(worst) {
      heap[0] = candidate
      siftDown()
    }
  }

  /// Best first.
  var sorted: [Candidate] { heap.sorted { $0.precedes($1) } }

  private mutating func siftUp(_ start: Int) {
    var index = start
    while index > 0 {
      let parent = (index - 1) / 2
      guard heap[parent].precedes(heap[index]) else { return }
      heap.swapAt(index, parent)
      index = parent
    }
  }

  private mutating func siftDown() {
    var index = 0
    while true {
      var worst = index
      for child in (2 * index + 1)..<(2 * index + 3) where child < heap.count {
        if heap[worst].precedes(heap[child]) { worst = child }
      }
      if worst == index { return }
      heap.swapAt(index, worst)
      index = worst
    }
  }
}
