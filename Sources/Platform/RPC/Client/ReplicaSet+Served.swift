/// What the replicas say they have loaded.
extension ReplicaSet {
  /// Of each that is connected; nil where it does not say.
  package var advertisements: [ServedTags?] {
    channels.values.filter { $0.state == .open }.map(\.serves)
  }

  /// There are replicas, and none of them has it.
  func lacking(_ tag: ServedTag) -> RPCError {
    let known = Set(advertisements.compactMap { $0 }.flatMap(\.texts)).sorted()
    let shown = known.prefix(Self.tagsShown).joined(separator: ", ")
    let rest = known.count > Self.tagsShown ? ", …" : ""
    return .notStarted("no replica of \(service) has \(tag); there are \(shown)\(rest)")
  }

  private static var tagsShown: Int { 16 }
}
