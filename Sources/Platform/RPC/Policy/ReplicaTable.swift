/// What is kept of each replica, in the order of their ids. These count up, so that the one that a
/// call asks for is nearly always where its id says; hashing it would cost more than the rest of a
/// decision.
struct ReplicaTable<Value> {
  private(set) var ids: [Balancer.ID] = []
  private(set) var values: [Value] = []

  var isEmpty: Bool { ids.isEmpty }
  var count: Int { ids.count }

  /// O(1) where no older replica has gone, O(log n) else. Adding and removing: O(n).
  subscript(id: Balancer.ID) -> Value? {
    get {
      let place = place(id)
      return holds(id, at: place) ? values[place] : nil
    }
    set {
      let place = place(id)
      switch (holds(id, at: place), newValue) {
      case (true, let value?): values[place] = value
      case (true, nil):
        ids.remove(at: place)
        values.remove(at: place)
      case (false, let value?):
        ids.insert(id, at: place)
        values.insert(value, at: place)
      case (false, nil): break
      }
    }
  }

  @discardableResult
  mutating func remove(_ id: Balancer.ID) -> Value? {
    let value = self[id]
    self[id] = nil
    return value
  }

  private func holds(_ id: Balancer.ID, at place: Int) -> Bool {
    place < ids.count && ids[place] == id
  }

  /// Where the id is, or would be.
  private func place(_ id: Balancer.ID) -> Int {
    guard let first = ids.first, id > first else { return 0 }
    let guess = id &- first
    if guess < ids.count, ids[guess] == id { return guess }
    var (low, high) = (1, ids.count)
    while low < high {
      let middle = (low + high) / 2
      if ids[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ReplicaTable: Sendable where Value: Sendable {}
