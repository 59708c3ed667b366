package import CMessages
package import RPC

package struct RankRequest: Message {
  /// Empty: the gateway makes one.
  package var requestID: String = ""
  /// Empty: nobody we know.
  package var userID: String = ""
  /// Required.
  package var place: Place?
  /// Unix time; 0: the gateway's clock.
  package var nowMilliseconds: Int64 = 0
  /// Items wanted; 0: 20.
  package var count: UInt32 = 0
  package var filters: Filters?
  /// Absent: nothing is explained, which costs nothing.
  package var explain: Explain?
  /// Experiment=arm, for tests: not counted, and not kept as served.
  package var forceArms: [String] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__RankRequest>?) -> Void {
    brigade__v1__rank_request__init
  }

  package init(_ c: Brigade__V1__RankRequest) {
    requestID = String(c.request_id)
    userID = String(c.user_id)
    place = Place(c.place)
    nowMilliseconds = c.now_ms
    count = c.count
    filters = Filters(c.filters)
    explain = Explain(c.explain)
    forceArms = Array(c.force_arms, c.n_force_arms)
  }

  package func write(to c: inout Brigade__V1__RankRequest, in arena: Arena) {
    c.request_id = arena.string(requestID)
    c.user_id = arena.string(userID)
    c.place = arena.message(place)
    c.now_ms = nowMilliseconds
    c.count = count
    c.filters = arena.message(filters)
    c.explain = arena.message(explain)
    (c.force_arms, c.n_force_arms) = (arena.strings(forceArms), forceArms.count)
  }
}

package struct RankResponse: Message {
  package var requestID: String = ""
  /// The one time that everything was read at.
  package var nowMilliseconds: Int64 = 0
  /// Best first.
  package var items: [RankedItem] = []
  /// Some hop used a fallback that ranks worse.
  package var degraded: Bool = false
  /// In the order of their start.
  package var hops: [Hop] = []
  /// Name/version that scored; empty when none did.
  package var model: String = ""
  /// How many were ranked.
  package var candidates: UInt32 = 0
  /// In the gateway.
  package var elapsedMicroseconds: UInt64 = 0
  /// Of which the policy.
  package var rulesMicroseconds: UInt64 = 0
  /// The gateway that answered.
  package var replica: String = ""
  /// Events that the candidates reflect; 0 unknown.
  package var retrievalPosition: UInt64 = 0
  /// Events that the features reflect; 0 unknown.
  package var featuresPosition: UInt64 = 0
  /// Where it was asked for.
  package var explanation: Explanation?
  /// Of the experiments that the request is in.
  package var arms: [Arm] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__RankResponse>?) -> Void {
    brigade__v1__rank_response__init
  }

  package init(_ c: Brigade__V1__RankResponse) {
    requestID = String(c.request_id)
    nowMilliseconds = c.now_ms
    items = Array(c.items, c.n_items)
    degraded = c.degraded != 0
    hops = Array(c.hops, c.n_hops)
    model = String(c.model)
    candidates = c.candidates
    elapsedMicroseconds = c.elapsed_us
    rulesMicroseconds = c.rules_us
    replica = String(c.replica)
    retrievalPosition = c.retrieval_position
    featuresPosition = c.features_position
    explanation = Explanation(c.explanation)
    arms = Array(c.arms, c.n_arms)
  }

  package func write(to c: inout Brigade__V1__RankResponse, in arena: Arena) {
    c.request_id = arena.string(requestID)
    c.now_ms = nowMilliseconds
    (c.items, c.n_items) = (arena.messages(items), items.count)
    c.degraded = degraded ? 1 : 0
    (c.hops, c.n_hops) = (arena.messages(hops), hops.count)
    c.model = arena.string(model)
    c.candidates = candidates
    c.elapsed_us = elapsedMicroseconds
    c.rules_us = rulesMicroseconds
    c.replica = arena.string(replica)
    c.retrieval_position = retrievalPosition
    c.features_position = featuresPosition
    c.explanation = arena.message(explanation)
    (c.arms, c.n_arms) = (arena.messages(arms), arms.count)
  }
}

package struct Arm: Message {
  package var experiment: String = ""
  package var arm: String = ""
  /// It had its effect on the list.
  package var applied: Bool = false
  /// It had not.
  package var why: String = ""
  /// By `forceArms`.
  package var forced: Bool = false
  /// What it has otherwise; in an explanation.
  package var changes: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Arm>?) -> Void {
    brigade__v1__arm__init
  }

  package init(_ c: Brigade__V1__Arm) {
    experiment = String(c.experiment)
    arm = String(c.arm)
    applied = c.applied != 0
    why = String(c.why)
    forced = c.forced != 0
    changes = String(c.changes)
  }

  package func write(to c: inout Brigade__V1__Arm, in arena: Arena) {
    c.experiment = arena.string(experiment)
    c.arm = arena.string(arm)
    c.applied = applied ? 1 : 0
    c.why = arena.string(why)
    c.forced = forced ? 1 : 0
    c.changes = arena.string(changes)
  }
}

