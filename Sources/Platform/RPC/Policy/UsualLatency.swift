/// How long a method's handler takes when its server has little to do. Pure.
package struct UsualLatency: Sendable {
  /// Answers that are averaged evenly before older ones begin to fade.
  private static let samplesMax = 64.0

  package private(set) var nanoseconds = 0.0
  private var samples = 0.0

  package init() {}

  package var isKnown: Bool { samples > 0 }

  package mutating func learn(_ latencyNanoseconds: Double) {
    samples = min(samples + 1, Self.samplesMax)
    nanoseconds += (latencyNanoseconds - nanoseconds) / samples
  }
}
