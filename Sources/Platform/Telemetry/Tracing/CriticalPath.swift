/// What a request's time was spent on: at every moment one span, of those that the end had to wait
/// for. Pure.
///
/// Found backwards, as CRISP does (Zhang and others, 2022): before a span's end it waited for the
/// child that ended last; before that one began, for the one that ended last before then; the rest
/// is the span's own time.
package struct CriticalPath: Sendable {
  package struct Piece: Equatable, Sendable {
    /// The span's place in its trace.
    package var span: Int
    package var startMicroseconds: UInt64
    package var endMicroseconds: UInt64
    package var durationMicroseconds: UInt64 { endMicroseconds - startMicroseconds }
  }

  /// In the order of time, without gaps from the request's start to its end.
  package private(set) var pieces: [Piece] = []

  package init(_ trace: Trace) {
    var isWalked = trace.spans.map { _ in false }
    walk(
      trace, 0, from: trace.root.startMicroseconds, until: trace.root.endMicroseconds, &isWalked)
    pieces.reverse()
  }

  /// Time on the path that was the span's own, by its place in the trace.
  package func ownMicroseconds(of span: Int) -> UInt64 {
    pieces.reduce(0) { $1.span == span ? $0 + $1.durationMicroseconds : $0 }
  }

  package func contains(_ span: Int) -> Bool { pieces.contains { $0.span == span } }

  /// Adds what happened from `start` to `end` in the span, the last first. Ids of spans may come from
  /// anywhere, and so may make a circle: each span is walked once.
  private mutating func walk(
    _ trace: Trace, _ index: Int, from start: UInt64, until end: UInt64, _ isWalked: inout [Bool]
  ) {
    isWalked[index] = true
    var time = end
    var left = trace.children(of: trace.spans[index].id).filter { !isWalked[$0] }
    while let next = Self.lastAwaited(trace, left, before: time) {
      left.removeAll { $0 == next }
      let child = trace.spans[next]
      let childEnd = min(child.endMicroseconds, time)
      let childStart = max(child.startMicroseconds, start)
      guard childStart < childEnd, !isWalked[next] else { continue }
      add(index, childEnd, time)
      walk(trace, next, from: childStart, until: childEnd, &isWalked)
      time = childStart
    }
    add(index, start, time)
  }

  /// The child that ended last before `time`. An attempt that lost ended only because another one
  /// won, perhaps a moment after it: it was waited for until that one began.
  private static func lastAwaited(_ trace: Trace, _ children: [Int], before time: UInt64) -> Int? {
    children.filter {
      let span = trace.spans[$0]
      return span.startMicroseconds < time && (span.endMicroseconds <= time || span.isLost)
    }.max { a, b in
      let (a, b) = (trace.spans[a], trace.spans[b])
      return (a.isLost ? 0 : 1, min(a.endMicroseconds, time), a.startMicroseconds)
        < (b.isLost ? 0 : 1, min(b.endMicroseconds, time), b.startMicroseconds)
    }
  }

  private mutating func add(_ span: Int, _ start: UInt64, _ end: UInt64) {
    if start < end {
      pieces.append(Piece(span: span, startMicroseconds: start, endMicroseconds: end))
    }
  }
}
