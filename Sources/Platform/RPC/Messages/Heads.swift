package import CMessages

/// The first frame of both ends (kind 0).
package struct Hello: Message {
  /// Protocol version; this one is 1.
  package var version: UInt32 = 0
  /// The sender's own name, for people and traces.
  package var replica: String = ""
  /// The longest `length` the sender accepts.
  package var frameBytesMax: UInt32 = 0
  /// The most unanswered requests it accepts on this connection.
  package var callsInFlightMax: UInt32 = 0
  /// Frame kinds that it understands.
  package var kinds: [UInt32] = []
  /// Frame flags that it understands, as a bit set.
  package var flags: UInt32 = 0
  /// A client's: the cluster's shared token, empty where none is used.
  package var token: String = ""
  /// Name and version of the program.
  package var software: String = ""
  /// A server's: as in Advertisement.
  package var serves: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Hello>?) -> Void {
    brigade__v1__hello__init
  }

  package init(_ c: Brigade__V1__Hello) {
    version = c.version
    replica = String(c.replica)
    frameBytesMax = c.frame_bytes_max
    callsInFlightMax = c.calls_in_flight_max
    kinds = Array(c.kinds, c.n_kinds)
    flags = c.flags
    token = String(c.token)
    software = String(c.software)
    serves = Array(c.serves, c.n_serves)
  }

  package func write(to c: inout Brigade__V1__Hello, in arena: Arena) {
    c.version = version
    c.replica = arena.string(replica)
    c.frame_bytes_max = frameBytesMax
    c.calls_in_flight_max = callsInFlightMax
    (c.kinds, c.n_kinds) = (arena.array(kinds), kinds.count)
    c.flags = flags
    c.token = arena.string(token)
    c.software = arena.string(software)
    (c.serves, c.n_serves) = (arena.strings(serves), serves.count)
  }
}

package struct Metadata: Message, Equatable {
  package var name: String = ""
  package var value: [UInt8] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Metadata>?) -> Void {
    brigade__v1__metadata__init
  }

  package init(_ c: Brigade__V1__Metadata) {
    name = String(c.name)
    value = Array(c.value)
  }

  package func write(to c: inout Brigade__V1__Metadata, in arena: Arena) {
    c.name = arena.string(name)
    c.value = arena.bytes(value)
  }
}

/// Kind 1. The body is the method's request message.
package struct RequestHead: Message {
  /// Chosen by the caller, not in use on this connection.
  package var call: UInt64 = 0
  /// Brigade.v1.Inference/Score.
  package var method: String = ""
  /// Time left, counted from receipt; 0 asks for the server's default.
  package var budgetMicroseconds: UInt64 = 0
  /// 16 bytes, or empty.
  package var traceID: [UInt8] = []
  package var parentSpanID: UInt64 = 0
  /// As in W3C traceparent: bit 0 sampled.
  package var traceFlags: UInt32 = 0
  /// 1 for the first.
  package var attempt: UInt32 = 0
  /// 0 normal; higher is shed later.
  package var priority: UInt32 = 0
  package var metadata: [Metadata] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__RequestHead>?) -> Void {
    brigade__v1__request_head__init
  }

  package init(_ c: Brigade__V1__RequestHead) {
    call = c.call
    method = String(c.method)
    budgetMicroseconds = c.budget_us
    traceID = Array(c.trace_id)
    parentSpanID = c.parent_span_id
    traceFlags = c.trace_flags
    attempt = c.attempt
    priority = c.priority
    metadata = Array(c.metadata, c.n_metadata)
  }

  package func write(to c: inout Brigade__V1__RequestHead, in arena: Arena) {
    c.call = call
    c.method = arena.string(method)
    c.budget_us = budgetMicroseconds
    c.trace_id = arena.bytes(traceID)
    c.parent_span_id = parentSpanID
    c.trace_flags = traceFlags
    c.attempt = attempt
    c.priority = priority
    (c.metadata, c.n_metadata) = (arena.messages(metadata), metadata.count)
  }
}

package enum RetryAdvice: UInt32, Sendable, CaseIterable {
  /// The handler was started.
  case mayHaveRun = 0
  /// No handler saw the call; another replica may take it.
  case notStarted = 1
  /// The same call would fail anywhere.
  case never = 2

  package init(_ c: Brigade__V1__RetryAdvice) { self = Self(rawValue: c.rawValue) ?? .mayHaveRun }
  package var c: Brigade__V1__RetryAdvice { Brigade__V1__RetryAdvice(rawValue: rawValue) }
}

