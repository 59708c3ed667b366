import Testing

@testable internal import RPC
@testable internal import Telemetry

struct ReplicaWatchTests {
  private static let a = Address.tcp(host: "10.0.0.1", port: 7)
  private static let b = Address.tcp(host: "10.0.0.2", port: 7)

  /// A watch of a name on a loop, with the answers that lookups are to get.
  private final class Names: @unchecked Sendable {
    let loop: EventLoop
    private let answers: Guarded<[[Address]?]>
    private let lookups = Count()
    private var told: [[Address]] = []
    private var watch: ReplicaWatch?

    init(_ answers: [[Address]?]) throws {
      self.answers = Guarded(answers)
      loop = try EventLoop(name: "names")
      loop.start()
    }

    deinit {
      loop.stop()
      loop.join()
    }

    func start() async {
      let (answers, lookups) = (answers, lookups)
      let lookup = NameLookup { _, _ in
        defer { lookups.add() }
        return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      }
      await on { names in
        names.watch = ReplicaWatch(
          .name(host: "ranking", port: 7), on: names.loop, lookup: lookup
        ) { names.told.append($0) }
        names.watch?.start()
      }
      await settle(1)
    }

    /// The next lookup, at some later time, and what was told until then.
    func later(lookups: Int) async -> [[Address]] {
      await on { $0.watch?.tick(.now().adding(milliseconds: 60_000)) }
      await settle(lookups)
      let told = Guarded<[[Address]]>([])
      await on { names in told.withLock { $0 = names.told } }
      return told.withLock { $0 }
    }

    func stop() async { await on { $0.watch?.stop() } }

    /// Waits until so many lookups were made, and their results used.
    private func settle(_ count: Int) async {
      while lookups.value < count { await loop.turn() }
      await loop.turn()
      await loop.turn()
    }

    private func on(_ work: @escaping (Names) -> Void) async {
      let work = Unchecked(work)
      await withUnsafeContinuation { continuation in
        loop.post {
          work.value(self)
          continuation.resume()
        }
      }
    }
  }

  private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
  }

  @Test func `a name is looked up again and only what is new is told`() async throws {
    let names = try Names([[Self.a], [Self.a], [Self.b, Self.a], [Self.a, Self.b], [Self.b]])
    await names.start()
    #expect(await names.later(lookups: 2) == [[Self.a]])
    #expect(await names.later(lookups: 3) == [[Self.a], [Self.b, Self.a]])
    #expect(await names.later(lookups: 4).count == 2)
    #expect(await names.later(lookups: 5).last == [Self.b])
  }

  @Test func `a resolver that fails or knows of nobody changes nothing`() async throws {
    let names = try Names([nil, [Self.a], nil, [], [Self.b]])
    await names.start()
    #expect(await names.later(lookups: 2) == [[Self.a]])
    #expect(await names.later(lookups: 3) == [[Self.a]])
    #expect(await names.later(lookups: 4) == [[Self.a]])
    #expect(await names.later(lookups: 5) == [[Self.a], [Self.b]])
  }

  @Test func `nothing is told after the end`() async throws {
    let names = try Names([[Self.a], [Self.b]])
    await names.start()
    await names.stop()
    #expect(await names.later(lookups: 2) == [[Self.a]])
  }

  @Test func `the system resolves names to numbers, once each`() {
    #expect(
      NameLookup.system("localhost", 9).map { $0.contains(.tcp(host: "127.0.0.1", port: 9)) }
        == true)
    #expect(NameLookup.system("127.0.0.1", 9) == [.tcp(host: "127.0.0.1", port: 9)])
    #expect(NameLookup.system("::1", 9) == [.tcp(host: "::1", port: 9)])
    #expect(NameLookup.system("no such name", 9) == nil)
  }

  @Test func `a client of a name calls its replicas`() async throws {
    let replica = try TestReplica("named")
    guard case .tcp(_, let port) = replica.address else { return }
    let client = try await Client.test(at: .name(host: "localhost", port: port))
    defer { client.shutDown() }
    #expect(await client.eventually { $0.replica == "named" })
  }
}
