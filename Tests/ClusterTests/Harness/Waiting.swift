import Telemetry

/// What was waited for did not come.
struct NotInTime: Error, CustomStringConvertible {
  let description: String
}

/// Looks until the condition holds, at first after a fraction of a millisecond and then every few;
/// throws when it does not in time.
func wait(
  for what: @autoclosure () -> String, seconds: Double = 20,
  until condition: () async throws -> Bool
) async throws {
  let deadline = Instant.now().adding(milliseconds: Int64(seconds * 1_000))
  var pauseMicroseconds: Int64 = 250
  while try await !condition() {
    guard Instant.now() < deadline else {
      throw NotInTime(description: "\(what()): not within \(seconds) s")
    }
    try await Task.sleep(for: .microseconds(pauseMicroseconds))
    pauseMicroseconds = min(2 * pauseMicroseconds, 4_000)
  }
}
