/// A situation that the policies have to deal with, and the figures that say whether they did.
package struct Scenario: Sendable {
  /// As typed: `retry-storm`.
  package let name: String
  /// One line, in lower case and without a full stop.
  package let summary: String
  package let run: @Sendable (_ seed: UInt64) -> [Figure]

  package init(
    name: String, summary: String, run: @escaping @Sendable (_ seed: UInt64) -> [Figure]
  ) {
    self.name = name
    self.summary = summary
    self.run = run
  }

  package static let all: [Scenario] = [
    healthy, slow, erroring, flapping, halfOpen, partitioned, dinnerPeak, overload, retryStorm,
    stragglers, rollout, stall, scaleIn, slowHedged,
  ]
}
