package import Telemetry

/// Where calls come from and where their answers go: a connection, or a protocol on top of several.
/// Confined to a server's loop.
package protocol CallOrigin: AnyObject {
  /// Lends the request's protobuf bytes for the time of `use`, or answers the call itself when what
  /// it was sent is no message. Called once, when the call's turn has come.
  func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void)

  /// Keeps the request for a call whose turn does not come with that in which it was read.
  /// - Returns: the bytes that are kept.
  func holdBody(of call: CallContext) -> Int

  /// Passes the answer of a call that waits on, and tells the server with `answered`.
  func answer(_ call: CallContext, _ answer: Answer)
}

/// A connection that a server looks after, whatever its protocol. Confined to its loop.
package protocol ServedConnection: AnyObject {
  /// The server stops: finish what was begun, then close.
  func drain()

  /// Called every quarter of a second, for what may not take long.
  func tick(_ now: Instant)
}

/// A method as an origin sees it that does not speak in frames.
package struct ServedMethod {
  let entry: MethodTable.Entry

  /// `brigade.v1.Gateway/Rank`
  package var name: String { entry.description.name }
  package var request: MessageType { entry.request }
  package var response: MessageType { entry.response }
}
