import RPC
import Testing

@testable import Inference

@Suite struct ModelPublisherTests {
  /// Runs on the loop and waits for it.
  private func on<Value: Sendable>(
    _ loop: EventLoop, _ body: @escaping @Sendable () -> Value
  ) async -> Value {
    // A hand-over that the thread sanitizer sees, unlike a continuation's.
    let result = Guarded<Value?>(nil)
    await withUnsafeContinuation { continuation in
      loop.post {
        result.withLock { $0 = body() }
        continuation.resume()
      }
    }
    return result.withLock { $0! }
  }

  private func store(_ version: String) throws -> ModelStore {
    ModelStore([try SampleVersion.load("m", version)])
  }

  @Test func `each loop gets the new models between two of its requests`() async throws {
    let (one, two) = (try EventLoop(name: "one"), try EventLoop(name: "two"))
    let background = try EventLoop(name: "background")
    let all = [one, two, background]
    for loop in all { loop.start() }
    defer {
      for loop in all {
        loop.stop()
        loop.join()
      }
    }
    let publisher = ModelPublisher(try store("1"), background: background)
    let first = await on(one) { publisher.attach(one) }
    let second = await on(two) { publisher.attach(two) }
    let newer = try store("2")
    // A request that runs on a loop while the models change.
    let seen = await on(one) {
      let before = try? first.store.version("m").version
      publisher.publish(newer)
      return [before, try? first.store.version("m").version]
    }
    #expect(seen == ["1", "1"])
    for (loop, models) in [(one, first), (two, second)] {
      #expect(await on(loop) { try? models.store.version("m").version } == "2")
    }
    #expect(try publisher.store.version("m").version == "2")
    // The loops have told so before they answered.
    _ = await on(background) {}
    #expect(publisher.retiredCount == 0)
    // A loop that comes later begins with what is there then.
    #expect(try await on(two) { publisher.attach(two) }.store.version("m").version == "2")
  }

  @Test func `callers are told of new models once the loops have been given them`() async throws {
    let (one, background) = (try EventLoop(name: "one"), try EventLoop(name: "background"))
    for loop in [one, background] { loop.start() }
    let advertiser = Advertiser()
    let publisher = ModelPublisher(
      try store("1"), background: background, advertiser: advertiser)
    #expect(advertiser.tags?.texts == ["default:m", "model:m/1"])
    let models = await on(one) { publisher.attach(one) }
    publisher.publish(try store("2"))
    #expect(advertiser.tags?.texts == ["default:m", "model:m/2"])
    #expect(await on(one) { try? models.store.version("m").version } == "2")
    for loop in [one, background] {
      loop.stop()
      loop.join()
    }
  }

  @Test func `old models are kept until the last loop has the new ones`() async throws {
    let (one, background) = (try EventLoop(name: "one"), try EventLoop(name: "background"))
    background.start()
    let publisher = ModelPublisher(try store("1"), background: background)
    // It does not run yet, so that it cannot take anything.
    _ = publisher.attach(one)
    publisher.publish(try store("2"))
    publisher.publish(try store("3"))
    #expect(publisher.retiredCount == 2)
    one.start()
    _ = await on(one) {}
    _ = await on(background) {}
    #expect(publisher.retiredCount == 0)
    for loop in [one, background] {
      loop.stop()
      loop.join()
    }
  }
}
