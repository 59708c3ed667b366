/// A method as a value: declared once, used by its server and by its callers.
package struct Method<Request: Message, Response: Message>: Sendable {
  /// As it travels: `brigade.v1.Inference/Score`.
  package let name: String
  package let safety: Safety
  /// A call that is late gets a second copy at another replica; never one that must run once.
  package let isHedged: Bool
  /// It may wait for something to happen, so how long it takes says nothing of a server's load.
  package let isLongPoll: Bool
  /// Requests and answers that are long enough are compressed, where the other end takes that.
  package let compresses: Bool
  /// What its calls are made by: looked up once, as that takes as long as choosing a replica.
  let call: Call<Request, Response>.Type

  package init(
    _ name: String, _ safety: Safety, isHedged: Bool = false, isLongPoll: Bool = false,
    compresses: Bool = false
  ) {
    precondition(safety != .once || !isHedged, "\(name) must not run twice")
    self.name = name
    self.safety = safety
    self.isHedged = isHedged
    self.isLongPoll = isLongPoll
    self.compresses = compresses
    call = Call.self
  }
}
