/// Whether a loop turns, by whether it gets to what it is asked to do. Pure.
///
/// How long it has not is counted in time that the asker was there to see: after the whole process
/// was stopped, all of its threads are late, and none of them hangs.
struct LoopPulse: Equatable, Sendable {
  /// Since it was asked; 0 once it has turned.
  private(set) var awaitedNanoseconds: Int64 = 0
  /// Nil while nothing is asked of it.
  private(set) var askedUnixMilliseconds: Int64?

  var isAsked: Bool { askedUnixMilliseconds != nil }

  mutating func ask(unixMilliseconds: Int64) {
    awaitedNanoseconds = 0
    askedUnixMilliseconds = unixMilliseconds
  }

  mutating func turned() {
    awaitedNanoseconds = 0
    askedUnixMilliseconds = nil
  }

  /// Time that the asker has seen pass.
  mutating func passed(nanoseconds: Int64) {
    if isAsked { awaitedNanoseconds += max(0, nanoseconds) }
  }
}
