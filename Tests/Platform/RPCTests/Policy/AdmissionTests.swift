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

  @Test func `an urgent call that is too late for other urgent ones takes nobody's place`() {
    var admission = Admission<Int>()
    for element in 0..<10 { _ = arrive(&admission, element) }
    _ = runAll(&admission, milliseconds: 1)
    for element in 0..<5 { #expect(arrive(&admission, element) == "queued") }
    // Twelve may wait before one that has a hundred milliseconds.
    for element in 10..<23 { #expect(arrive(&admission, element, priority: 1) == "queued") }
    #expect(arrive(&admission, 23, priority: 1) == "refused")
    #expect(admission.queued == 18, "nobody was thrown out for it")
    #expect(arrive(&admission, 24, priority: 2) == "queued")
  }

  @Test func `who has expired in the queue is no reason to refuse another`() {
    var admission = Admission<Int>()
    for element in 0..<10 { _ = arrive(&admission, element) }
    _ = runAll(&admission, milliseconds: 1)
    for element in 0..<13 { #expect(arrive(&admission, element, milliseconds: 100) == "queued") }
    #expect(arrive(&admission, 13, milliseconds: 100) == "refused")
    now = now.adding(milliseconds: 100)
    #expect(arrive(&admission, 14, milliseconds: 100) == "queued")
    #expect(runAll(&admission, milliseconds: 1) == [14])
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

  /// A loop that stood still while one of several calls ran.
  private func stall(_ admission: inout Admission<Int>, milliseconds: Int64) {
    for element in 0..<2 { _ = arrive(&admission, element, milliseconds: 60_000) }
    _ = admission.next(now)
    now = now.adding(milliseconds: milliseconds)
    _ = runAll(&admission, milliseconds: 0)
  }

  /// Calls that come so many at a time to a loop that does each in a tenth of a millisecond, and have
  /// twenty milliseconds; how many are refused.
  private func refusals(_ admission: inout Admission<Int>, times: Int, of count: Int) -> Int {
    var refused = 0
    for _ in 0..<times {
      refused += (0..<count).count { arrive(&admission, $0, milliseconds: 20) == "refused" }
      while admission.next(now) != nil { now = now.adding(microseconds: 100) }
      now = now.adding(milliseconds: 2)
    }
    return refused
  }

  @Test(arguments: [2, 8], [30, 99, 250, 30_000])
  func `a pause of the whole process refuses hardly anybody after it`(
    together: Int, milliseconds: Int64
  ) {
    var admission = Admission<Int>()
    // At the very first start, and after many.
    for _ in 0..<2 {
      stall(&admission, milliseconds: milliseconds)
      #expect(refusals(&admission, times: 20, of: together) <= 8 * together)
      #expect(refusals(&admission, times: 500, of: together) == 0)
    }
  }

  @Test(arguments: [2, 8])
  func `whatever the pace was, calls that are quick again are taken in`(together: Int) {
    var admission = Admission<Int>()
    for element in 0..<200 { _ = arrive(&admission, element, milliseconds: 60_000_000) }
    #expect(runAll(&admission, milliseconds: 200).count == 200)
    #expect(arrive(&admission, 0, milliseconds: 20) == "queued")
    #expect(arrive(&admission, 1, milliseconds: 20) == "refused", "as slow as it was until now")
    _ = runAll(&admission, milliseconds: 0)
    _ = refusals(&admission, times: 150, of: together)
    #expect(refusals(&admission, times: 500, of: together) == 0)
  }

  @Test func `handlers that all take long are the pace, however long`() {
    var admission = Admission<Int>()
    for element in 0..<16 { _ = arrive(&admission, element, milliseconds: 60_000) }
    #expect(runAll(&admission, milliseconds: 300).count == 16)
    // Three would be right for a pace of 300 ms and 8 s.
    let arrivals = (0..<10).map { arrive(&admission, $0, milliseconds: 8_000) }
    #expect((3...6).contains(arrivals.prefix { $0 == "queued" }.count), "\(arrivals)")
  }

  @Test func `at the limit the pace is that of the ends, and idle time is none`() {
    var settings = AdmissionSettings()
    settings.limit.initial = 16
    var admission = Admission<Int>(settings)
    func pump() -> Int {
      var run = 0
      while case .run? = admission.next(now) {
        admission.began()
        run += 1
      }
      return run
    }
    func end() {
      now = now.adding(milliseconds: 1)
      admission.ended(latencyNanoseconds: nil, usual: &usual, now)
    }
    for element in 0..<80 { _ = arrive(&admission, element, milliseconds: 10_000) }
    #expect(pump() == 16)
    for _ in 0..<64 {
      end()
      #expect(pump() == 1)
    }
    #expect(admission.queued == 0)
    // Nobody asks for a minute; then sixteen are at it, and an end a millisecond is the pace.
    now = now.adding(milliseconds: 60_000)
    for element in 0..<3 { #expect(arrive(&admission, element, milliseconds: 20) == "queued") }
    #expect(arrive(&admission, 4, milliseconds: 20) == "refused")
    end()
    #expect(pump() == 1)
    #expect(arrive(&admission, 5, milliseconds: 20) == "queued")
  }
}
