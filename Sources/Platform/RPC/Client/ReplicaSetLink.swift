/// The way back to a replica set for what the set holds. Empty once the set is gone.
///
/// In the place of weak references, one of which would make every count of the set's references
/// a slow one, and each call makes several. Confined to the set's loop, as the set's end is.
final class ReplicaSetLink: ChannelOwner {
  unowned(unsafe) var set: ReplicaSet?

  func channelChanged(_ channel: Channel) { self.set?.channelChanged(channel) }

  var hasNobody: Bool { self.set?.hasNobody ?? true }
}
