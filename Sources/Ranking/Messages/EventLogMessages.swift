package import CMessages
package import RPC

package struct AppendRequest: Message {
  /// 1 to 1,000; all of them or none.
  package var events: [Event] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__AppendRequest>?) -> Void {
    brigade__v1__append_request__init
  }

  package init(_ c: Brigade__V1__AppendRequest) {
    events = Array(c.events, c.n_events)
  }

  package func write(to c: inout Brigade__V1__AppendRequest, in arena: Arena) {
    (c.events, c.n_events) = (arena.messages(events), events.count)
  }
}

package struct AppendResponse: Message {
  /// Rows that carry it, or a higher one, reflect these events; 0 if spooled.
  package var position: UInt64 = 0
  /// Of the events; the others' ids had been seen.
  package var appended: UInt32 = 0
  /// Processes that have them on disk: 1 is the writer alone.
  package var copies: UInt32 = 0
  /// No writer was there: the gateway has them on disk and passes them on.
  package var spooled: Bool = false
  /// Of the writer.
  package var epoch: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__AppendResponse>?) -> Void {
    brigade__v1__append_response__init
  }

  package init(_ c: Brigade__V1__AppendResponse) {
    position = c.position
    appended = c.appended
    copies = c.copies
    spooled = c.spooled != 0
    epoch = c.epoch
  }

  package func write(to c: inout Brigade__V1__AppendResponse, in arena: Arena) {
    c.position = position
    c.appended = appended
    c.copies = copies
    c.spooled = spooled ? 1 : 0
    c.epoch = epoch
  }
}

package struct FollowRequest: Message {
  /// The position that the follower has reached.
  package var after: UInt64 = 0
  /// Of its log up to there: logs that differ are found out; 0: unknown.
  package var chain: UInt64 = 0
  /// The highest the follower knows of; who knows less answers at once, and asks its own peers.
  package var epoch: UInt64 = 0
  /// Has everything up to `after` on disk; empty: keeps nothing.
  package var replica: String = ""
  /// 0: the server's default.
  package var eventsMax: UInt32 = 0
  /// Answered empty after that; 0: at once.
  package var waitMilliseconds: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__FollowRequest>?) -> Void {
    brigade__v1__follow_request__init
  }

  package init(_ c: Brigade__V1__FollowRequest) {
    after = c.after
    chain = c.chain
    epoch = c.epoch
    replica = String(c.replica)
    eventsMax = c.events_max
    waitMilliseconds = c.wait_ms
  }

  package func write(to c: inout Brigade__V1__FollowRequest, in arena: Arena) {
    c.after = after
    c.chain = chain
    c.epoch = epoch
    c.replica = arena.string(replica)
    c.events_max = eventsMax
    c.wait_ms = waitMilliseconds
  }
}

package struct FollowResponse: Message {
  /// At the positions after + 1, after + 2, …
  package var events: [Event] = []
  /// The end of the server's log.
  package var position: UInt64 = 0
  /// Of the log's writer, as far as the server knows.
  package var epoch: UInt64 = 0
  /// The server is that writer.
  package var writer: Bool = false

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__FollowResponse>?) -> Void {
    brigade__v1__follow_response__init
  }

  package init(_ c: Brigade__V1__FollowResponse) {
    events = Array(c.events, c.n_events)
    position = c.position
    epoch = c.epoch
    writer = c.writer != 0
  }

  package func write(to c: inout Brigade__V1__FollowResponse, in arena: Arena) {
    (c.events, c.n_events) = (arena.messages(events), events.count)
    c.position = position
    c.epoch = epoch
    c.writer = writer ? 1 : 0
  }
}

package struct PromoteRequest: Message {
  /// Higher than any before; the replica becomes the log's writer.
  package var epoch: UInt64 = 0
  /// Although its log lacks events that the last writer had: they are lost.
  package var force: Bool = false

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__PromoteRequest>?) -> Void {
    brigade__v1__promote_request__init
  }

  package init(_ c: Brigade__V1__PromoteRequest) {
    epoch = c.epoch
    force = c.force != 0
  }

  package func write(to c: inout Brigade__V1__PromoteRequest, in arena: Arena) {
    c.epoch = epoch
    c.force = force ? 1 : 0
  }
}

package struct PromoteResponse: Message {
  package var epoch: UInt64 = 0
  /// The end of its log.
  package var position: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__PromoteResponse>?) -> Void {
    brigade__v1__promote_response__init
  }

  package init(_ c: Brigade__V1__PromoteResponse) {
    epoch = c.epoch
    position = c.position
  }

  package func write(to c: inout Brigade__V1__PromoteResponse, in arena: Arena) {
    c.epoch = epoch
    c.position = position
  }
}
