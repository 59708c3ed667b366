package import Telemetry

/// Traces as OpenTelemetry's receivers take them: one resource for each replica that has a part.
extension OtlpExportRequest {
  /// The version of the conventions that names and attributes follow.
  package static let schemaURL = "https://opentelemetry.io/schemas/1.39.0"
  private static let scopeName = "brigade"

  private struct Replica: Hashable {
    let service: String
    let instance: String
  }

  /// - Parameters:
  ///   - version: of who recorded the traces; that of the replicas whose part they tell is not known.
  ///   - resource: what else is said of who recorded them.
  package init(
    _ traces: some Sequence<Trace>, version: String,
    resource: OtlpResourceSettings = OtlpResourceSettings()
  ) {
    self.init()
    var recorders: Set<Replica> = []
    var order: [Replica] = []
    var spans: [Replica: [OtlpSpan]] = [:]
    for trace in traces {
      recorders.insert(Replica(service: trace.root.service, instance: trace.root.instance))
      for span in trace.spans {
        let replica = Replica(service: span.service, instance: span.instance)
        if spans[replica] == nil { order.append(replica) }
        spans[replica, default: []].append(OtlpSpan(span, of: trace))
      }
    }
    resourceSpans = order.map { replica in
      Self.spans(
        spans[replica] ?? [], version,
        of: resource.attributes(
          service: replica.service, instance: replica.instance,
          version: recorders.contains(replica) ? version : nil))
    }
  }

  private static func spans(
    _ spans: [OtlpSpan], _ version: String, of attributes: [OtlpResourceSettings.Attribute]
  ) -> OtlpResourceSpans {
    var resource = OtlpResource()
    resource.attributes = attributes.map { OtlpKeyValue($0.name, .string($0.value)) }
    var scope = OtlpScope()
    scope.name = scopeName
    scope.version = version
    var scoped = OtlpScopeSpans()
    scoped.scope = scope
    scoped.spans = spans
    var result = OtlpResourceSpans()
    result.resource = resource
    result.scopeSpans = [scoped]
    result.schemaURL = schemaURL
    return result
  }
}

extension OtlpSpan {
  private static let statusError: UInt32 = 2

  fileprivate init(_ span: Span, of trace: Trace) {
    self.init()
    traceID = bigEndian(trace.id.high) + bigEndian(trace.id.low)
    spanID = bigEndian(span.id)
    parentSpanID = span.parent == 0 ? [] : bigEndian(span.parent)
    traceState = trace.state
    name = span.name
    kind =
      switch span.kind {
      case .internal: 1
      case .server: 2
      case .client: 3
      }
    startTimeUnixNanoseconds = Self.time(trace, after: span.startMicroseconds)
    endTimeUnixNanoseconds = Self.time(trace, after: span.endMicroseconds)
    attributes = span.attributes.map { OtlpKeyValue($0.name, OtlpValue.Value($0.value)) }
    if span.isLost { attributes.append(OtlpKeyValue("brigade.lost", .bool(true))) }
    if let failure = span.failure {
      var error = OtlpStatus()
      error.code = Self.statusError
      error.message = failure
      status = error
    }
    flags = trace.flags & 0xFF
  }

  /// Offsets may come from other processes: what is no time ends at the last there is.
  private static func time(_ trace: Trace, after microseconds: UInt64) -> UInt64 {
    let (nanoseconds, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
    let start = UInt64(max(0, trace.startUnixNanoseconds))
    let (sum, overflows) = start.addingReportingOverflow(overflow ? .max : nanoseconds)
    return overflows ? .max : sum
  }
}

extension OtlpKeyValue {
  fileprivate init(_ key: String, _ value: OtlpValue.Value) {
    self.init()
    self.key = key
    self.value = OtlpValue(value)
  }
}

extension OtlpValue.Value {
  fileprivate init(_ value: Span.Value) {
    self =
      switch value {
      case .text(let text): .string(text)
      case .integer(let number): .integer(number)
      case .number(let number): .number(number)
      case .flag(let flag): .bool(flag)
      }
  }
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
  withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
