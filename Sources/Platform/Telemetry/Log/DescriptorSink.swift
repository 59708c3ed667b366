internal import Glibc

package let standardErrorDescriptor: Int32 = STDERR_FILENO

/// Writes each line with one `write(2)`, so that lines of several processes do not mix, and drops it
/// where the reader has fallen behind: a loop that waits for its log answers nobody.
///
/// The descriptor stays blocking, as it is often shared with a parent whose mode must not change; a
/// pipe that polls as writable takes 4,096 bytes without waiting. SIGPIPE must be ignored.
package func descriptorSink(_ descriptor: Int32) -> LogSink {
  { line in
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&poller, 1, 0) == 1, poller.revents & Int16(POLLOUT) != 0 else { return false }
    while true {
      let count = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { return count == line.count }
      if errno != EINTR { return false }
    }
  }
}
