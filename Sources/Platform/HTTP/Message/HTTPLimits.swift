/// Every bound of an HTTP port.
package struct HTTPLimits: Equatable, Sendable {
  /// Request line, and any one header line.
  package var lineBytesMax = 8 << 10
  /// Header lines of a request, trailers among them; browsers send about twenty.
  package var headersMax = 100
  /// Request line, headers and trailers together.
  package var headBytesMax = 16 << 10
  /// A chunk's size and its extensions, which nobody uses.
  package var chunkLineBytesMax = 256
  /// A body as it is sent, and as it is once inflated: a thousand events are 300 KB of JSON.
  package var bodyBytesMax = 4 << 20
  /// Unanswered requests of one connection; above it, it is not read from.
  package var pipelinedMax = 16
  /// Open connections of the port; more wait in the kernel's backlog.
  package var connectionsMax = 1_000
  /// From a request's first byte to the end of its head; a byte now and then is an attack.
  package var headMilliseconds: Int64 = 5_000
  /// From the end of the head to the end of the body: 4 MiB over 2 Mbit/s.
  package var bodyMilliseconds: Int64 = 15_000
  /// Between requests. Longer than the usual minute of proxies and scrapers, which keep theirs.
  package var idleMilliseconds: Int64 = 75_000

  package init() {}
}
