import CBench
import Glibc
import Synchronization
import Telemetry

/// How long this machine kept threads waiting that had something to do, while the object lives. What
/// a test measures in milliseconds contains that, and nothing under test can help it.
///
/// One thread a processor naps and looks how late it wakes.
final class StallWatch: Sendable, CustomStringConvertible {
  private static let napMicroseconds: UInt32 = 2_000
  /// What a scheduler does at any time to threads that share processors.
  private static let usualNanoseconds: Int64 = 5_000_000

  /// What the threads share; each has a place of its own.
  private final class Observed: Sendable {
    let isOver = Atomic(false)
    let stalls: Mutex<[Int64]>

    init(_ count: Int) { stalls = Mutex(Array(repeating: 0, count: count)) }
  }

  private let observed: Observed

  init() {
    let processors = Self.processors
    observed = Observed(processors.count)
    for (place, processor) in processors.enumerated() {
      Thread.start { [observed] in
        bench_pin(processor)
        while !observed.isOver.load(ordering: .relaxed) {
          let due = Instant.now().adding(nanoseconds: Int64(Self.napMicroseconds) * 1_000)
          usleep(Self.napMicroseconds)
          let late = Instant.now().nanoseconds(since: due)
          if late > Self.usualNanoseconds { observed.stalls.withLock { $0[place] += late } }
        }
      }
    }
  }

  deinit { observed.isOver.store(true, ordering: .relaxed) }

  /// Of the processor that stood still longest; 0 on a machine that does nothing else.
  var milliseconds: Double {
    Double(observed.stalls.withLock { $0.max() ?? 0 }) / 1e6
  }

  var seconds: Double { milliseconds / 1_000 }
  var description: String { "the machine stood still for \(milliseconds) ms" }

  /// Of requests that come at a rate, how many came while the machine stood still, or while it made
  /// up for that.
  func requests(perSecond rate: Int) -> Int { Int((2 * seconds * Double(rate)).rounded(.up)) }

  /// Those that this process may run on.
  private static var processors: [Int32] {
    var processors = [Int32](repeating: 0, count: 256)
    let count = bench_processors(&processors, Int32(processors.count))
    return Array(processors.prefix(max(1, Int(count))))
  }
}

/// A thread of its own: those of the tests may be blocked by what is watched.
private enum Thread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func start(_ run: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { body in
        Unmanaged<Body>.fromOpaque(body!).takeRetainedValue().run()
        return nil
      }, Unmanaged.passRetained(Body(run)).toOpaque())
    precondition(error == 0, "pthread_create: \(error)")
    pthread_detach(thread)
  }
}
