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

  package init(_ traces: some Sequence<Trace>, version: String) {
    self.init()
    var order: [Replica] = []
    var spans: [Replica: [OtlpSpan]] = [:]
    for trace in traces {
      for span in trace.spans {
        let replica = Replica(service: span.service, instance: span.instance)
        if spans[replica] == nil { order.append(replica) }
        spans[replica, default: []].append(OtlpSpan(span, of: trace))
      }
    }
    resourceSpans = order.map { Self.resource($0, spans[$0] ?? [], version) }
  }

  private static func resource(
    _ replica: Replica, _ spans: [OtlpSpan], _ version: String
  ) -> OtlpResourceSpans {
    var resource = OtlpResource()
    resource.attributes = [
      OtlpKeyValue("service.name", .string(replica.service)),
      OtlpKeyValue("service.namespace", .string("brigade")),
      OtlpKeyValue("service.version", .string(version)),
    ]
    if !replica.instance.isEmpty {
      resource.attributes.append(
        OtlpKeyValue("service.instance.id", .string(replica.instance)))
    }
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
