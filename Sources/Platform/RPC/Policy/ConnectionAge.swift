/// How old a connection grows before it gives way to a new one: some a fifth older than the mean and
/// some a fifth younger. Those that were made together, as after a restart, would else be renewed
/// together for ever. Pure.
package enum ConnectionAge {
  /// - Parameter mean: `Limits.connectionAgeMilliseconds`.
  /// - Returns: milliseconds.
  package static func milliseconds(
    mean: Int64, random: inout some RandomNumberGenerator
  ) -> Int64 {
    let mean = max(0, mean)
    // What is meant as never may be as large as numbers are.
    let (oldest, isTooLarge) = mean.addingReportingOverflow(mean / 5)
    return .random(in: mean - mean / 5...(isTooLarge ? .max : oldest), using: &random)
  }
}
