import RPC
import Telemetry
import Testing

@testable import Node

@Suite struct AdminServerTests {
  /// A server on a loop of its own, until it goes.
  private final class Running: Sendable {
    let ready = Readiness()
    let metrics = MetricsRegistry()
    let address: Address
    private let loop: EventLoop

    init(_ limits: AdminLimits = AdminLimits()) throws {
      loop = try EventLoop(name: "admin")
      loop.start()
      let server = AdminServer(on: loop, metrics: metrics, ready: ready, limits: limits)
      address = try server.listen(at: .tcp(host: "127.0.0.1", port: 0))
    }

    /// A conversation that keeps the server running.
    func connect() -> HTTPConversation { HTTPConversation(address, with: self) }

    deinit {
      loop.stop()
      loop.join()
    }
  }

  @Test func `metrics are what Prometheus scrapes`() throws {
    let server = try Running()
    server.metrics.counter("brigade_things_total", "Things").increment(by: 3)
    let answer = try #require(server.connect().get("/metrics"))
    #expect(answer.status == 200)
    #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    #expect(answer.body == server.metrics.renderPrometheus())
    #expect(answer.body.contains("brigade_things_total 3\n"))
  }

  @Test func `who asks for OpenMetrics gets the traces' ids with the buckets`() throws {
    let server = try Running()
    server.metrics.histogram("brigade_wait_seconds", "Waits").exemplify(
      nanoseconds: 1, trace: TraceID(high: 0, low: 7), unixMilliseconds: 5)
    let client = server.connect()
    client.send(
      "GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n")
    let answer = try #require(client.answer())
    #expect(
      answer.header("Content-Type")
        == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    #expect(answer.body.contains("# {trace_id=\"00000000000000000000000000000007\"}"))
    #expect(answer.body.hasSuffix("# EOF\n"))
  }

  @Test func `a service's pages are among those that there are`() throws {
    let loop = try EventLoop(name: "admin")
    loop.start()
    defer {
      loop.stop()
      loop.join()
    }
    let pages = AdminPages()
    let server = AdminServer(
      on: loop, metrics: MetricsRegistry(), ready: Readiness(), pages: pages)
    let address = try server.listen(at: .tcp(host: "127.0.0.1", port: 0))
    let client = HTTPConversation(address, with: loop)
    #expect(client.get("/traces")?.status == 404)
    pages.add("/traces") { HTTPResponse(status: 200, body: $0.query) }
    #expect(client.get("/traces/1?a=b")?.body == "a=b")
    #expect(
      client.get("/x")?.body == "no page /x; there are /metrics /livez /readyz /traces\n")
  }

  @Test func `the process is alive from the start and ready when it says so`() throws {
    let server = try Running()
    let client = server.connect()
    #expect(client.get("/livez")?.status == 200)
    #expect(client.get("/healthz")?.status == 200)
    let starting = try #require(client.get("/readyz"))
    #expect(starting.status == 503)
    #expect(starting.body == "starting or draining\n")
    server.ready.set(true)
    #expect(client.get("/readyz")?.status == 200)
    server.ready.set(false)
    #expect(client.get("/readyz?verbose")?.status == 503)
  }

  @Test func `an unknown page is answered with those that there are`() throws {
    let answer = try #require(try Running().connect().get("/metric"))
    #expect(answer.status == 404)
    #expect(answer.body == "no page /metric; there are /metrics /livez /readyz\n")
  }

  @Test func `only GET and HEAD are allowed`() throws {
    let server = try Running()
    let client = server.connect()
    let answer = try #require(client.get("/livez", method: "DELETE"))
    #expect(answer.status == 405)
    #expect(answer.header("Allow") == "GET, HEAD")
    let head = try #require(client.get("/livez", method: "HEAD"))
    #expect(head.status == 200)
    #expect(head.header("Content-Length") == "3")
    // Nothing of a body came before the next answer.
    #expect(client.get("/livez")?.body == "ok\n")
  }

  @Test func `pipelined requests are answered in order, and the last closes`() throws {
    let client = try Running().connect()
    client.send(
      "GET /livez HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\n\r\n"
        + "GET /readyz HTTP/1.1\r\nConnection: close\r\n\r\nGET /livez HTTP/1.1\r\n\r\n")
    #expect(client.answer()?.status == 200)
    #expect(client.answer()?.status == 404)
    let last = client.answer()
    #expect(last?.status == 503)
    #expect(last?.header("Connection") == "close")
    #expect(client.answer() == nil)
  }

  @Test func `bad requests are told so before they are cut off`() throws {
    let server = try Running()
    for (text, status) in [
      ("nonsense\r\n\r\n", 400), ("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", 413),
      ("GET /" + String(repeating: "x", count: 9_000), 431),
    ] {
      let client = server.connect()
      client.send(text)
      #expect(client.answer()?.status == status)
      #expect(client.answer() == nil)
    }
  }

  @Test func `who sends a head slowly is cut off`() throws {
    var limits = AdminLimits()
    limits.headMilliseconds = 20
    limits.tickMilliseconds = 5
    let client = try Running(limits).connect()
    client.send("GET /livez HT")
    #expect(client.answer() == nil)
  }

  @Test func `who is silent is cut off, after an answer or before`() throws {
    var limits = AdminLimits()
    // The one that asks does so within that.
    limits.idleMilliseconds = 500
    limits.tickMilliseconds = 5
    let server = try Running(limits)
    #expect(server.connect().answer() == nil)
    let client = server.connect()
    #expect(client.get("/livez")?.status == 200)
    #expect(client.answer() == nil)
  }

  @Test func `connections over the limit wait until another ends`() throws {
    var limits = AdminLimits()
    limits.connectionsMax = 1
    let server = try Running(limits)
    let first = server.connect()
    #expect(first.get("/livez")?.status == 200)
    let second = server.connect()
    second.send("GET /readyz HTTP/1.1\r\n\r\n")
    first.send("GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n")
    #expect(first.answer()?.status == 200)
    #expect(second.answer()?.status == 503)
  }

  @Test func `who asks for more than may wait unread is cut off, and costs no more`() throws {
    var limits = AdminLimits()
    limits.outputBytesMax = 16 << 10
    let server = try Running(limits)
    let rendered = server.metrics.counter("brigade_reads_total", "Reads of the metrics")
    server.metrics.gauge("brigade_padding", String(repeating: "x", count: 4_096)) {
      rendered.increment()
      return 0
    }
    let client = server.connect()
    client.send(String(repeating: "GET /metrics HTTP/1.1\r\n\r\n", count: 600))
    var bytes = 0
    #expect(client.isEnded(bytes: &bytes))
    // Its answer comes behind all that the first client cost.
    #expect(server.connect().get("/livez")?.status == 200)
    // The requests may come in a few pieces, each of which may fill the output once.
    #expect(rendered.value < 100)
  }
}