package struct RankedItem: Message {
  package var id: String = ""
  package var name: String = ""
  package var score: Double = 0
  package var distanceKilometres: Double = 0
  package var category: String = ""
  /// 0 unknown.
  package var price: UInt32 = 0
  /// Negative unknown.
  package var rating: Double = 0
  /// Its place was given by chance.
  package var explored: Bool = false
  /// That proposed it, as in `SearchResponse`.
  package var sources: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__RankedItem>?) -> Void {
    brigade__v1__ranked_item__init
  }

  package init(_ c: Brigade__V1__RankedItem) {
    id = String(c.id)
    name = String(c.name)
    score = c.score
    distanceKilometres = c.distance_km
    category = String(c.category)
    price = c.price
    rating = c.rating
    explored = c.explored != 0
    sources = c.sources
  }

  package func write(to c: inout Brigade__V1__RankedItem, in arena: Arena) {
    c.id = arena.string(id)
    c.name = arena.string(name)
    c.score = score
    c.distance_km = distanceKilometres
    c.category = arena.string(category)
    c.price = price
    c.rating = rating
    c.explored = explored ? 1 : 0
    c.sources = sources
  }
}

package enum Rung: UInt32, Sendable, CaseIterable {
  /// The first replica asked answered.
  case primary = 0
  /// A retry on another one did.
  case otherReplica = 1
  /// Retrieval: kept candidates of this place.
  case lastGood = 2
  /// Retrieval: the popular list shipped with the catalogue.
  case popular = 3
  /// Features, inference: the gateway's own light model.
  case lightModel = 4
  /// Features, inference: candidates as they came.
  case retrievalOrder = 5
  /// User features: went on without.
  case without = 6
  /// Not asked, since a hop before it fell back.
  case skipped = 7

  package init(_ c: Brigade__V1__Rung) { self = Self(rawValue: c.rawValue) ?? .primary }
  package var c: Brigade__V1__Rung { Brigade__V1__Rung(rawValue: rawValue) }
}

package struct Hop: Message {
  /// Brigade.v1.Retrieval/Search.
  package var method: String = ""
  /// That answered; empty when none did.
  package var replica: String = ""
  package var rung: Rung = .primary
  /// Why the rung is not the primary one.
  package var why: String = ""
  /// After the gateway received the request.
  package var startMicroseconds: UInt64 = 0
  package var elapsedMicroseconds: UInt64 = 0
  /// In the replica, before its handler.
  package var queueMicroseconds: UInt64 = 0
  /// In the replica's handler.
  package var handlerMicroseconds: UInt64 = 0
  /// The rest: encoding, kernel, network.
  package var wireMicroseconds: UInt64 = 0
  /// All that were made, in order.
  package var attempts: [Attempt] = []
  /// Assemble: share of handler_us spent on stored features.
  package var storedMicroseconds: UInt64 = 0
  /// And on features of the request.
  package var requestMicroseconds: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Hop>?) -> Void {
    brigade__v1__hop__init
  }

  package init(_ c: Brigade__V1__Hop) {
    method = String(c.method)
    replica = String(c.replica)
    rung = Rung(c.rung)
    why = String(c.why)
    startMicroseconds = c.start_us
    elapsedMicroseconds = c.elapsed_us
    queueMicroseconds = c.queue_us
    handlerMicroseconds = c.handler_us
    wireMicroseconds = c.wire_us
    attempts = Array(c.attempts, c.n_attempts)
    storedMicroseconds = c.stored_us
    requestMicroseconds = c.request_us
  }

  package func write(to c: inout Brigade__V1__Hop, in arena: Arena) {
    c.method = arena.string(method)
    c.replica = arena.string(replica)
    c.rung = rung.c
    c.why = arena.string(why)
    c.start_us = startMicroseconds
    c.elapsed_us = elapsedMicroseconds
    c.queue_us = queueMicroseconds
    c.handler_us = handlerMicroseconds
    c.wire_us = wireMicroseconds
    (c.attempts, c.n_attempts) = (arena.messages(attempts), attempts.count)
    c.stored_us = storedMicroseconds
    c.request_us = requestMicroseconds
  }
}

package struct Attempt: Message {
  package var replica: String = ""
  package var startMicroseconds: UInt64 = 0
  package var elapsedMicroseconds: UInt64 = 0
  /// GRPC's.
  package var code: UInt32 = 0
  package var message: String = ""
  /// 1 for the first that was begun.
  package var number: UInt32 = 0
  /// A second copy, sent while an earlier one was still awaited.
  package var hedge: Bool = false
  /// Of the frame on the wire; 0: none was sent.
  package var requestBytes: UInt32 = 0
  /// 0: none came.
  package var answerBytes: UInt32 = 0
  /// The replica's word, of an error too: before its handler.
  package var queueMicroseconds: UInt64 = 0
  /// In its handler; both 0: it said nothing.
  package var handlerMicroseconds: UInt64 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__Attempt>?) -> Void {
    brigade__v1__attempt__init
  }

  package init(_ c: Brigade__V1__Attempt) {
    replica = String(c.replica)
    startMicroseconds = c.start_us
    elapsedMicroseconds = c.elapsed_us
    code = c.code
    message = String(c.message)
    number = c.number
    hedge = c.hedge != 0
    requestBytes = c.request_bytes
    answerBytes = c.answer_bytes
    queueMicroseconds = c.queue_us
    handlerMicroseconds = c.handler_us
  }

  package func write(to c: inout Brigade__V1__Attempt, in arena: Arena) {
    c.replica = arena.string(replica)
    c.start_us = startMicroseconds
    c.elapsed_us = elapsedMicroseconds
    c.code = code
    c.message = arena.string(message)
    c.number = number
    c.hedge = hedge ? 1 : 0
    c.request_bytes = requestBytes
    c.answer_bytes = answerBytes
    c.queue_us = queueMicroseconds
    c.handler_us = handlerMicroseconds
  }
}
