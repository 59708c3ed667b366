/// What of the decisions that were read is to be sent next. Pure.
///
/// They go together. A batch that the log refuses is sent again one by one, so that what is wrong
/// with one decision costs only that, and nothing waits behind it for ever.
struct ForwardQueue: Sendable {
  /// Of one append.
  struct Limits: Sendable {
    /// As many as the log takes.
    var eventsMax = 1_000
    /// A sixteenth of a frame's limit: a larger one would only take longer to be lost.
    var bytesMax = 1 << 20
  }

  /// What a batch holds so far.
  struct Size: Equatable, Sendable {
    private(set) var events = 0
    private(set) var bytes = 0

    init() {}

    mutating func add(_ decision: SpooledDecision) {
      events += decision.events.count
      bytes += decision.bytes
    }

    /// Whether to look for another decision; `fits` tells of a certain one.
    func hasRoom(_ limits: Limits) -> Bool {
      events < limits.eventsMax && bytes < limits.bytesMax
    }

    /// The first always fits, or it would never leave.
    func fits(_ decision: SpooledDecision, _ limits: Limits) -> Bool {
      events == 0
        || events + decision.events.count <= limits.eventsMax
          && bytes + decision.bytes <= limits.bytesMax
    }
  }

  private let limits: Limits
  private var decisions: ArraySlice<SpooledDecision> = []
  /// Of the next decisions, how many go one by one.
  private var alone = 0
  /// Ended, and not yet told to the reader.
  private var settled = 0

  init(limits: Limits = Limits()) { self.limits = limits }

  var isEmpty: Bool { decisions.isEmpty }

  mutating func load(_ decisions: [SpooledDecision]) { self.decisions += decisions }

  /// What to send now; empty when more has to be read.
  var next: ArraySlice<SpooledDecision> {
    if alone > 0 { return decisions.prefix(1) }
    var size = Size()
    return decisions.prefix { decision in
      guard size.fits(decision, limits) else { return false }
      size.add(decision)
      return true
    }
  }

  /// The log has the first `count` decisions.
  mutating func acknowledged(_ count: Int) { settle(count) }

  /// The log does not take the first `count` decisions, and never will.
  /// - Returns: the decision that was dropped; nil when they are tried one by one first.
  mutating func refused(_ count: Int) -> SpooledDecision? {
    guard count <= 1 else {
      alone = count
      return nil
    }
    defer { settle(1) }
    return decisions.first
  }

  private mutating func settle(_ count: Int) {
    decisions = decisions.dropFirst(count)
    alone = max(0, alone - count)
    settled += count
  }

  /// How many have ended since it was asked last.
  mutating func takeSettled() -> Int {
    defer { settled = 0 }
    return settled
  }
}
