package import Node
package import RPC

/// Methods on a loop of their own, at a port that the kernel chose, until the object goes.
package final class ServedMethods: Sendable {
  package let address: Address
  private let loop: EventLoop
  private let server: Server

  package init(
    _ replica: String, advertiser: Advertiser = Advertiser(),
    methods: @escaping @Sendable (EventLoop) -> MethodTable
  ) throws {
    loop = try EventLoop(name: replica)
    loop.start()
    server = Server(
      loops: [loop], identity: Identity(replica: replica, software: "test"),
      advertiser: advertiser, methods: methods)
    address = try server.listen(at: .tcp(host: "127.0.0.1", port: 0))
    server.setServing(true)
  }

  package convenience init<S: Service>(_ service: S) throws {
    try self.init(S.program.name) { service.methods(on: $0) }
  }

  deinit {
    server.drain()
    loop.stop()
    loop.join()
  }
}
