import Messages
import RPC

@testable import Gateway

/// What a gateway answered, for its page.
enum PageSamples {
  static func attempt(
    _ replica: String, _ code: Code = .ok, number: UInt32 = 1, hedge: Bool = false
  ) -> Messages.Attempt {
    var attempt = Messages.Attempt()
    attempt.replica = replica
    attempt.code = code.rawValue
    attempt.number = number
    attempt.hedge = hedge
    return attempt
  }

  static func hop(
    _ kind: HopKind, _ rung: Rung = .primary, why: String = "", microseconds: UInt64 = 400,
    attempts: [Messages.Attempt]? = nil
  ) -> Hop {
    var hop = Hop()
    hop.method = kind.method
    hop.rung = rung
    hop.why = why
    hop.elapsedMicroseconds = microseconds
    hop.attempts = attempts ?? [attempt("\(kind.rawValue)-1")]
    return hop
  }

  static func response(
    _ hops: [Hop]? = nil, model: String = "browse/1", microseconds: UInt64 = 2_000
  ) -> RankResponse {
    var response = RankResponse()
    response.hops = hops ?? HopKind.allCases.map { hop($0) }
    response.model = model
    response.elapsedMicroseconds = microseconds
    response.degraded = response.hops.contains { $0.rung.isDegraded }
    return response
  }

  /// Without its model server.
  static func degraded(why: String = "UNAVAILABLE: nobody") -> RankResponse {
    response(
      [hop(.retrieval), hop(.features), hop(.inference, .lightModel, why: why, attempts: [])],
      model: "")
  }

  static func replica(
    _ name: String, _ state: ReplicaStatus.State = .ready, port: Int = 1,
    _ change: (inout ReplicaStatus) -> Void = { _ in }
  ) -> ReplicaStatus {
    var status = ReplicaStatus(address: "127.0.0.1:\(port)", name: name, state: state)
    status.software = "brigade-inference 1"
    change(&status)
    return status
  }
}
