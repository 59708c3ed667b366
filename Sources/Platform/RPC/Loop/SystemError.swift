internal import Glibc

/// A system call that failed: what was being done, on what, and errno.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  package var operation: String
  package var number: Int32

  package init(_ operation: String, number: Int32) {
    self.operation = operation
    self.number = number
  }

  /// Reads errno, so it must be made before anything else runs.
  package init(_ operation: String) { self.init(operation, number: errno) }

  package var description: String { "\(operation): \(String(cString: strerror(number)))" }
}

/// Repeats a call that a signal interrupted.
package func retryingInterrupts<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
