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

/// One loop's part in tracing: gives each request its trace, and decides at its end whether that is
/// kept. Confined to its loop.
final class RequestTracing: @unchecked Sendable {
  /// Traces of refused calls that are kept, among those that failed.
  private static let refusedPerSecond = 1

  private var sampler: TraceSampler
  /// How long a disk takes says nothing about rankings, nor the other way round.
  private var appends: TraceSampler
  private var refusals: LineAllowance
  private var random: PolicyRandom
  private let keeper: TraceKeeper
  private let replica: String
  private let slowThreshold: Gauge
  private let addresses: () -> [String: Address]

  /// - Parameters:
  ///   - slowThreshold: told what this loop takes for slow.
  ///   - addresses: where replicas listen, by name; asked for every trace that is kept.
  init(
    _ keeper: TraceKeeper, replica: String, slowThreshold: Gauge, seed: UInt64,
    addresses: @escaping () -> [String: Address] = { [:] }
  ) {
    self.addresses = addresses
    self.keeper = keeper
    self.replica = replica
    self.slowThreshold = slowThreshold
    sampler = TraceSampler(headRate: keeper.settings.headRate)
    appends = sampler
    refusals = LineAllowance(perSecond: Self.refusedPerSecond, now: .now())
    random = PolicyRandom(seed: seed)
  }

  func begin(_ call: some TracedCall) -> RequestTrace {
    RequestTrace(call.trace, received: call.received, sampler: sampler, random: &random)
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
        isAsked: request.isAsked), request.id)
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
        isDegraded: isSpooled, isAsked: request.isAsked), request.id)
    guard !reasons.isEmpty else { return }
    let outcome = RequestOutcome(
      Method.append.name, elapsedMicroseconds: elapsed, hop: hop(), degraded: isSpooled)
    keep(request, call, outcome, error, reasons)
  }

  /// A call that was refused before its handler began. In a flood, few of them stand for all.
  func refused(_ call: some TracedCall, _ method: String, _ error: RPCError) {
    let now = Instant.now()
    guard refusals.take(now) != nil else { return }
    let outcome = RequestOutcome(
      method, elapsedMicroseconds: now.microseconds(since: call.received))
    keep(begin(call), call, outcome, error, .failed)
  }

  private func keep(
    _ request: RequestTrace, _ call: some TracedCall, _ outcome: RequestOutcome, _ error: RPCError?,
    _ reasons: TraceReasons
  ) {
    let spans = RequestSpans(
      request: request, replica: replica, addresses: addresses(),
      budgetMicroseconds: call.deadline.microseconds(since: call.received),
      queueMicroseconds: call.started.microseconds(since: call.received))
    let elapsed = Int64(clamping: outcome.elapsedMicroseconds)
    keeper.keep(
      spans.trace(
        outcome, error: error, reasons: reasons, weight: sampler.weight(reasons),
        state: call.metadata[TraceContext.stateName].map { String(decoding: $0, as: UTF8.self) }
          ?? "",
        startUnixNanoseconds: wallClockMilliseconds() * 1_000_000 - elapsed * 1_000))
  }
}
