internal import Telemetry

/// An attempt as a replica has it.
struct Job {
  let call: CallKey
  let attempt: UInt8
  let priority: UInt32
  /// Which of its replica's service times it takes.
  var method: UInt8 = 0
  /// The caller's time, counted from receipt as servers do.
  var deadline: Instant
  var begun = Instant(nanoseconds: 0)

  var key: JobKey { JobKey(call: call, attempt: attempt) }
}

/// What a cancel names.
struct JobKey: Hashable {
  let call: CallKey
  let attempt: UInt8
}

/// A call's place in the simulation, and which of those that had the place it is.
struct CallKey: Hashable {
  let slot: Int32
  let generation: UInt32
}
