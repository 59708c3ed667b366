import RPC

/// Loops that end with the test.
final class WatchedLoops: Sendable {
  let all: [EventLoop]

  init(_ count: Int) throws {
    all = try (0..<count).map { try EventLoop(name: "watched-\($0)") }
    for loop in all { loop.start() }
  }

  deinit {
    for loop in all { loop.stop() }
    for loop in all { loop.join() }
  }
}
