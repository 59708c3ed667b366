import Messages
import RPC
import Testing

@testable import Gateway

@Suite struct ActivityBucketTests {
  private typealias P = PageSamples

  @Test func `an answer counts with its hops, its model and its replicas`() {
    var bucket = ActivityBucket()
    bucket.record(P.response())
    bucket.record(P.degraded())
    #expect(bucket.answered == 2 && bucket.degraded == 1 && bucket.requests == 2)
    #expect(bucket.models == ["browse/1": 1])
    let inference = bucket.hops[HopKind.inference.position]
    #expect(inference.calls == 1 && inference.count(.lightModel) == 1 && inference.fallbacks == 1)
    #expect(inference.latency.total == 1)
    #expect(bucket.hops[HopKind.retrieval.position].calls == 2)
    #expect(bucket.replicas["retrieval-1"] == ActivityBucket.Replica(attempts: 2, errors: 0))
    #expect(bucket.replicas["inference-1"] == ActivityBucket.Replica(attempts: 1, errors: 0))
  }

  @Test func `retries, hedges and failures are told apart, and a hedge's loser is no failure`() {
    var bucket = ActivityBucket()
    bucket.record(
      P.response([
        P.hop(
          .inference, .otherReplica, why: "b",
          attempts: [
            P.attempt("a", .unavailable), P.attempt("b", .cancelled, number: 2),
            P.attempt("c", number: 3, hedge: true),
          ])
      ]))
    let hop = bucket.hops[HopKind.inference.position]
    #expect(hop.retries == 1 && hop.hedges == 1 && hop.errors == 1 && hop.fallbacks == 0)
    #expect(hop.count(.otherReplica) == 1)
    #expect(bucket.replicas["a"]?.errors == 1 && bucket.replicas["b"]?.errors == 0)
  }

  @Test func `a hedge that won is what hedges are for, not another rung`() {
    var bucket = ActivityBucket()
    let attempts = [P.attempt("a", .cancelled), P.attempt("b", number: 2, hedge: true)]
    bucket.record(P.response([P.hop(.inference, .otherReplica, why: "a", attempts: attempts)]))
    let hop = bucket.hops[HopKind.inference.position]
    #expect(hop.count(.otherReplica) == 0 && hop.count(.primary) == 1 && hop.hedges == 1)
  }

  @Test func `what others name is bounded`() {
    var bucket = ActivityBucket()
    for number in 0..<2_000 {
      bucket.record(
        P.response([P.hop(.inference, attempts: [P.attempt("r\(number)")])], model: "m\(number)"))
    }
    bucket.record(
      P.response([P.hop(.user), P.hop(.inference, attempts: [P.attempt("r0")])], model: "m0"))
    #expect(bucket.replicas.count == ActivityBucket.replicasMax)
    #expect(bucket.models.count == ActivityBucket.modelsMax && bucket.models["m0"] == 2)
    #expect(bucket.replicas["r0"]?.attempts == 2 && bucket.answered == 2_001)
  }

  @Test func `a method that is no hop of ours is left out`() {
    var bucket = ActivityBucket()
    var hop = P.hop(.user)
    hop.method = "brigade.v9.Else/Where"
    bucket.record(P.response([hop]))
    #expect(bucket.hops.allSatisfy { $0.calls == 0 } && bucket.replicas.isEmpty)
  }

  @Test func `sums add every figure`() {
    var (one, other, both) = (ActivityBucket(), ActivityBucket(), ActivityBucket())
    for (index, response) in [P.response(), P.degraded(), P.response(model: "x")].enumerated() {
      if index == 0 { one.record(response) } else { other.record(response) }
      both.record(response)
    }
    for path in [
      \ActivityBucket.failed, \.turnedAway, \.rejected, \.abandoned,
    ] as [WritableKeyPath<ActivityBucket, Int>] {
      one[keyPath: path] = 1
      other[keyPath: path] = 2
      both[keyPath: path] = 3
    }
    one.add(other)
    #expect(one == both && one.requests == 15)
  }
}
