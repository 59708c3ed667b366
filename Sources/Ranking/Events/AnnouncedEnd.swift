/// How long the log is by its writer's word, whether or not this replica has all of it. Pure.
struct AnnouncedEnd: Equatable, Sendable {
  private(set) var epoch: UInt64
  private(set) var position: UInt64

  init(_ position: UInt64, of epoch: UInt64) {
    self.epoch = epoch
    self.position = position
  }

  /// A later writer's log may be shorter: its promotion gave up what it had not got.
  mutating func hear(_ position: UInt64, of epoch: UInt64) {
    guard epoch >= self.epoch else { return }
    self.position = epoch > self.epoch ? position : max(self.position, position)
    self.epoch = epoch
  }

  /// Why a log that ends at `end` lacks events; nil when it has all that is known of.
  func missing(at end: UInt64) -> String? {
    guard position > end else { return nil }
    return "this log ends at \(end), and the writer of epoch \(epoch) had said that it goes to "
      + "\(position); promote a replica that has all of it, or force it and lose the rest"
  }
}
