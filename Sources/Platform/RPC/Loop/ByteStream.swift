package import Telemetry

/// What uses a byte stream: a connection of some protocol.
package protocol ByteStreamOwner: AnyObject {
  /// `stream.input` has grown.
  func received()
  /// The stream is over; called once. `reason` is nil when the peer ended it in order.
  func closed(_ reason: String?)
}

/// A connected socket on its loop: what has arrived, what is to go, and the pace of both.
///
/// Output gathers during a turn and leaves in one write. A peer that does not read is cut off when
/// too much waits for it, and before that not read from, unless it is one that answers: two ends that
/// each wait for the other to read would wait for ever. Confined to its loop.
package final class ByteStream: EventSource, @unchecked Sendable {
  /// Taken from one socket in a turn before others get theirs.
  private static let readBytesMax = 256 << 10
  private static let readBytes = 16 << 10

  package let loop: EventLoop
  private let socket: Socket
  /// More than this waits to be sent: nothing is read.
  private let outputBytesHigh: Int
  private let outputBytesMax: Int
  private let closeMilliseconds: Int64
  private var registration: EventLoop.Registration?
  // On the path of every call, and confined to one thread: checks of exclusive access cost more
  // than they could find.
  @exclusivity(unchecked) private var interest: EventLoop.Events = []
  @exclusivity(unchecked) private var awaitsFlush = false
  @exclusivity(unchecked) private var closesWhenFlushed = false
  private var isLingering = false
  private var closeTimer: TimerQueue.ID?
  /// Until the stream is closed: a weak reference would make every use of the owner a slow one.
  @exclusivity(unchecked) private var owner: (any ByteStreamOwner)?

  @exclusivity(unchecked) package var input = ByteQueue()
  @exclusivity(unchecked) package var output = ByteQueue()
  @exclusivity(unchecked) package private(set) var isClosed = false
  @exclusivity(unchecked) package private(set) var lastReceived: Instant
  /// Leaves what the peer sends in the kernel, which makes the peer wait.
  package var isReadingPaused = false {
    didSet { if isReadingPaused != oldValue, !isClosed { watch() } }
  }
  /// Since when the peer has taken nothing of what waits for it, as far as `noteProgress` knows.
  @exclusivity(unchecked) package private(set) var stalledSince: Instant?
  /// That the kernel was given.
  @exclusivity(unchecked) private var sentBytes = 0
  /// At the last look.
  private var takenBytesSeen = 0

  /// - Parameter readsAlways: even while much waits to be sent, as the end that asks has to.
  package init(_ socket: Socket, on loop: EventLoop, limits: Limits, readsAlways: Bool = false) {
    self.socket = socket
    self.loop = loop
    outputBytesHigh = readsAlways ? .max : limits.outputBytesHigh
    outputBytesMax = limits.outputBytesMax
    closeMilliseconds = limits.closeMilliseconds
    lastReceived = loop.turnStart
  }

  // A loop that ends lets go of its streams as they are.
  deinit { if !isClosed { socket.close() } }

  /// The owner is kept until the stream is closed.
  package func start(_ owner: any ByteStreamOwner) throws(SystemError) {
    self.owner = owner
    interest = .readable
    registration = try loop.register(socket.descriptor, interest, self)
    if !output.isEmpty { outputGrew() }
  }

  package func ready(_ events: EventLoop.Events) {
    if events.contains(.writable) { flush() }
    // A hang-up is read too: what arrived before it counts, and the error then shows.
    if !isClosed, !events.isDisjoint(with: [.readable, .hangUp]) { read() }
  }

  private func read() {
    input.reclaim()
    var total = 0
    var ending: Socket.Transfer?
    while total < Self.readBytesMax {
      let room = input.room(Self.readBytes)
      guard case .bytes(let count) = socket.receive(room).self.noting(&ending) else { break }
      input.wrote(count)
      total += count
      if count < room.count { break }
    }
    if total > 0 {
      lastReceived = loop.turnStart
      if closesWhenFlushed { input.consume(input.count) } else { owner?.received() }
    }
    switch ending {
    case .end: close(nil)
    case .failed(let error): close(error.description)
    default: break
    }
  }

  /// To be called after `output` was appended to.
  package func outputGrew() {
    if output.count > outputBytesMax {
      close("more than \(outputBytesMax) bytes wait to be read by the peer")
    } else if !awaitsFlush, !isClosed {
      awaitsFlush = true
      loop.flushLater(self)
    }
  }

  func flush() {
    awaitsFlush = false
    guard !isClosed else { return }
    while !output.isEmpty {
      switch socket.send(output.unread) {
      case .bytes(let count):
        output.consume(count)
        sentBytes += count
        stalledSince = nil
      case .failed(let error): return close(error.description)
      case .wouldBlock, .end:
        stalledSince = stalledSince ?? loop.turnStart
        return watch()
      }
    }
    if closesWhenFlushed, !isLingering {
      isLingering = true
      socket.shutDownOutput()
    }
    watch()
  }

  /// Where the output ends that there has been, counted from the first byte.
  package var outputEnd: Int { sentBytes + output.count }

  /// As much of it as the peer's machine has; asks the kernel.
  package var takenBytes: Int { sentBytes - socket.unacknowledgedBytes }

  /// To be called a few times a second. The kernel says that there is room once a large part of its
  /// buffer is free; one who reads slowly may take longer for that than one may stand still.
  package func noteProgress(_ now: Instant) {
    guard stalledSince != nil else { return }
    let taken = takenBytes
    if taken > takenBytesSeen { stalledSince = now }
    takenBytesSeen = taken
  }

  private func watch() {
    output.reclaim()
    var wanted: EventLoop.Events =
      isReadingPaused || output.count > outputBytesHigh ? [] : .readable
    if !output.isEmpty { wanted.insert(.writable) }
    if wanted != interest, let registration {
      interest = wanted
      loop.change(registration, socket.descriptor, wanted)
    }
  }

  /// Gives idle memory back.
  package func releaseIdleMemory() {
    input.reclaim()
    input.release()
    output.release()
  }

  /// Closes once all output has left and the peer has ended its side, or after a time. What comes
  /// meanwhile is not looked at. (Closed with input unread, the kernel resets the connection, and
  /// the peer may lose what it was told last.)
  package func closeWhenFlushed() {
    guard !closesWhenFlushed, !isClosed else { return }
    closesWhenFlushed = true
    closeTimer = loop.schedule(at: .now().adding(milliseconds: closeMilliseconds)) {
      [weak self] in self?.close(nil)
    }
    outputGrew()
  }

  package func loopEnded() { close("the loop has ended") }

  package func close(_ reason: String?) {
    guard !isClosed else { return }
    isClosed = true
    if let closeTimer { loop.cancel(closeTimer) }
    if let registration { loop.remove(registration, socket.descriptor) }
    socket.close()
    let owner = self.owner
    self.owner = nil
    owner?.closed(reason)
  }
}

extension Socket.Transfer {
  /// Keeps what ended the reading, for after what was read is used.
  fileprivate func noting(_ ending: inout Socket.Transfer?) -> Socket.Transfer {
    ending = self
    return self
  }
}
