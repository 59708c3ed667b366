internal import Glibc
internal import RPC
internal import Telemetry
internal import TestSupport

/// A connection through a fault proxy: a caller's socket, the server's, and what is on its way.
final class Link {
  private static let slowBufferBytes: Int32 = 4 << 10

  private let caller: Socket
  private let server: Socket
  private var isServerGone = false
  private var toServer = Flow()
  private var toCaller = Flow()
  private(set) var isOver = false

  init(_ caller: Socket, _ server: Socket, _ fault: NetworkFault) {
    self.caller = caller
    self.server = server
    if case .slowReader = fault {
      caller.setBuffers(bytes: Self.slowBufferBytes)
      server.setBuffers(bytes: Self.slowBufferBytes)
    }
    begin(fault)
  }

  /// What a fault does to a connection at once.
  func begin(_ fault: NetworkFault) {
    guard !isOver else { return }
    switch fault {
    case .reset: end(resetting: true)
    case .halfOpen where !isServerGone:
      isServerGone = true
      server.close()
    case .cut: toCaller.passedBytes = 0
    default: break
    }
  }

  func end(resetting: Bool) {
    guard !isOver else { return }
    isOver = true
    if resetting { caller.reset() } else { caller.close() }
    guard !isServerGone else { return }
    isServerGone = true
    if resetting { server.reset() } else { server.close() }
  }

  /// Moves what can move.
  /// - Returns: when there is more to do without an event.
  func move(_ fault: NetworkFault, _ random: inout SeededGenerator) -> Instant {
    let later = Instant.now().adding(milliseconds: 1_000)
    guard !isOver, fault != .blackHole else { return later }
    if isServerGone {
      toServer.discard(from: caller)
      if toServer.hasEnded { end(resetting: false) }
      return later
    }
    var cutBytes: Int?
    if case .cut(let bytes) = fault { cutBytes = bytes }
    let first = toServer.move(
      from: caller, to: server, fault.pace(ofAnswers: false), cutBytes: nil, &random)
    let second = toCaller.move(
      from: server, to: caller, fault.pace(ofAnswers: true), cutBytes: cutBytes, &random)
    if toServer.hasFailed || toCaller.hasFailed {
      end(resetting: true)
    } else if toCaller.isCut || (toServer.isDone && toCaller.isDone) {
      end(resetting: false)
    }
    return min(first ?? later, second ?? later)
  }

  func interests(_ fault: NetworkFault) -> [pollfd] {
    guard !isOver, fault != .blackHole else { return [] }
    let callers = toServer.readInterest | (isServerGone ? 0 : toCaller.writeInterest)
    let servers = toCaller.readInterest | toServer.writeInterest
    return [
      pollfd(fd: callers == 0 ? -1 : caller.descriptor, events: callers, revents: 0),
      pollfd(
        fd: servers == 0 || isServerGone ? -1 : server.descriptor, events: servers, revents: 0),
    ]
  }
}

/// How bytes of one way are held up.
struct Pace {
  var delayMilliseconds = 0
  var jitterMilliseconds = 0
  var bytesPerSecond: Int?
}

extension NetworkFault {
  fileprivate func pace(ofAnswers: Bool) -> Pace {
    switch self {
    case .delay(let milliseconds, let jitter):
      Pace(delayMilliseconds: milliseconds, jitterMilliseconds: jitter)
    case .bandwidth(let rate): Pace(bytesPerSecond: rate)
    case .slowReader(let rate): Pace(bytesPerSecond: ofAnswers ? rate : nil)
    default: Pace()
    }
  }
}