/// Kind 2. The body is the method's response message, empty unless code is 0.
package struct ResponseHead: Message {
  package var call: UInt64 = 0
  /// GRPC's status codes, 0 to 16.
  package var code: UInt32 = 0
  /// For people; empty when code is 0.
  package var message: String = ""
  package var advice: RetryAdvice = .mayHaveRun
  /// From receipt to the handler's start.
  package var queueMicroseconds: UInt64 = 0
  package var handlerMicroseconds: UInt64 = 0
  /// Calls that the answering thread has queued or begun.
  package var loadInFlight: UInt32 = 0
  /// Processor time over the last second; 1000 is one processor.
  package var loadPermille: UInt32 = 0
  package var metadata: [Metadata] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__ResponseHead>?) -> Void {
    brigade__v1__response_head__init
  }

  package init(_ c: Brigade__V1__ResponseHead) {
    call = c.call
    code = c.code
    message = String(c.message)
    advice = RetryAdvice(c.advice)
    queueMicroseconds = c.queue_us
    handlerMicroseconds = c.handler_us
    loadInFlight = c.load_in_flight
    loadPermille = c.load_permille
    metadata = Array(c.metadata, c.n_metadata)
  }

  package func write(to c: inout Brigade__V1__ResponseHead, in arena: Arena) {
    c.call = call
    c.code = code
    c.message = arena.string(message)
    c.advice = advice.c
    c.queue_us = queueMicroseconds
    c.handler_us = handlerMicroseconds
    c.load_in_flight = loadInFlight
    c.load_permille = loadPermille
    (c.metadata, c.n_metadata) = (arena.messages(metadata), metadata.count)
  }
}

/// Kind 3. The caller no longer wants the answer.
package struct Cancel: Message {
  package var call: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Cancel>?) -> Void {
    brigade__v1__cancel__init
  }

  package init(_ c: Brigade__V1__Cancel) {
    call = c.call
  }

  package func write(to c: inout Brigade__V1__Cancel, in arena: Arena) {
    c.call = call
  }
}

/// Kind 4; answered by a Pong (kind 5) with the same nonce.
package struct Ping: Message {
  package var nonce: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Ping>?) -> Void {
    brigade__v1__ping__init
  }

  package init(_ c: Brigade__V1__Ping) {
    nonce = c.nonce
  }

  package func write(to c: inout Brigade__V1__Ping, in arena: Arena) {
    c.nonce = nonce
  }
}

package struct Pong: Message {
  package var nonce: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Pong>?) -> Void {
    brigade__v1__pong__init
  }

  package init(_ c: Brigade__V1__Pong) {
    nonce = c.nonce
  }

  package func write(to c: inout Brigade__V1__Pong, in arena: Arena) {
    c.nonce = nonce
  }
}

/// Kind 6. The sender takes no new calls on this connection and finishes those it has.
package struct Drain: Message {
  package var reason: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Drain>?) -> Void {
    brigade__v1__drain__init
  }

  package init(_ c: Brigade__V1__Drain) {
    reason = String(c.reason)
  }

  package func write(to c: inout Brigade__V1__Drain, in arena: Arena) {
    c.reason = arena.string(reason)
  }
}

/// Kind 8. What the server has loaded, in place of what it said before.
package struct Advertisement: Message {
  /// Short tags; none: it does not say.
  package var serves: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Advertisement>?) -> Void {
    brigade__v1__advertisement__init
  }

  package init(_ c: Brigade__V1__Advertisement) {
    serves = Array(c.serves, c.n_serves)
  }

  package func write(to c: inout Brigade__V1__Advertisement, in arena: Arena) {
    (c.serves, c.n_serves) = (arena.strings(serves), serves.count)
  }
}

package enum CloseCode: UInt32, Sendable, CaseIterable {
  /// Nothing left to do after a drain.
  case done = 0
  /// A frame that breaks the rules.
  case protocolViolation = 1
  /// A frame, or a number of calls, over a limit.
  case limit = 2
  /// No protocol version in common.
  case version = 3
  /// The cluster token differs.
  case token = 4
  /// No hello, no pong, or half a frame for too long.
  case timeout = 5

  /// A code of a later version is only known not to be `done`, which would let calls run again.
  package init(_ c: Brigade__V1__CloseCode) {
    self = Self(rawValue: c.rawValue) ?? .protocolViolation
  }
  package var c: Brigade__V1__CloseCode { Brigade__V1__CloseCode(rawValue: rawValue) }
}

/// Kind 7, the last frame that a peer sends.
package struct Close: Message {
  package var code: CloseCode = .done
  package var reason: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Close>?) -> Void {
    brigade__v1__close__init
  }

  package init(_ c: Brigade__V1__Close) {
    code = CloseCode(c.code)
    reason = String(c.reason)
  }

  package func write(to c: inout Brigade__V1__Close, in arena: Arena) {
    c.code = code.c
    c.reason = arena.string(reason)
  }
}
