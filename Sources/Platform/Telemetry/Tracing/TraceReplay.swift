/// How long a request would have taken if one of its hops had been faster. Pure.
///
/// The request's direct children are played again in their order: each begins as long after the
/// last end that it followed as it did, so that what ran beside the faster hop may become what is
/// waited for. It is taken to have followed everything that had ended before it began, which never
/// promises too much.
package struct TraceReplay: Sendable {
  private struct Step: Sendable {
    let name: String
    let start: Double
    let end: Double
  }

  private let steps: [Step]
  private let duration: Double

  package init(_ trace: Trace) {
    let start = trace.root.startMicroseconds
    let duration = Double(trace.durationMicroseconds)
    self.duration = duration
    steps = trace.children(of: trace.root.id).map { index in
      let span = trace.spans[index]
      let begin = span.startMicroseconds - min(start, span.startMicroseconds)
      return Step(
        name: span.name, start: Double(begin),
        end: min(Double(begin) + Double(span.durationMicroseconds), duration))
    }
  }

  /// The request's time in microseconds.
  /// - Parameters:
  ///   - name: of the hop.
  ///   - share: of its time that it is spared, 0 to 1.
  package func microseconds(ifFaster name: String, by share: Double) -> Double {
    var newEnds: [Double] = []
    for step in steps {
      let newStart = step.start + shift(before: step.start, newEnds)
      let length = max(0, step.end - step.start)
      newEnds.append(newStart + (step.name == name ? length * (1 - share) : length))
    }
    return max(0, duration + shift(before: duration, newEnds))
  }

  /// By how much later (earlier, where negative) something happens that followed all ends before.
  private func shift(before time: Double, _ newEnds: [Double]) -> Double {
    var (lastEnd, newLastEnd) = (0.0, 0.0)
    for (step, newEnd) in zip(steps, newEnds) where step.end <= time {
      lastEnd = max(lastEnd, step.end)
      newLastEnd = max(newLastEnd, newEnd)
    }
    return newLastEnd - lastEnd
  }
}
