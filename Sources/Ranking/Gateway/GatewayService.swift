internal import Definitions
package import HTTP
internal import Messages
package import Node
package import RPC
internal import Storage
package import Telemetry

/// `brigade-gateway`: takes a rank request, runs the pipeline, and answers always.
package struct GatewayService: Service {
  package static let program = ProgramDescription(
    name: "brigade-gateway", summary: "ranks items for a user, with a fallback at every hop",
    version: brigadeVersion,
    examples: [
      "brigade-gateway --listen 127.0.0.1:7000 --retrieval.replicas 127.0.0.1:7100 "
        + "--features.replicas 127.0.0.1:7200 --inference.replicas 127.0.0.1:7300"
    ])

  private let configuration: GatewayConfiguration
  private let environment: ServiceEnvironment
  private let popular: PopularList
  private let spool: ServedSpool?
  private let metrics: GatewayMetrics
  private let rollout: RolloutTelling
  private let experiments: ExperimentTelling
  private let traces: TraceKeeper
  private let activity: GatewayActivity

  package init(
    _ settings: GatewayConfiguration, in environment: ServiceEnvironment
  ) throws(StartupError) {
    configuration = settings
    self.environment = environment
    metrics = GatewayMetrics(
      environment.metrics,
      methods: [
        Method.search.name, Method.get.name, Method.assemble.name, Method.score.name,
      ])
    rollout = RolloutTelling(environment.metrics, log: environment.log)
    experiments = ExperimentTelling(environment.metrics, log: environment.log)
    traces = try TraceKeeper(settings.tracing, in: environment) { $0.root.loggedArms }
    activity = GatewayActivity(
      in: environment, rollout: rollout, experiments: experiments, calls: metrics.calls)
    do {
      popular =
        settings.popular.isEmpty
        ? .empty
        : PopularList(try Catalogue(loading: settings.popular, kind: Catalogue.popularKind))
      spool =
        settings.spool.isEmpty
        ? nil
        : try ServedSpool(
          path: settings.spool, bytesMax: settings.spoolBytesMax, log: environment.log,
          metrics: environment.metrics)
    } catch {
      throw StartupError("\(error)")
    }
    environment.log.info("gateway ready", ["popular_items": popular.count])
  }

  package var edge: ConnectEdge? { configuration.edge }

  package func finish(before deadline: Instant) {
    defer { traces.finish(before: deadline) }
    guard let spool else { return }
    do throws(StorageError) {
      let left = try spool.finish(before: deadline)
      environment.log.info("spool left", ["decisions": left])
    } catch {
      environment.log.error("a power loss now would cost spooled events", ["error": error])
    }
  }

  package func methods(on loop: EventLoop) -> MethodTable {
    let pipeline = Pipeline(
      configuration, on: loop, identity: environment.identity, popular: popular,
      metrics: metrics, rollout: rollout, experiments: experiments, activity: activity)
    let tracing = RequestTracing(
      traces, replica: environment.identity.replica, slowThreshold: slowThreshold(of: loop),
      seed: .random(in: 0...UInt64.max), ports: environment.ports,
      addresses: { [activity] in activity.addresses })
    let events = EventIntake(
      ReplicaSet(
        EventIntake.service, at: configuration.replicas[.features] ?? .list([]), on: loop,
        identity: environment.identity), spool: spool, on: loop, log: environment.log,
      tracing: tracing, calls: metrics.calls.recorder(service: EventIntake.service))
    var table = MethodTable()
    table.onRefused = { call, method, error in
      tracing.refused(call, method, error)
      if method == Method.rank.name, error.code == .deadlineExceeded { expired(call) }
    }
    table.onAbandoned = { call, method in
      if method == Method.rank.name { abandoned(call, Self.left(call)) }
    }
    table.answer(
      .rank,
      waiting: { (request, call) async throws(RPCError) in
        try await rank(request, call, pipeline, tracing)
      })
    table.plan(.rank, milliseconds: configuration.budgetMilliseconds)
    table.answer(
      .append,
      waiting: { (request, call) async throws(RPCError) in
        try await events.append(request, call)
      })
    return table
  }

  /// Each loop judges by the requests that it has answered itself.
  private func slowThreshold(of loop: EventLoop) -> Gauge {
    environment.metrics.gauge(
      RequestTracing.slowThresholdName, RequestTracing.slowThresholdHelp,
      labels: ["loop": loop.name])
  }

  private func rank(
    _ request: RankRequest, _ call: CallContext, _ pipeline: Pipeline, _ tracing: RequestTracing
  ) async throws(RPCError) -> RankResponse {
    let trace = tracing.begin(call)
    var response = RankResponse()
    response.requestID = request.requestID
    do throws(RPCError) {
      let question = try RankQuestion(
        request, nowMilliseconds: wallClockMilliseconds(), makeID: Self.newID)
      response = try await pipeline.rank(question, call, trace)
      // Nobody is shown this list, so nothing may be learned from it.
      guard !call.isCancelled else { throw Self.left(call) }
      response.replica = environment.identity.replica
      // A list that somebody looks into, or tries an arm by, is shown to no user.
      if question.explain == nil, question.forcedArms.isEmpty {
        spool?.keep(question, response.items)
        experiments.served(response.arms)
      }
    } catch {
      if call.isCancelled {
        abandoned(call, error)
      } else {
        metrics.refusedOne()
        activity.refused(error, after: Self.elapsed(call))
      }
      response.elapsedMicroseconds = Instant.now().microseconds(since: call.received)
      tracing.end(trace, call, response, error: error)
      throw error
    }
    let isKept = tracing.end(trace, call, response)
    metrics.answered(response, trace: isKept ? trace.id : nil)
    activity.answered(response)
    return response
  }

  private static func elapsed(_ call: CallContext) -> Int64 {
    Instant.now().nanoseconds(since: call.received)
  }

  private func abandoned(_ call: CallContext, _ error: RPCError) {
    let elapsed = Self.elapsed(call)
    metrics.abandonedOne(after: elapsed)
    activity.abandoned(error, after: elapsed)
  }

  /// In the queue; the page counts it among those that were turned away.
  private func expired(_ call: CallContext) {
    let elapsed = Self.elapsed(call)
    metrics.abandonedOne(after: elapsed)
    activity.expired(after: elapsed)
  }

  /// Why a call was given up that is answered by nobody any more.
  private static func left(_ call: CallContext) -> RPCError {
    Instant.now() >= call.deadline
      ? RPCError(.deadlineExceeded, "the answer came too late")
      : RPCError(.cancelled, "the caller left")
  }

  private static func newID() -> String {
    let id = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return String(repeating: "0", count: 16 - id.count) + id
  }
}
