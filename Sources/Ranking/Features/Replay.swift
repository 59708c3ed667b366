package import Definitions
package import Messages

/// Training rows out of a log: the events go through the executor in log order, and each request's
/// rows are assembled just before the first of its own events is applied, with that event's time for
/// `now`. Nothing of what came later, nor of the request itself, can be in them.
package struct Replay {
  /// Calls its argument with every event, in log order; called twice, it gives the same events.
  package typealias Log = (_ body: (Event) throws -> Void) throws -> Void
  /// The keys of items that the user of an order did not take. Called in log order.
  package typealias Negatives = (Event, inout SplitMix64) -> [UInt64]

  package private(set) var executor: FeatureExecutor
  private var generator: SplitMix64

  package init(
    definition: FeatureDefinition, catalogue: Catalogue, limits: FeatureLimits = FeatureLimits(),
    seed: UInt64
  ) {
    executor = FeatureExecutor(definition: definition, catalogue: catalogue, limits: limits)
    generator = SplitMix64(seed: seed)
  }

  /// Calls `emit` with
  /// - the impressions that share a request id and a user, as one group, at the first of them;
  /// - each order of an item that no impression of its request showed before, with `negatives`, the
  ///   order's item at a random place among them.
  ///
  /// Reads the log twice; keeps 9 bytes an impression, 8 an order that answers nothing, and no event. Throws what the log, `emit` or the
  /// row limit throws.
  package mutating func run(
    _ log: @escaping Log, negatives: Negatives, emit: (TrainingGroup) throws -> Void
  ) throws {
    var shown = ShownItems()
    try log { shown.note($0) }
    var emitted = [Bool](repeating: false, count: shown.groups.count)
    var unprompted = shown.unpromptedOrders[...]
    try log { event in
      if event.kind == .impression, let index = shown.index(of: event), !emitted[index] {
        emitted[index] = true
        let group = shown.groups[index]
        try emit(rows(event, id: event.requestID, keys: group.keys, labels: group.labels))
      } else if event.kind == .order, unprompted.first == executor.position {
        unprompted.removeFirst()
        try emit(order(event, negatives))
      }
      executor.apply(event)
    }
  }

  private mutating func order(
    _ event: Event, _ negatives: Negatives
  ) throws(AssembleError) -> TrainingGroup {
    let ordered = itemKey(event.itemID)
    var seen: Set<UInt64> = [ordered]
    var keys = negatives(event, &generator).filter { seen.insert($0).inserted }
    var labels = [UInt8](repeating: 0, count: keys.count)
    // Always first, it would be the answer to every tie.
    let place = Int.random(in: 0...keys.count, using: &generator)
    keys.insert(ordered, at: place)
    labels.insert(1, at: place)
    return try rows(event, id: event.id, keys: keys, labels: labels)
  }

  private func rows(
    _ event: Event, id: String, keys: [UInt64], labels: [UInt8]
  ) throws(AssembleError) -> TrainingGroup {
    let rows = try executor.assemble(
      userID: event.userID, nowMilliseconds: event.timeMilliseconds,
      coordinate: Coordinate(event.place), keys: keys, clock: { 0 })
    return TrainingGroup(
      id: id, timeMilliseconds: event.timeMilliseconds, userID: event.userID, keys: keys,
      labels: labels, rows: rows)
  }
}
