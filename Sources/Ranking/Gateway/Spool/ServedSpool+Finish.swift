internal import Glibc
internal import RPC
internal import Storage
internal import Telemetry

/// The end of a process that has a spool.
extension ServedSpool {
  private static let pollMicroseconds: UInt32 = 2_000

  /// Brings what was kept to the log's writer, for as long as there is time, and the rest onto the
  /// disk, where the next run finds it. Blocks; nothing may be kept any more meanwhile.
  /// - Returns: the decisions that are left.
  func finish(before deadline: Instant) throws(StorageError) -> UInt64 {
    let isForwarded = Guarded(false)
    if let finishForwarding = finishForwarding.withLock({ $0 }) {
      finishForwarding { isForwarded.withLock { $0 = true } }
      while !isForwarded.withLock({ $0 }), Instant.now() < deadline {
        usleep(Self.pollMicroseconds)
      }
    }
    let left = store.waitingDecisions
    if left > 0 { try store.synchronize() }
    return left
  }
}
