internal import Glibc

/// A host name's addresses, asked for on a thread of its own: the system's resolver blocks, at
/// worst for half a minute, and cannot be told to stop.
struct NameLookup: Sendable {
  /// Of one name; a headless service has some tens of replicas.
  static let addressesMax = 1_000

  /// Nil where the name cannot be resolved now. Blocks.
  var resolve: @Sendable (_ host: String, _ port: UInt16) -> [Address]? = Self.system

  /// Calls `found` on the loop, once.
  func start(
    _ host: String, _ port: UInt16, on loop: EventLoop,
    found: @escaping @Sendable ([Address]?) -> Void
  ) {
    let resolve = resolve
    let work = Work {
      let addresses = resolve(host, port)
      loop.post { found(addresses) }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let argument = Unmanaged.passRetained(work).toOpaque()
    var thread = pthread_t()
    let error = pthread_create(
      &thread, &attributes,
      { argument in
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, argument)
    guard error != 0 else { return }
    Unmanaged<Work>.fromOpaque(argument).release()
    loop.post { found(nil) }
  }

  private final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// IPv4 addresses where there are any, otherwise IPv6: a host with both is one replica.
  @Sendable static func system(_ host: String, _ port: UInt16) -> [Address]? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    let results = Array(sequence(first: found) { $0.pointee.ai_next }.prefix(addressesMax))
    let inFour = results.filter { $0.pointee.ai_family == AF_INET }
    var hosts: [String] = []
    for result in inFour.isEmpty ? results : inFour {
      guard let numeric = numericHost(result.pointee), !hosts.contains(numeric) else { continue }
      hosts.append(numeric)
    }
    return hosts.map { .tcp(host: $0, port: port) }
  }

  private static func numericHost(_ result: addrinfo) -> String? {
    var host = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
    let error = host.withUnsafeMutableBytes { bytes in
      getnameinfo(
        result.ai_addr, result.ai_addrlen, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
        socklen_t(bytes.count), nil, 0, NI_NUMERICHOST)
    }
    return error == 0 ? String(decoding: host.prefix { $0 != 0 }, as: UTF8.self) : nil
  }
}

/// A weak reference that goes around by another thread, and is used on its loop only.
struct LoopConfined<Object: AnyObject>: @unchecked Sendable {
  private(set) weak var value: Object?

  init(_ value: Object) { self.value = value }
}
