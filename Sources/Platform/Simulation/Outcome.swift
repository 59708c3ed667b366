/// How a call of the simulation ended.
package struct Outcome: Sendable {
  package let startNanoseconds: Int64
  package let latencyNanoseconds: Int64
  package let isAnswered: Bool
  package let isUrgent: Bool
}
