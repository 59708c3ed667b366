import Messages
import RPC
import ServingSupport
import Synchronization

/// What the fakes answer; a test changes what it is about. The model's order is the reverse of
/// retrieval's, and the light model's begins with the sixth candidate.
struct FakeAnswers: Sendable {
  typealias Answer<Request, Response> =
    @Sendable (Request, CallContext) async throws(RPCError) -> Response

  var search: Answer<SearchRequest, SearchResponse> = { _, _ in Samples.search(10) }
  var get: Answer<GetRequest, GetResponse> = { _, _ in GetResponse() }
  /// Two columns: the row's number, and one.
  var assemble: Answer<AssembleRequest, AssembleResponse> = { request, _ in
    FakeAnswers.rows(request.keys.count)
  }
  /// The row's number.
  var score: Answer<ScoreRequest, ScoreResponse> = { request, _ in
    FakeAnswers.scores(
      stride(from: 0, to: request.matrix.count, by: 2).map {
        Double(request.matrix[$0])
      })
  }

  var append: Answer<AppendRequest, AppendResponse> = { request, _ in
    FakeAnswers.appended(request)
  }

  static func appended(_ request: AppendRequest) -> AppendResponse {
    var response = AppendResponse()
    response.position = 7
    response.appended = UInt32(request.events.count)
    response.copies = 1
    return response
  }

  static func rows(_ count: Int) -> AssembleResponse {
    var response = AssembleResponse()
    response.schema = 7
    response.columns = 2
    response.matrix = (0..<count).flatMap { [Float($0), 1] }
    response.storedMicroseconds = 3
    response.requestMicroseconds = 4
    return response
  }

  static func scores(_ scores: [Double], heads: UInt32 = 1) -> ScoreResponse {
    var response = ScoreResponse()
    response.model = "taste/3"
    response.heads = heads
    response.scores = scores
    return response
  }

  /// For a service that takes a call and never ends it.
  static func never() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }
}

/// The three services in one server, with answers that may change between requests.
final class FakeServices: Sendable {
  private let answers: Mutex<FakeAnswers>
  private let calls = Mutex<[String: Int]>([:])
  private let taken = Mutex<[[Event]]>([])

  init(_ answers: FakeAnswers) { self.answers = Mutex(answers) }

  func change(_ change: (inout FakeAnswers) -> Void) { answers.withLock { change(&$0) } }

  /// How often the method was asked.
  func count(_ method: String) -> Int { calls.withLock { $0[method] ?? 0 } }

  /// The appends that were answered without an error, in order.
  var appends: [[Event]] { taken.withLock { $0 } }

  private var current: FakeAnswers { answers.withLock { $0 } }

  private func count<Request, Response>(_ method: Method<Request, Response>) {
    calls.withLock { $0[method.name, default: 0] += 1 }
  }

  func methods() -> MethodTable {
    var table = MethodTable()
    table.answer(
      .search,
      waiting: { (request, call) async throws(RPCError) in
        self.count(.search)
        return try await self.current.search(request, call)
      })
    table.answer(
      .get,
      waiting: { (request, call) async throws(RPCError) in
        self.count(.get)
        return try await self.current.get(request, call)
      })
    table.answer(
      .assemble,
      waiting: { (request, call) async throws(RPCError) in
        self.count(.assemble)
        return try await self.current.assemble(request, call)
      })
    table.answer(
      .score,
      waiting: { (request, call) async throws(RPCError) in
        self.count(.score)
        return try await self.current.score(request, call)
      })
    table.answer(
      .append,
      waiting: { (request, call) async throws(RPCError) in
        self.count(.append)
        let response = try await self.current.append(request, call)
        self.taken.withLock { $0.append(request.events) }
        return response
      })
    return table
  }
}
