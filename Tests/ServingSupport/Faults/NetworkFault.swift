/// What a network does to connections, on either or both of their ways.
package enum NetworkFault: Equatable, Sendable, CustomStringConvertible {
  case none
  /// Each way takes so much longer, and up to `jitterMilliseconds` more; nothing overtakes.
  case delay(milliseconds: Int, jitterMilliseconds: Int)
  /// Of each way of each connection.
  case bandwidth(bytesPerSecond: Int)
  /// Answers are read as slowly as this, with small buffers on the way, and requests at full speed.
  case slowReader(bytesPerSecond: Int)
  /// Nothing passes and nobody is told; what was held up arrives once it is over.
  case blackHole
  /// The servers' ends are closed and the callers' are not: what callers send vanishes. Those
  /// connections stay so when the fault is over, new ones are whole.
  case halfOpen
  /// Connections are reset, those that there are and new ones.
  case reset
  /// Each connection is closed after so many bytes of answers, wherever in a frame that is.
  case cut(afterBytes: Int)

  package var description: String {
    switch self {
    case .none: "no fault"
    case .delay(let milliseconds, let jitter): "delay of \(milliseconds) + 0…\(jitter) ms"
    case .bandwidth(let rate): "\(rate) bytes/s"
    case .slowReader(let rate): "slow reader, \(rate) bytes/s"
    case .blackHole: "black hole"
    case .halfOpen: "half-open"
    case .reset: "reset"
    case .cut(let bytes): "cut after \(bytes) bytes"
    }
  }
}
