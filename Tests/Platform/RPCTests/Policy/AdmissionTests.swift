internal import RPC
internal import Telemetry
import Testing

final class AdmissionTests {
  private var now = Instant(nanoseconds: 1_000_000_000)
  private var usual = UsualLatency()

  private func arrive(
    _ admission: inout Admission<Int>, _ element: Int, priority: UInt32 = 0,
    milliseconds: Int64 = 100
  ) -> String {
    let arrival = admission.arrived(
      element, priority: priority, deadline: now.adding(milliseconds: milliseconds), now)
    return "\(arrival)"
  }

  /// Runs what waits, each taking so long, as a loop does; what was run.
  private func runAll(_ admission: inout Admission<Int>, milliseconds: Int64) -> [Int] {
    var run: [Int] = []
    while let turn = admission.next(now) {
      if case .run(let element) = turn {
        run.append(element)
        now = now.adding(milliseconds: milliseconds)
      }
    }
    return run
  }

  @Test func `a burst is taken in as long as nothing is known of the pace`() {
    var admission = Admission<Int>()
    for element in 0..<1_000 { #expect(arrive(&admission, element) == "queued") }
    #expect(admission.queued == 1_000)
  }

  @Test func `who would wait longer than an eighth of its time is refused on arrival`() {
    var admission = Admission<Int>()
    for element in 0..<10 { _ = arrive(&admission, element) }
    #expect(runAll(&admission, milliseconds: 1).count == 10)
    // A call takes a millisecond: twelve fit before one that has a hundred left.
    let arrivals = (0..<20).map { arrive(&admission, $0) }
    #expect(arrivals.prefix { $0 == "queued" }.count == 13)
    #expect(arrivals.suffix(7).allSatisfy { $0 == "refused" })
    #expect(arrive(&admission, 90, milliseconds: 1_000) == "queued", "it has more time")
    #expect(arrive(&admission, 91, priority: 1) == "queued", "it does not wait behind them")
  }

  @Test func `who has time for more than its handler plans with is held to the plan`() {
    var admission = Admission<Int>()
    for element in 0..<10 { _ = arrive(&admission, element) }
    _ = runAll(&admission, milliseconds: 1)
    let arrivals = (0..<20).map { element in
      let arrival = admission.arrived(
        element, priority: 0, deadline: now.adding(milliseconds: 60_000),
        usefulUntil: now.adding(milliseconds: 80), now)
      return "\(arrival)"
    }
    #expect(arrivals.prefix { $0 == "queued" }.count == 11)
  }

  @Test func `a more urgent call takes the place of a less urgent one`() {
    var settings = AdmissionSettings()
    settings.queueDepthMax = 2
    var admission = Admission<Int>(settings)
    _ = arrive(&admission, 1)
    _ = arrive(&admission, 2)
    #expect(arrive(&admission, 3) == "refused")
    #expect(arrive(&admission, 4, priority: 1) == "insteadOf(2)")
    #expect(runAll(&admission, milliseconds: 0) == [4, 1])
  }

  @Test func `an expired call makes room`() {
    var settings = AdmissionSettings()
    settings.queueDepthMax = 2
    var admission = Admission<Int>(settings)
    _ = arrive(&admission, 1, milliseconds: 5)
    _ = arrive(&admission, 2)
    now = now.adding(milliseconds: 6)
    #expect(arrive(&admission, 3) == "insteadOfExpired(1)")
  }

  @Test func `what waits for others holds a place until it ends`() {
    var settings = AdmissionSettings()
    settings.limit.initial = 16
    var admission = Admission<Int>(settings)
    for element in 0..<20 { _ = arrive(&admission, element) }
    var run = 0
    while case .run? = admission.next(now) {
      admission.began()
      run += 1
    }
    #expect(run == 16 && admission.running == 16 && admission.queued == 4)
    admission.ended(latencyNanoseconds: nil, usual: &usual, now)
    guard case .run(16)? = admission.next(now) else {
      Issue.record("the oldest of those that wait")
      return
    }
  }

  @Test func `what expires while it waits is answered for and never run`() {
    var settings = AdmissionSettings()
    settings.limit.initial = 16
    var admission = Admission<Int>(settings)
    for element in 0..<17 { _ = arrive(&admission, element) }
    for _ in 0..<16 {
      _ = admission.next(now)
      admission.began()
    }
    now = now.adding(milliseconds: 101)
    admission.ended(latencyNanoseconds: nil, usual: &usual, now)
    guard case .expired(16)? = admission.next(now) else {
      Issue.record("it was to expire")
      return
    }
  }

  @Test func `turned off, only the depth of the queue refuses`() {
    var settings = AdmissionSettings()
    settings.isAdaptive = false
    var admission = Admission<Int>(settings)
    for element in 0..<10 { _ = arrive(&admission, element) }
    _ = runAll(&admission, milliseconds: 10)
    for element in 0..<4_096 { #expect(arrive(&admission, element) == "queued") }
    #expect(arrive(&admission, 0) == "refused")
    #expect(admission.limit == .max)
  }

  @Test func `a pause of the whole process does not count as the pace`() {
    var admission = Admission<Int>()
    for element in 0..<40 { _ = arrive(&admission, element) }
    _ = admission.next(now)
    _ = admission.next(now.adding(milliseconds: 30_000))
    now = now.adding(milliseconds: 30_000)
    _ = runAll(&admission, milliseconds: 1)
    let arrivals = (0..<10).map { arrive(&admission, $0, milliseconds: 1_000) }
    #expect(arrivals.allSatisfy { $0 == "queued" }, "\(arrivals)")
  }
}
