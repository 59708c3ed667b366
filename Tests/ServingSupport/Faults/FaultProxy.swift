internal import CLinux
internal import Glibc
package import RPC
internal import Synchronization
internal import Telemetry
internal import TestSupport

/// Stands between callers and a server, passes bytes on and does to them what a bad network does.
/// A thread of its own, until the object goes; faults can be changed at any time.
package final class FaultProxy: Sendable {
  /// Where callers connect.
  package let address: Address
  private let core: Core

  /// - Parameter seed: of the jitter.
  package init(to upstream: Address, seed: UInt64 = 1) throws {
    let asked = Address.tcp(host: "127.0.0.1", port: 0)
    let listener = try Socket.listening(at: asked)
    address = listener.bound(asked)
    core = try Core(listener, upstream: upstream, seed: seed)
    core.start()
  }

  deinit { core.stop() }

  package func set(_ fault: NetworkFault) { core.set(fault) }

  /// Connections that a caller has through it now.
  package var connectionCount: Int { core.count.load(ordering: .relaxed) }
}

private final class Core: @unchecked Sendable {
  private struct Control {
    var fault = NetworkFault.none
    var changes = 0
    var isStopping = false
  }

  private static let waitMillisecondsMax: Int64 = 1_000

  let count = Atomic<Int>(0)
  private let control = Mutex(Control())
  private let listener: Socket
  private let upstream: SocketAddress
  private let wakeUp: Int32
  private var thread = pthread_t()
  private var random: SeededGenerator
  private var links: [Link] = []
  private var changesSeen = 0

  init(_ listener: Socket, upstream: Address, seed: UInt64) throws {
    self.listener = listener
    self.upstream = try SocketAddress(upstream)
    random = SeededGenerator(seed: seed)
    wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    precondition(wakeUp >= 0, "eventfd: \(errno)")
  }

  deinit { close(wakeUp) }

  func start() {
    let this = Unmanaged.passRetained(self).toOpaque()
    let error = pthread_create(
      &thread, nil,
      { this in
        Unmanaged<Core>.fromOpaque(this!).takeRetainedValue().run()
        return nil
      }, this)
    precondition(error == 0, "pthread_create: \(error)")
  }

  func stop() {
    control.withLock { $0.isStopping = true }
    wake()
    pthread_join(thread, nil)
  }

  func set(_ fault: NetworkFault) {
    control.withLock { control in
      control.fault = fault
      control.changes += 1
    }
    wake()
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  // MARK: The thread

  private func run() {
    while true {
      let control = control.withLock { $0 }
      if control.isStopping { break }
      if control.changes != changesSeen {
        changesSeen = control.changes
        for link in links { link.begin(control.fault) }
      }
      var next = Instant.now().adding(milliseconds: Self.waitMillisecondsMax)
      for link in links { next = min(next, link.move(control.fault, &random)) }
      links.removeAll(where: \.isOver)
      count.store(links.count, ordering: .relaxed)
      wait(until: next, control.fault)
    }
    for link in links { link.end(resetting: false) }
    listener.close()
  }

  private func wait(until next: Instant, _ fault: NetworkFault) {
    var watched = [
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
      // A black hole swallows the first packet of a connection too.
      pollfd(
        fd: fault == .blackHole ? -1 : listener.descriptor, events: Int16(POLLIN), revents: 0),
    ]
    for link in links { watched += link.interests(fault) }
    let milliseconds = max(0, next.nanoseconds(since: .now()) + 999_999) / 1_000_000
    _ = poll(&watched, nfds_t(watched.count), Int32(clamping: milliseconds))
    if watched[0].revents != 0 {
      var counter: UInt64 = 0
      _ = read(wakeUp, &counter, 8)
    }
    if watched[1].revents != 0 { accept(fault) }
  }

  private func accept(_ fault: NetworkFault) {
    guard let caller = (try? listener.accept()) ?? nil else { return }
    if fault == .reset {
      caller.reset()
    } else if let server = try? Socket.connecting(to: upstream) {
      links.append(Link(caller, server, fault))
    } else {
      caller.reset()
    }
  }
}

extension Socket {
  /// Closes so that the peer gets a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  func setBuffers(bytes: Int32) {
    var bytes = bytes
    for option in [SO_RCVBUF, SO_SNDBUF] {
      setsockopt(descriptor, SOL_SOCKET, option, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
  }
}
