/// A trace that shows what a histogram's bucket is made of.
struct Exemplar: Equatable, Sendable {
  let trace: TraceID
  /// As recorded: nanoseconds, or a count.
  let value: Int64
  let unixMilliseconds: Int64
}
