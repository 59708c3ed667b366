/// Who writes the log, as one replica knows it. An epoch has at most one writer, which an explicit
/// promotion made; whoever hears of a higher epoch writes no more.
package struct LogLeadership: Equatable, Sendable {
  /// The highest known; 0 before there ever was a writer.
  package private(set) var epoch: UInt64
  package private(set) var isWriter: Bool

  package init(epoch: UInt64 = 0, isWriter: Bool = false) {
    self.epoch = epoch
    self.isWriter = isWriter
  }

  /// The first writer of a new log.
  package static let founder = LogLeadership(epoch: 1, isWriter: true)

  /// True when that changed something, which then has to be kept.
  package mutating func hear(of epoch: UInt64) -> Bool {
    guard epoch > self.epoch else { return false }
    self = LogLeadership(epoch: epoch)
    return true
  }

  /// The leadership after a promotion; the same one when it was made before. Nil when the epoch is
  /// not higher than the known one.
  package func promoted(to epoch: UInt64) -> LogLeadership? {
    if isWriter, epoch == self.epoch { return self }
    return epoch > self.epoch ? LogLeadership(epoch: epoch, isWriter: true) : nil
  }
}
