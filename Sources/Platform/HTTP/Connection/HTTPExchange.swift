/// One request and the place of its answer among those of its connection. Confined to its loop.
package final class HTTPExchange {
  private weak var connection: HTTPConnection?
  let keepsAlive: Bool
  let isHead: Bool
  /// Ready to be sent once those before it are.
  private(set) var response: HTTPResponse?
  /// For whoever answers: what its own record of the request is found by.
  package var tag: UInt64 = 0

  init(_ connection: HTTPConnection?, keepsAlive: Bool, isHead: Bool) {
    self.connection = connection
    self.keepsAlive = keepsAlive
    self.isHead = isHead
  }

  /// Once; dropped when the client has left.
  package func answer(_ response: HTTPResponse) {
    guard self.response == nil else { return }
    self.response = response
    connection?.answered()
  }
}

/// What answers the requests of HTTP connections. Confined to their loop.
package protocol HTTPHandler: AnyObject {
  /// Answers the exchange, now or later.
  func handle(_ request: HTTPRequest, _ exchange: HTTPExchange)

  /// The client has left before the answer.
  func abandon(_ exchange: HTTPExchange)

  /// What a client is told whose bytes are no request that is taken.
  func response(to refusal: HTTPRefusal) -> HTTPResponse

  /// Called once; lets go of the connection.
  func closed(_ connection: HTTPConnection, _ reason: String)
}
