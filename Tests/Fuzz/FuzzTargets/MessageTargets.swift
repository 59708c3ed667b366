internal import Messages
internal import RPC

/// The first byte of these inputs chooses among the types, the others are the message.
extension FuzzTarget {
  static let heads = FuzzTarget("heads") {
    seeds(of: headTypes)
  } read: { bytes in
    try read(bytes, headTypes)
  }

  static let bodies = FuzzTarget("bodies") {
    seeds(of: bodyTypes)
  } read: { bytes in
    try read(bytes, bodyTypes)
  }

  private static func read(_ bytes: [UInt8], _ types: [FuzzedType]) throws -> Outcome {
    guard let first = bytes.first else { return .refused }
    let type = types[Int(first) % types.count]
    return try type.roundTrip(Array(bytes.dropFirst())) ? .accepted : .refused
  }

  private static func seeds(of types: [FuzzedType]) -> [[UInt8]] {
    types.enumerated().flatMap { index, type in
      [[UInt8(index)], [UInt8(index)] + type.sample]
    }
  }

  // MARK: Types

  static var headTypes: [FuzzedType] {
    var response = ResponseHead()
    response.call = 7
    response.code = 14
    response.message = "more than 4096 requests wait"
    response.advice = .notStarted
    response.metadata = [sampleMetadata]
    var close = Close()
    close.code = .limit
    close.reason = "a frame of 1 GiB"
    return [
      FuzzedType(sampleHello), FuzzedType(sampleRequestHead), FuzzedType(response),
      FuzzedType(Cancel()), FuzzedType(Ping()), FuzzedType(Pong()), FuzzedType(Drain()),
      FuzzedType(close),
    ]
  }

  static var bodyTypes: [FuzzedType] {
    var rank = RankRequest()
    rank.userID = "user-1"
    rank.place = samplePlace
    rank.count = 20
    var score = ScoreRequest()
    score.columns = 2
    score.matrix = [0.5, -1, .nan, .infinity]
    var assemble = AssembleRequest()
    assemble.userID = "user-1"
    assemble.keys = [1, .max, 1 << 63]
    var event = Event()
    event.id = "event-1"
    event.place = samplePlace
    event.value = 12.5
    var append = AppendRequest()
    append.events = [event, Event()]
    return [
      FuzzedType(rank), FuzzedType(RankResponse()), FuzzedType(score),
      FuzzedType(ScoreResponse()), FuzzedType(assemble), FuzzedType(AssembleResponse()),
      FuzzedType(append), FuzzedType(SearchRequest()), FuzzedType(SearchResponse()),
      FuzzedType(event), FuzzedType(sampleDescription),
    ]
  }

  static var sampleHello: Hello {
    var hello = Hello()
    hello.version = 1
    hello.replica = "gateway-1"
    hello.frameBytesMax = 16 << 20
    hello.callsInFlightMax = 1_024
    hello.kinds = Array(0...7)
    hello.token = "secret"
    return hello
  }

  static var sampleRequestHead: RequestHead {
    var head = RequestHead()
    head.call = 1
    head.method = "brigade.v1.Health/Check"
    head.budgetMicroseconds = 50_000
    head.traceID = Array(1...16)
    head.parentSpanID = 1 << 60
    head.metadata = [sampleMetadata, Metadata()]
    return head
  }

  private static var sampleMetadata: Metadata {
    var metadata = Metadata()
    metadata.name = "x-tenant"
    metadata.value = [0, 1, 0xFF]
    return metadata
  }

  private static var samplePlace: Place {
    var place = Place()
    place.latitude = 37.7
    place.longitude = -122.4
    return place
  }

  private static var sampleDescription: DescribeResponse {
    var field = FieldDescription()
    field.name = "service"
    field.number = 1
    field.type = "string"
    var message = MessageDescription()
    message.name = "brigade.v1.HealthRequest"
    message.fields = [field]
    var description = DescribeResponse()
    description.messages = [message]
    return description
  }
}

/// A message type without its type.
struct FuzzedType: Sendable {
  let name: String
  let type: MessageType
  let sample: [UInt8]
  /// False when the bytes are no message of the type.
  let roundTrip: @Sendable ([UInt8]) throws -> Bool

  init<M: Message>(_ sample: M) {
    name = M.messageName
    type = MessageType(M.descriptor)
    self.sample = sample.encoded()
    roundTrip = { bytes in
      guard let message = try? M(decoding: bytes) else { return false }
      let encoded = message.encoded()
      // What is not UTF-8 becomes U+FFFD, three bytes for one.
      try promise(
        encoded.count <= 4 * bytes.count + 64, "\(bytes.count) bytes became \(encoded.count)")
      let again = try M(decoding: encoded).encoded()
      try promise(again == encoded, "\(M.messageName) changes as it is written and read")
      return true
    }
  }
}
