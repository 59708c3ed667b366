package import RPC

/// The methods of the cluster's services, for their servers and for their callers.
extension Method where Request == SearchRequest, Response == SearchResponse {
  package static var search: Self { Method("brigade.v1.Retrieval/Search", .pure, isHedged: true) }
}

extension Method where Request == GetRequest, Response == GetResponse {
  package static var get: Self { Method("brigade.v1.Features/Get", .pure, isHedged: true) }
}

extension Method where Request == AssembleRequest, Response == AssembleResponse {
  package static var assemble: Self {
    Method("brigade.v1.Features/Assemble", .pure, isHedged: true)
  }
}

extension Method where Request == ScoreRequest, Response == ScoreResponse {
  package static var score: Self { Method("brigade.v1.Inference/Score", .pure, isHedged: true) }
}

extension Method where Request == RankRequest, Response == RankResponse {
  /// Idempotent by the request id: a retried request gets the same draw.
  package static var rank: Self { Method("brigade.v1.Gateway/Rank", .idempotent) }
}

extension Method where Request == AppendRequest, Response == AppendResponse {
  /// Idempotent by the events' ids.
  package static var append: Self { Method("brigade.v1.Events/Append", .idempotent) }
}

extension Method where Request == FollowRequest, Response == FollowResponse {
  package static var follow: Self { Method("brigade.v1.Events/Follow", .pure, isLongPoll: true) }
}

extension Method where Request == PromoteRequest, Response == PromoteResponse {
  package static var promote: Self { Method("brigade.v1.Events/Promote", .idempotent) }
}
