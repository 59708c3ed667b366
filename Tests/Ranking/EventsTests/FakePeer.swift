import Events
import Messages
import RPC
import ServingSupport

/// A replica of the log that says what a test wants, and never lets a follower wait.
final class FakePeer: Sendable {
  struct State: Sendable {
    var events: [Event] = []
    /// What it says of its log's length; nil for the number of its events.
    var position: UInt64?
    var epoch: UInt64 = 1
    var isWriter = true
    var eventsMax = 1_000
    var refusal: RPCError?
  }

  private struct Told: Sendable {
    var state: State
    var asked: [FollowRequest] = []
  }

  /// Requests that are kept.
  private static let askedMax = 10_000

  let address: Address
  private let told: Guarded<Told>
  private let served: ServedMethods

  init(_ name: String = "fake", _ change: (inout State) -> Void = { _ in }) throws {
    var state = State()
    change(&state)
    let told = Guarded(Told(state: state))
    self.told = told
    served = try ServedMethods(name) { _ in
      var table = MethodTable()
      table.answer(.follow) { (request, _) throws(RPCError) in
        try told.withLock { told in
          if told.asked.count < Self.askedMax { told.asked.append(request) }
          return Self.answer(request, told.state)
        }.get()
      }
      return table
    }
    address = served.address
  }

  func change(_ change: (inout State) -> Void) { told.withLock { change(&$0.state) } }
  var asked: [FollowRequest] { told.withLock { $0.asked } }

  /// Follow requests only: a round of asking everybody names no chain.
  var polls: [FollowRequest] { asked.filter { $0.chain != 0 } }

  private static func answer(
    _ request: FollowRequest, _ state: State
  ) -> Result<FollowResponse, RPCError> {
    if let refusal = state.refusal { return .failure(refusal) }
    var response = FollowResponse()
    response.events = Array(
      state.events.dropFirst(Int(request.after)).prefix(state.eventsMax))
    response.position = state.position ?? UInt64(state.events.count)
    response.epoch = state.epoch
    response.writer = state.isWriter
    return .success(response)
  }
}

/// A copy that writes down what its follower does with it.
final class FakeCopy: LogCopy {
  struct State: Sendable {
    var follows = true
    var epoch: UInt64 = 0
    var isDurable = true
    var keeps = true
    var mark = LogMark()
    var ids: [String] = []
    var ends: [UInt64] = []
    var haveAskedPeers = false
    var longest: UInt64 = 0
    var difference: String?
  }

  private let state: Guarded<State>

  init(_ change: (inout State) -> Void = { _ in }) {
    var state = State()
    change(&state)
    self.state = Guarded(state)
  }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
  var now: State { state.withLock { $0 } }

  var follows: Bool { now.follows }
  var mark: LogMark { now.mark }
  var epoch: UInt64 { now.epoch }
  var isDurable: Bool { now.isDurable }
  func hear(of epoch: UInt64) { change { $0.epoch = max($0.epoch, epoch) } }
  func hear(end position: UInt64, of epoch: UInt64) { change { $0.ends.append(position) } }
  func peersAsked(longest position: UInt64) {
    change { ($0.haveAskedPeers, $0.longest) = (true, position) }
  }
  func differs(_ reason: String) { change { $0.difference = reason } }

  func take(_ events: [Event], after mark: LogMark, epoch: UInt64) async -> Bool {
    state.withLock { state in
      guard state.keeps, state.mark == mark else { return state.keeps }
      for event in events {
        state.mark.advance(by: event.id)
        state.ids.append(event.id)
      }
      return true
    }
  }
}
