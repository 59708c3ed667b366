internal import RPC

/// One connection to a gateway: asks, is answered, asks again. Confined to its loop.
protocol EdgeCaller: AnyObject {
  /// Connects, and says when it can be asked with.
  func start() throws(SystemError)
  /// A whole request, the one before it answered.
  func ask(_ request: [UInt8])
  func close()
}

/// What happens on a caller's connection.
struct EdgeCallerEvents {
  var opened: () -> Void
  /// With the answer's bytes on the wire.
  var answered: (_ bytes: Int) -> Void
  /// An answer that is none, or the end of the connection.
  var failed: (_ reason: String) -> Void
}
