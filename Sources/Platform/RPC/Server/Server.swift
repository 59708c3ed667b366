internal import Synchronization
internal import Telemetry

/// Listens, and answers the methods of a table on one or more loops.
///
/// One acceptor gives each connection to the loop that has fewest; a connection stays on its loop.
package final class Server: Sendable {
  private let loops: [ServerLoop]
  private let listeners = Mutex<[Listener]>([])
  private let limits: Limits
  private let health: HealthStatus
  private let connections: [Atomic<Int>.Box]

  /// - Parameters:
  ///   - methods: makes the table of one loop; Health and Reflection are added to it.
  ///   - interceptors: see every call of a method that there is, in this order.
  ///   - advertiser: says what this server has loaded.
  ///   - onClosed: called on the loop with the reason that a connection ended for.
  ///   - onAdmission: called on each loop a few times a second.
  package init(
    loops: [EventLoop], identity: Identity, limits: Limits = Limits(),
    interceptors: [Interceptor] = [], advertiser: Advertiser = Advertiser(),
    onClosed: @escaping @Sendable (String) -> Void = { _ in },
    onAdmission: @escaping @Sendable (AdmissionTick) -> Void = { _ in },
    methods: @escaping @Sendable (EventLoop) -> MethodTable
  ) {
    self.limits = limits
    let health = HealthStatus()
    self.health = health
    let counts = loops.map { _ in Atomic<Int>.Box() }
    connections = counts
    self.loops = zip(loops, counts).map { loop, count in
      ServerLoop(
        loop, identity: identity, limits: limits, interceptors: interceptors,
        onClosed: { reason in
          count.value.subtract(1, ordering: .relaxed)
          onClosed(reason)
        }, onAdmission: onAdmission)
    }
    for loop in self.loops {
      loop.loop.post {
        var table = methods(loop.loop)
        health.answer(in: &table)
        Reflection.answer(in: &table)
        loop.start(table)
      }
    }
    advertiser.attach(self.loops)
  }

  /// Binds, listens and begins to accept.
  /// - Returns: the address with the port that the kernel chose, where 0 was asked for.
  package func listen(at address: Address) throws(SystemError) -> Address {
    let socket = try Socket.listening(at: address)
    let bound = socket.bound(address)
    let listener = Listener(socket, on: loops[0].loop) { [self] in
      adopt($0)
    } mayAccept: { [self] in
      connectionCount < limits.connectionsMax
    }
    listeners.withLock { $0.append(listener) }
    loops[0].loop.post { listener.start() }
    return bound
  }

  package var connectionCount: Int {
    connections.reduce(0) { $0 + $1.value.load(ordering: .relaxed) }
  }

  /// Listens for connections of another protocol, which enter their calls into the same loops.
  /// One such listener a server.
  /// - Parameters:
  ///   - makeAdopter: called on each loop, once; what it returns gets that loop's sockets, starts a
  ///     connection on each and has the loop `keep` it. One that can't be kept is told as `closed`.
  ///   - mayAccept: called on the first loop before each connection.
  package func listenAtEdge(
    _ address: Address, mayAccept: @escaping @Sendable () -> Bool,
    makeAdopter: @escaping @Sendable (ServerLoop) -> (Socket) -> Void
  ) throws(SystemError) -> Address {
    let socket = try Socket.listening(at: address)
    let bound = socket.bound(address)
    let listener = Listener(socket, on: loops[0].loop) { [self] in
      adopt($0, atEdge: true)
    } mayAccept: { [self] in
      connectionCount < limits.connectionsMax && mayAccept()
    }
    listeners.withLock { $0.append(listener) }
    for loop in loops { loop.loop.post { loop.adoptAtEdge = makeAdopter(loop) } }
    loops[0].loop.post { listener.start() }
    return bound
  }

  private func adopt(_ socket: Socket, atEdge: Bool = false) {
    let counts = connections.map { $0.value.load(ordering: .relaxed) }
    let index = counts.indices.min { counts[$0] < counts[$1] } ?? 0
    connections[index].value.add(1, ordering: .relaxed)
    let chosen = loops[index]
    if chosen.loop.isCurrent {
      chosen.adopt(socket, atEdge: atEdge)
    } else {
      chosen.loop.post { chosen.adopt(socket, atEdge: atEdge) }
    }
  }

  /// What the health method answers for the process.
  package func setServing(_ serving: Bool) { health.setServing(serving) }

  /// Stops accepting, asks callers to go elsewhere and lets what runs finish. Returns at once;
  /// `connectionCount` falls to zero when all are gone.
  package func drain() {
    health.setServing(false)
    let closing = listeners.withLock { listeners in
      defer { listeners = [] }
      return listeners
    }
    loops[0].loop.post { for listener in closing { listener.close() } }
    for loop in loops { loop.loop.post { loop.drain() } }
  }
}

extension Atomic where Value == Int {
  /// An atomic count that closures can share.
  final class Box: Sendable {
    let value = Atomic<Int>(0)
  }
}
