import Telemetry
import Testing

@Suite struct CounterTests {
  @Test func `a counter and a gauge lose nothing between threads`() async {
    let registry = MetricsRegistry()
    let counter = registry.counter("brigade_things_total", "Things.")
    let gauge = registry.gauge("brigade_level", "A level.")
    let histogram = registry.histogram("brigade_wait_seconds", "Waits.")
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for step in 0..<5000 {
            counter.increment()
            gauge.add(step.isMultiple(of: 2) ? 2 : -1)
            histogram.record(nanoseconds: Int64(step) * 1_000_000)
          }
        }
      }
    }
    #expect(counter.value == 20_000)
    #expect(gauge.value == 10_000)
    #expect(histogram.snapshot().count == 20_000)
    #expect(abs(histogram.snapshot().sum - 4 * 12_497.5) < 1e-6)
  }

  @Test func `a counter goes up by any amount, a gauge is set`() {
    let registry = MetricsRegistry()
    let counter = registry.counter("brigade_things_total", "Things.")
    counter.increment(by: 5)
    counter.increment()
    #expect(counter.value == 6)
    let gauge = registry.gauge("brigade_level", "A level.")
    gauge.set(-2.5)
    #expect(gauge.value == -2.5)
    gauge.set(7)
    #expect(gauge.value == 7)
  }
}
