package import Telemetry

/// Follows where a service's replicas are, and tells when that changes. Confined to its loop.
package final class ReplicaWatch {
  /// Between two lookups of a name; half as long, or half as long again, by chance, so that the
  /// processes of a cluster don't ask together.
  static let lookupMilliseconds: Int64 = 5_000
  /// After a lookup that failed.
  static let failedLookupMilliseconds: Int64 = 1_000

  private let source: ReplicaSource
  private let loop: EventLoop
  private let lookup: NameLookup
  private var file: ReplicaFile?
  private var changed: (([Address]) -> Void)?
  private var known: [Address] = []
  private var nextLookup: Instant
  private var isLookingUp = false

  /// - Parameter changed: called on the loop, never after `stop`, and not before `start`.
  package convenience init(
    _ source: ReplicaSource, on loop: EventLoop, changed: @escaping ([Address]) -> Void
  ) {
    self.init(source, on: loop, lookup: NameLookup(), changed: changed)
  }

  init(
    _ source: ReplicaSource, on loop: EventLoop, lookup: NameLookup,
    changed: @escaping ([Address]) -> Void
  ) {
    self.source = source
    self.loop = loop
    self.lookup = lookup
    self.changed = changed
    nextLookup = .now()
    if case .file(let path) = source { file = ReplicaFile(path: path) }
  }

  package func start() {
    if case .list(let addresses) = source { changed?(addresses) }
    tick(nextLookup)
  }

  /// To be called a few times a second.
  package func tick(_ now: Instant) {
    switch source {
    case .list: break
    case .file: if let addresses = file?.changed() { changed?(addresses) }
    case .name(let host, let port): if now >= nextLookup { lookUp(host, port) }
    }
  }

  package func stop() { changed = nil }

  private func lookUp(_ host: String, _ port: UInt16) {
    guard !isLookingUp else { return }
    isLookingUp = true
    let this = LoopConfined(self)
    lookup.start(host, port, on: loop) { this.value?.found($0) }
  }

  /// A resolver that fails, or knows of nobody, is no news of the replicas: those that were known
  /// are asked on, and their connections tell whether they are there.
  private func found(_ addresses: [Address]?) {
    isLookingUp = false
    let found = addresses ?? []
    let pause = found.isEmpty ? Self.failedLookupMilliseconds : Self.lookupMilliseconds
    nextLookup = Instant.now().adding(milliseconds: .random(in: pause / 2...pause * 3 / 2))
    guard !found.isEmpty, Set(found) != Set(known) else { return }
    known = found
    changed?(found)
  }
}
