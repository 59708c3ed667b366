internal import HTTP
internal import Messages
internal import Node
internal import RPC
internal import Telemetry

/// What a trace needs to know of the call that it is of.
protocol TracedCall {
  var trace: TraceContext { get }
  var received: Instant { get }
  var started: Instant { get }
  var deadline: Instant { get }
  var metadata: [Metadata] { get }
}

extension CallContext: TracedCall {}

extension TracedCall {
  /// W3C's `tracestate`; nil without one.
  fileprivate var traceState: String? {
    metadata[TraceContext.stateName].map { String(decoding: $0, as: UTF8.self) }
  }
}

/// One loop's part in tracing: gives each request its trace, and decides at its end whether that is
/// kept. Confined to its loop.
final class RequestTracing: @unchecked Sendable {
  static let slowThresholdName = "brigade_trace_slow_threshold_seconds"
  static let slowThresholdHelp = "Requests above it are kept as slow, by the loop that answers them"
  /// Traces of refused calls that are kept, among those that failed.
  private static let refusedPerSecond = 1
  /// Of those that their callers asked for: a flood of them costs little more than one of others.
  private static let refusedAskedPerSecond = 100

  private var sampler: TraceSampler
  /// How long a disk takes says nothing about rankings, nor the other way round.
  private var appends: TraceSampler
  private var refusals: LineAllowance
  private var refusalsAsked: LineAllowance
  private var random: PolicyRandom
  private let keeper: TraceKeeper
  private let replica: String
  private let slowThreshold: Gauge
  private let addresses: () -> [String: Address]
  private let ports: ServedPorts

  /// - Parameters:
  ///   - slowThreshold: told what this loop takes for slow.
  ///   - ports: of this gateway.
  ///   - addresses: where replicas listen, by name; asked for every trace that is kept.
  init(
    _ keeper: TraceKeeper, replica: String, slowThreshold: Gauge, seed: UInt64,
    ports: ServedPorts = ServedPorts(), addresses: @escaping () -> [String: Address] = { [:] }
  ) {
    self.ports = ports
    self.addresses = addresses
    self.keeper = keeper
    self.replica = replica
    self.slowThreshold = slowThreshold
    sampler = TraceSampler(headRate: keeper.settings.headRate)
    appends = sampler
    refusals = LineAllowance(perSecond: Self.refusedPerSecond, now: .now())
    refusalsAsked = LineAllowance(perSecond: Self.refusedAskedPerSecond, now: .now())
    random = PolicyRandom(seed: seed)
  }

  func begin(_ call: some TracedCall) -> RequestTrace {
    RequestTrace(
      call.trace, received: call.received,
      randomness: call.traceState.flatMap { SamplingState($0).randomness }, sampler: sampler,
      random: &random)
  }

  /// - Parameters:
  ///   - response: as far as it was made.
  ///   - error: what the caller was answered instead.
  /// - Returns: whether the trace was kept.
  @discardableResult
  func end(
    _ request: RequestTrace, _ call: some TracedCall, _ response: RankResponse,
    error: RPCError? = nil
  ) -> Bool {
    let before = sampler.slowMicroseconds
    let reasons = sampler.decide(
      TraceSampler.Outcome(
        durationMicroseconds: response.elapsedMicroseconds,
        isFailed: error?.code.isServersFault ?? false, isDegraded: response.degraded,
        isAsked: request.isAsked, isSampled: request.isSampled))
    if let slow = sampler.slowMicroseconds, slow != before { slowThreshold.set(Double(slow) / 1e6) }
    guard !reasons.isEmpty else { return false }
    keep(request, call, RequestOutcome(response), error, reasons)
    return true
  }

  /// As above, for events.
  /// - Parameter hop: to the log's writer; nil where it was not asked.
  func endAppend(
    _ request: RequestTrace, _ call: some TracedCall, _ hop: @autoclosure () -> Hop?,
    isSpooled: Bool, error: RPCError?
  ) {
    let elapsed = Instant.now().microseconds(since: call.received)
    let reasons = appends.decide(
      TraceSampler.Outcome(
        durationMicroseconds: elapsed, isFailed: error?.code.isServersFault ?? false,
        isDegraded: isSpooled, isAsked: request.isAsked, isSampled: request.isSampled))
    guard !reasons.isEmpty else { return }
    let outcome = RequestOutcome(
      Method.append.name, elapsedMicroseconds: elapsed, hop: hop(), degraded: isSpooled)
    keep(request, call, outcome, error, reasons)
  }

  /// A call that was refused before its handler began. In a flood, few of them stand for all.
  func refused(_ call: some TracedCall, _ method: String, _ error: RPCError) {
    let request = begin(call)
    var reasons: TraceReasons = request.isSampled ? .sampled : []
    if request.isAsked { reasons.insert(.asked) }
    // Who looks for what we never had is no trouble of ours.
    if error.code.isServersFault, method != MethodTable.unknownMethod { reasons.insert(.failed) }
    guard !reasons.isEmpty else { return }
    let now = Instant.now()
    let isAllowed =
      request.isAsked ? refusalsAsked.take(now) != nil : refusals.take(now) != nil
    guard isAllowed else { return }
    let outcome = RequestOutcome(
      method, elapsedMicroseconds: now.microseconds(since: call.received))
    keep(request, call, outcome, error, reasons)
  }

  private func keep(
    _ request: RequestTrace, _ call: some TracedCall, _ outcome: RequestOutcome, _ error: RPCError?,
    _ reasons: TraceReasons
  ) {
    let spans = RequestSpans(
      request: request, replica: replica, door: door(call), addresses: addresses(),
      budgetMicroseconds: call.deadline.microseconds(since: call.received),
      queueMicroseconds: call.started.microseconds(since: call.received))
    let elapsed = Int64(clamping: outcome.elapsedMicroseconds)
    keeper.keep(
      spans.trace(
        outcome, error: error, reasons: reasons, weight: sampler.weight(reasons),
        state: state(request, call, reasons),
        startUnixNanoseconds: wallClockMilliseconds() * 1_000_000 - elapsed * 1_000))
  }
  private func door(_ call: some TracedCall) -> Door {
    call.metadata[ConnectEdge.mark] == nil
      ? Door(address: ports.listen) : Door(system: ConnectEdge.system, address: ports.edge)
  }

  /// As it came where the caller has decided; else it says what was decided here, and with which
  /// chance, which receivers count by.
  private func state(
    _ request: RequestTrace, _ call: some TracedCall, _ reasons: TraceReasons
  ) -> String {
    let state = call.traceState ?? ""
    guard !request.isAsked else { return state }
    return SamplingState(state).text(threshold: reasons == .sampled ? sampler.threshold : nil)
  }
}
