/// The last of many values, for their quantiles.
struct RecentValues: Sendable {
  private var values: [Double] = []
  private var next = 0
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  var isEmpty: Bool { values.isEmpty }
  var mean: Double { values.reduce(0, +) / Double(values.count) }

  mutating func append(_ value: Double) {
    if values.count < capacity {
      values.append(value)
    } else {
      values[next] = value
      next = (next + 1) % capacity
    }
  }

  /// The values that these shares of all do not exceed; none of none.
  func quantiles(_ shares: [Double]) -> [Double] {
    guard !values.isEmpty else { return [] }
    let sorted = values.sorted()
    return shares.map { sorted[min(sorted.count - 1, Int($0 * Double(sorted.count)))] }
  }
}
