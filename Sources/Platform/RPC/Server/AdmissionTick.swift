package import Telemetry

/// What a server's loop tells of itself a few times a second.
package struct AdmissionTick: Sendable {
  package let loop: String
  /// Calls that may run at once.
  package let limit: Int
  package let queued: Int
  /// Calls refused, or found expired in the queue, since the last time.
  package let refused: Int
  /// By which the tick itself came later than it was due: so long did everything wait that came to
  /// the loop, and no call's own times show it.
  package let lagNanoseconds: Int64
  package let at: Instant
  /// When the next one is due.
  package let nextAt: Instant
}

extension Limits {
  /// The settings of admission, within the limits that hold for everything.
  var admissionSettings: AdmissionSettings {
    var settings = admission
    settings.queueDepthMax = queueDepthMax
    // One more, so that it is the fixed limit that refuses, where that is the lower one.
    settings.limit.most = min(settings.limit.most, callsRunningMax + 1)
    settings.limit.least = min(settings.limit.least, settings.limit.most)
    return settings
  }
}
