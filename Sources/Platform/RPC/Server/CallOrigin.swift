package import Telemetry

/// Where calls come from and where their answers go: a connection, or a protocol on top of several.
/// Confined to a server's loop.
package protocol CallOrigin: AnyObject {
  /// Whether somebody still waits for the answer.
  func isWaiting(_ call: CallContext) -> Bool

  /// Lends the request's protobuf bytes for the time of `use`, or answers the call itself when what
  /// it was sent is no message. Called once, when the call's turn has come.
  func withBody(of call: CallContext, _ use: (UnsafeRawBufferPointer) -> Void)

  /// Passes the answer on, and tells the server with `answered`; nothing happens when nobody waits.
  func answer<Response: Message>(_ call: CallContext, _ result: Result<Response, RPCError>)
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
