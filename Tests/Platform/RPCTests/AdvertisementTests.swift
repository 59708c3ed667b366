internal import Telemetry
internal import TestSupport
import Testing

@testable internal import RPC

/// Servers that say what they have loaded, and callers that need some of it.
@Suite struct AdvertisementTests {
  private let old = ServedTag("model:browse/1")
  private let new = ServedTag("model:browse/2")

  private func echo(
    _ client: Client, _ tag: ServedTag?, milliseconds: Int64 = Patience.milliseconds
  ) async -> CallOutcome<HealthRequest> {
    await client.call(
      TestMethod.echo, HealthRequest(),
      CallOptions(deadline: .now().adding(milliseconds: milliseconds), requires: tag))
  }

  private func eventually(_ isTrue: () async -> Bool) async -> Bool {
    let deadline = Instant.now().adding(milliseconds: Patience.milliseconds)
    while Instant.now() < deadline { if await isTrue() { return true } }
    return false
  }

  @Test func `calls go where what they need is loaded, from the first on and after each change`()
    async throws
  {
    let (first, second) = (Advertiser(), Advertiser())
    first.advertise([old.text])
    second.advertise([old.text, new.text])
    let replicas = [
      try TestReplica("first", advertiser: first), try TestReplica("second", advertiser: second),
    ]
    let client = try await Client.test(replicas.map(\.address))
    defer { client.shutDown() }
    for _ in 0..<20 {
      let outcome = await echo(client, new)
      #expect(outcome.code == .ok && outcome.replica == "second", "\(outcome.message)")
    }
    first.advertise([old.text, new.text])
    #expect(await eventually { await echo(client, new).replica == "first" })
    second.advertise([new.text])
    #expect(
      await eventually {
        var replicas: Set<String> = []
        for _ in 0..<20 { replicas.insert(await echo(client, old).replica) }
        return replicas == ["first"]
      })
  }

  @Test func `an error names what is missing and what is there`() async throws {
    let advertiser = Advertiser()
    advertiser.advertise([old.text])
    let replica = try TestReplica("only", advertiser: advertiser)
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    #expect(await echo(client, old).code == .ok)
    let outcome = await echo(client, new)
    #expect(outcome.code == .unavailable)
    #expect(outcome.message == "no replica of test has model:browse/2; there are model:browse/1")
    // What waits for a first connection learns of it there.
    let hasty = try await Client.test([replica.address])
    defer { hasty.shutDown() }
    let early = await echo(hasty, new)
    #expect(early.code == .unavailable && early.message.contains("model:browse/2"))
  }

  @Test func `a server that says nothing is asked for everything`() async throws {
    let replica = try TestReplica("old")
    let client = try await Client.test([replica.address])
    defer { client.shutDown() }
    #expect(await echo(client, new).code == .ok)
    let advertiser = Advertiser()
    #expect(!advertiser.advertise((0..<65).map { "tag \($0)" }))
    #expect(advertiser.tags == nil)
  }

  @Test func `a caller of an older version is sent no advertisement, and answered all the same`()
    throws
  {
    let advertiser = Advertiser()
    let server = try TestServer(advertiser: advertiser)
    let old = try RawPeer(greeting: server.address)
    let new = try RawPeer(greeting: server.address, RawPeer.hello(kinds: 0...8))
    // Both have been read from.
    #expect(try old.health() == .serving && new.health() == .serving)
    advertiser.advertise(["model:browse/7"])
    let frame = try #require(try new.receive())
    #expect(frame.kind == FrameKind.advertisement.rawValue)
    #expect(try Advertisement(decoding: frame.head).serves == ["model:browse/7"])
    try old.request(2, "brigade.v1.Health/Check", HealthRequest())
    #expect(try old.receive()?.kind == FrameKind.response.rawValue)
    let late = try RawPeer(server.address)
    let hello = try #require(try late.receive())
    #expect(try Hello(decoding: hello.head).serves == ["model:browse/7"])
  }

  @Test func `what changes between the two hellos is not lost`() throws {
    let advertiser = Advertiser()
    let server = try TestServer(advertiser: advertiser)
    let peer = try RawPeer(server.address)
    #expect(try Hello(decoding: try #require(try peer.receive()).head).serves.isEmpty)
    advertiser.advertise(["a"])
    try server.eventually("the loop knows") { true }
    try peer.send(RawFrame(.hello, RawPeer.hello(kinds: 0...8)))
    let frame = try #require(try peer.receive())
    #expect(frame.kind == FrameKind.advertisement.rawValue)
    #expect(try Advertisement(decoding: frame.head).serves == ["a"])
  }

  @Test func `a client that advertises breaks the rules`() throws {
    let server = try TestServer()
    let peer = try RawPeer(greeting: server.address)
    try peer.send(RawFrame(.advertisement, Advertisement()))
    #expect(try peer.closing()?.code == .protocolViolation)
  }
}
