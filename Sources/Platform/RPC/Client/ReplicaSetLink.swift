/// The way back to a replica set for what the set holds. Empty once the set is gone.
///
/// In the place of weak references, one of which would make every count of the set's references
/// a slow one, and each call makes several. Confined to the set's loop, or to who has joined it.
final class ReplicaSetLink: ChannelOwner {
  unowned(unsafe) var set: ReplicaSet?

  func channelChanged(_ channel: Channel) { self.set?.channelChanged(channel) }

  var isGone: Bool { self.set == nil }

  var hasNobody: Bool { self.set?.hasNobody ?? true }
}
