internal import Glibc
internal import Telemetry

/// Accepts connections on a loop, and pauses when there are enough or descriptors run out.
package final class Listener: EventSource, @unchecked Sendable {
  /// Connections accepted in one turn before other events get theirs.
  private static let batch = 64
  private static let pauseMilliseconds: Int64 = 50

  private let socket: Socket
  private let loop: EventLoop
  /// Let go at the end, as they hold the server that holds the listener.
  private var adopt: (Socket) -> Void
  private var mayAccept: () -> Bool
  private var registration: EventLoop.Registration?

  package init(
    _ socket: Socket, on loop: EventLoop, adopt: @escaping (Socket) -> Void,
    mayAccept: @escaping () -> Bool
  ) {
    self.socket = socket
    self.loop = loop
    self.adopt = adopt
    self.mayAccept = mayAccept
  }

  package func start() {
    registration = try? loop.register(socket.descriptor, .readable, self)
    precondition(registration != nil, "epoll refuses a listener")
  }

  package func ready(_ events: EventLoop.Events) {
    for _ in 0..<Self.batch {
      guard mayAccept() else { return pause() }
      do throws(SystemError) {
        guard let accepted = try socket.accept() else { return }
        adopt(accepted)
      } catch {
        // Out of descriptors or memory: the backlog keeps what has come.
        return pause()
      }
    }
  }

  private func pause() {
    guard let registration else { return }
    loop.change(registration, socket.descriptor, [])
    _ = loop.schedule(at: .now().adding(milliseconds: Self.pauseMilliseconds)) { [self] in
      guard let registration = self.registration else { return }
      loop.change(registration, socket.descriptor, .readable)
    }
  }

  package func close() {
    guard let registration else { return }
    self.registration = nil
    loop.remove(registration, socket.descriptor)
    socket.close()
    adopt = { $0.close() }
    mayAccept = { false }
  }

  package func loopEnded() { close() }
}
