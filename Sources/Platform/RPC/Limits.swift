/// Every bound of the RPC layer. A peer learns those that concern it from the hello.
package struct Limits: Sendable {
  /// Longest frame taken, not counting its length field: a 1,000 × 4,000 float matrix.
  package var frameBytesMax = 16 << 20
  /// Peers refuse to talk below it; above it a frame would not fit in what may wait to be sent, nor
  /// a message of many small parts in the memory that it is unpacked in.
  package static let frameBytesMaxRange = ConnectionState.frameBytesMaxLeast...32 << 20
  /// Of a compressed body, once inflated: as much as of a plain one.
  package var inflatedBytesMax = 16 << 20
  /// Names and values of one head, which has to fit in the smallest frame with its message.
  package var metadataBytesMax = 4 << 10
  /// Unanswered requests of one connection; a balancer spreads far fewer.
  package var callsInFlightMax = 1_024
  /// Accepted connections of one server; above it, new ones wait in the kernel's backlog.
  package var connectionsMax = 10_000
  /// Requests that wait for one loop's turn; what is over it is refused unread.
  package var queueDepthMax = 4_096
  /// Of requests that wait for a loop for longer than a turn, as they came; beyond it, new ones are
  /// refused until these have had theirs.
  package var queueBytesMax = 256 << 20
  /// Waiting handlers of one loop: each holds a request and a task.
  package var callsRunningMax = 2_048
  /// Unsent output at which a connection is no longer read from: the peer is slow to read.
  package var outputBytesHigh = 1 << 20
  /// Unsent requests at which a client's connection takes no more of them; others may be tried.
  package var outputBytesFull = 32 << 20
  /// Unsent output at which a connection is closed; at least one frame more than `outputBytesHigh`.
  package var outputBytesMax = 64 << 20
  /// From the last byte that a peer let us send to cutting it off; less is slowness.
  package var stalledOutputMilliseconds: Int64 = 10_000
  /// From saying that a connection is over to cutting it, if the peer does not end it.
  package var closeMilliseconds: Int64 = 1_000
  /// From accept to the peer's hello.
  package var helloMilliseconds: Int64 = 2_000
  /// From a frame's first byte to its last; one byte a second is an attack or a broken peer.
  package var partialFrameMilliseconds: Int64 = 5_000
  /// Time a caller may ask for; a larger budget is cut to it.
  package var budgetMilliseconds: Int64 = 60_000
  /// Time a call gets that names no budget.
  package var budgetDefaultMilliseconds: Int64 = 10_000
  /// Connecting to a replica: a healthy host answers within one retransmission.
  package var connectMilliseconds: Int64 = 1_000
  /// Silence after which a client asks whether its peer is there.
  package var pingMilliseconds: Int64 = 1_000
  /// From a ping to its pong; a loop that is away longer is of no use to its callers.
  package var pongMilliseconds: Int64 = 1_500
  /// After which a client makes a connection anew, a fifth sooner or later by chance: behind a name
  /// or a virtual address, new replicas are reached by new connections only.
  package var connectionAgeMilliseconds: Int64 = 600_000
  /// Calls that wait for a connection to open.
  package var callsConnectingMax = 256
  /// What a server's loop takes in, within the limits above.
  package var admission = AdmissionSettings()

  package init() {}
}
