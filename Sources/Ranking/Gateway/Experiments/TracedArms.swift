package import Messages
package import Telemetry

/// Arms among the attributes of a request's span.
///
/// OpenTelemetry's `feature_flag.key` and `feature_flag.result.variant` are of an event, which is about
/// one flag; a span has each attribute once, and a request can be in several experiments. An attribute
/// for each experiment lets a tracing tool group requests by arm.
extension Span {
  private static var prefix: String { "brigade.experiment." }
  /// Experiments' names have no dots.
  private static var notApplied: String { ".not_applied" }
  private static var forced: String { ".forced" }

  /// Notes come last, as a span has attributes without them for every layer's arm.
  mutating func add(_ arms: [Arm]) {
    for arm in arms { add(Self.prefix + arm.experiment, arm.arm) }
    for arm in arms where !arm.applied {
      add(Self.prefix + arm.experiment + Self.notApplied, arm.why)
    }
    for arm in arms where arm.forced {
      add(Self.prefix + arm.experiment + Self.forced, .flag(true))
    }
  }

  /// As they were added.
  package var arms: [Arm] {
    attributes.compactMap { attribute in
      guard attribute.name.hasPrefix(Self.prefix), case .text(let name) = attribute.value else {
        return nil
      }
      let experiment = attribute.name.dropFirst(Self.prefix.count)
      guard !experiment.contains(".") else { return nil }
      var arm = Arm()
      arm.experiment = String(experiment)
      arm.arm = name
      arm.why = text(attribute.name + Self.notApplied)
      arm.applied = arm.why.isEmpty
      arm.forced = self[attribute.name + Self.forced] == .flag(true)
      return arm
    }
  }

  /// For the request's line in the log: `variety=single,next=old`, nothing where it has no arm. Names
  /// have neither commas nor equals signs.
  var loggedArms: LogFields {
    let arms = arms
    guard !arms.isEmpty else { return [:] }
    return ["experiments": arms.map { "\($0.experiment)=\($0.arm)" }.joined(separator: ",")]
  }
}
