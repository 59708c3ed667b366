internal import Messages
internal import RPC

/// What became of a request, as far as its trace tells of it.
struct RequestOutcome {
  var method = Method.rank.name
  var requestID = ""
  var elapsedMicroseconds: UInt64 = 0
  var degraded = false
  var hops: [Hop] = []
  /// Of which the policy; 0 where there was none.
  var rulesMicroseconds: UInt64 = 0
  var items = 0
  var candidates: UInt32 = 0
  /// Empty where none scored.
  var model = ""
  var arms: [Arm] = []

  init(_ response: RankResponse) {
    requestID = response.requestID
    elapsedMicroseconds = response.elapsedMicroseconds
    degraded = response.degraded
    hops = response.hops
    rulesMicroseconds = response.rulesMicroseconds
    items = response.items.count
    candidates = response.candidates
    model = response.model
    arms = response.arms
  }

  /// Of a request that is no ranking, or was refused before it became one.
  init(_ method: String, elapsedMicroseconds: UInt64, hop: Hop? = nil, degraded: Bool = false) {
    self.method = method
    self.elapsedMicroseconds = elapsedMicroseconds
    self.degraded = degraded
    hops = hop.map { [$0] } ?? []
  }
}
