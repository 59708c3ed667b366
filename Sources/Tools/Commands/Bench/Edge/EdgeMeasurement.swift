internal import Telemetry

/// What one closed loop over some connections has seen.
struct EdgeMeasurement: Sendable {
  var answers = 0
  var seconds = 0.0
  var latency = LatencyRecorder()
  /// Of the gateway process.
  var processorNanoseconds: Int64 = 0
  var requestBytes = 0
  var responseBytes = 0

  var perSecond: Double { Double(answers) / seconds }

  func microseconds(_ quantile: Double) -> Double {
    Double(latency.quantile(quantile)) / 1_000
  }

  /// Means of an answered request.
  var processorMicroseconds: Double { mean(Int(processorNanoseconds)) / 1_000 }
  var requestBytesMean: Double { mean(requestBytes) }
  var responseBytesMean: Double { mean(responseBytes) }

  private func mean(_ sum: Int) -> Double { Double(sum) / Double(max(1, answers)) }
}
