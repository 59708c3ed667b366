import FuzzTargets
import Glibc
import Telemetry

/// One target under mutated inputs for a time. Inputs that are accepted join the pool, so that the
/// search goes deeper; there is no other feedback.
struct FuzzRun: CustomStringConvertible {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Of the thread's processor time, which others on the machine do not add to: a thousand times
  /// what an input takes in a debug build.
  static let inputSecondsMax = 1.0
  /// Growth of the process's peak. Inputs have 4 KB; the largest legitimate result is a megabyte.
  static let growthBytesMax = 256 << 20
  /// Accepted inputs that are kept to begin from.
  private static let poolMax = 512
  /// Clocks are read after so many inputs.
  private static let batch = 64

  let target: FuzzTarget
  let seed: UInt64
  private(set) var inputs = 0
  private(set) var accepted = 0
  private(set) var slowestSeconds = 0.0
  private(set) var growthBytes = 0

  init(_ target: FuzzTarget, seed: UInt64, seconds: Double) throws {
    self.target = target
    self.seed = seed
    let memory = PeakMemory()
    let last = LastInput(target)
    var pool = target.seeds
    for input in pool { _ = try run(input, last) }
    var mutator = Mutator(seed: seed, dictionary: target.dictionary)
    let end = Instant.now().adding(nanoseconds: Int64(seconds * 1e9))
    repeat {
      for _ in 0..<Self.batch {
        let input = mutator.next(from: pool)
        guard try run(input, last) == .accepted else { continue }
        accepted += 1
        // Once it is full, each gives way after a while.
        if pool.count < Self.poolMax {
          pool.append(input)
        } else {
          pool[inputs % pool.count] = input
        }
      }
    } while Instant.now() < end
    growthBytes = memory.growthBytes
    last?.discard()
  }

  private mutating func run(_ input: [UInt8], _ last: LastInput?) throws -> FuzzTarget.Outcome {
    inputs += 1
    last?.keep(input)
    let start = Self.threadSeconds
    let outcome: FuzzTarget.Outcome
    do {
      outcome = try target.run(input)
    } catch {
      throw Failed(description: "\(target), seed \(seed), input \(inputs): \(error)\n\(input)")
    }
    let seconds = Self.threadSeconds - start
    slowestSeconds = max(slowestSeconds, seconds)
    guard seconds < Self.inputSecondsMax else {
      throw Failed(description: "\(target), seed \(seed): an input took \(seconds) s\n\(input)")
    }
    return outcome
  }

  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  var description: String {
    "fuzz \(target): \(inputs) inputs, \(accepted) accepted, slowest \(slowestSeconds * 1e3) ms, "
      + "memory grew by \(growthBytes >> 10) KiB, seed \(seed)"
  }
}

/// How far the process's memory went since the object was made.
struct PeakMemory {
  private let before: Int

  init() {
    // Begins to measure the peak anew.
    if let file = fopen("/proc/self/clear_refs", "we") {
      fputs("5", file)
      fclose(file)
    }
    before = Self.peakBytes
  }

  var growthBytes: Int { max(0, Self.peakBytes - before) }

  private static var peakBytes: Int {
    guard let file = fopen("/proc/self/status", "re") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
      guard text.hasPrefix("VmHWM:") else { continue }
      return (Int(text.filter(\.isNumber)) ?? 0) << 10
    }
    return 0
  }
}
