package import CMessages
package import RPC

/// OpenTelemetry's `Span`.
package struct OtlpSpan: Message, Equatable {
  package var traceID: [UInt8] = []
  package var spanID: [UInt8] = []
  package var traceState: String = ""
  package var parentSpanID: [UInt8] = []
  package var name: String = ""
  /// As `SpanKind` numbers them; 0 unspecified.
  package var kind: UInt32 = 0
  package var startTimeUnixNanoseconds: UInt64 = 0
  package var endTimeUnixNanoseconds: UInt64 = 0
  package var attributes: [OtlpKeyValue] = []
  package var status: OtlpStatus?
  package var flags: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpSpan>?) -> Void {
    brigade__v1__otlp_span__init
  }

  package init(_ c: Brigade__V1__OtlpSpan) {
    traceID = Array(c.trace_id)
    spanID = Array(c.span_id)
    traceState = String(c.trace_state)
    parentSpanID = Array(c.parent_span_id)
    name = String(c.name)
    kind = c.kind.rawValue
    startTimeUnixNanoseconds = c.start_time_unix_nano
    endTimeUnixNanoseconds = c.end_time_unix_nano
    attributes = Array(c.attributes, c.n_attributes)
    status = OtlpStatus(c.status)
    flags = c.flags
  }

  package func write(to c: inout Brigade__V1__OtlpSpan, in arena: Arena) {
    c.trace_id = arena.bytes(traceID)
    c.span_id = arena.bytes(spanID)
    c.trace_state = arena.string(traceState)
    c.parent_span_id = arena.bytes(parentSpanID)
    c.name = arena.string(name)
    c.kind = Brigade__V1__OtlpSpanKind(rawValue: kind)
    c.start_time_unix_nano = startTimeUnixNanoseconds
    c.end_time_unix_nano = endTimeUnixNanoseconds
    (c.attributes, c.n_attributes) = (arena.messages(attributes), attributes.count)
    c.status = arena.message(status)
    c.flags = flags
  }
}

/// OpenTelemetry's `Status`.
package struct OtlpStatus: Message, Equatable {
  package var message: String = ""
  /// 0 unset, 1 OK, 2 error.
  package var code: UInt32 = 0

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpStatus>?) -> Void {
    brigade__v1__otlp_status__init
  }

  package init(_ c: Brigade__V1__OtlpStatus) {
    message = String(c.message)
    code = c.code.rawValue
  }

  package func write(to c: inout Brigade__V1__OtlpStatus, in arena: Arena) {
    c.message = arena.string(message)
    c.code = Brigade__V1__OtlpStatusCode(rawValue: code)
  }
}

/// OpenTelemetry's `KeyValue`.
package struct OtlpKeyValue: Message, Equatable {
  package var key: String = ""
  package var value: OtlpValue?

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpKeyValue>?) -> Void {
    brigade__v1__otlp_key_value__init
  }

  package init(_ c: Brigade__V1__OtlpKeyValue) {
    key = String(c.key)
    value = OtlpValue(c.value)
  }

  package func write(to c: inout Brigade__V1__OtlpKeyValue, in arena: Arena) {
    c.key = arena.string(key)
    c.value = arena.message(value)
  }
}

/// OpenTelemetry's `AnyValue`, as far as we use it.
package struct OtlpValue: Message, Equatable {
  package enum Value: Equatable, Sendable {
    /// Nothing, or a kind that we do not know.
    case none
    case string(String)
    case bool(Bool)
    case integer(Int64)
    case number(Double)
  }

  package var value = Value.none

  package init() {}

  package init(_ value: Value) { self.value = value }

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpValue>?) -> Void {
    brigade__v1__otlp_value__init
  }

  package init(_ c: Brigade__V1__OtlpValue) {
    switch c.value_case {
    case BRIGADE__V1__OTLP_VALUE__VALUE_STRING_VALUE: value = .string(String(c.string_value))
    case BRIGADE__V1__OTLP_VALUE__VALUE_BOOL_VALUE: value = .bool(c.bool_value != 0)
    case BRIGADE__V1__OTLP_VALUE__VALUE_INT_VALUE: value = .integer(c.int_value)
    case BRIGADE__V1__OTLP_VALUE__VALUE_DOUBLE_VALUE: value = .number(c.double_value)
    default: value = .none
    }
  }

  package func write(to c: inout Brigade__V1__OtlpValue, in arena: Arena) {
    switch value {
    case .none: break
    case .string(let text):
      c.value_case = BRIGADE__V1__OTLP_VALUE__VALUE_STRING_VALUE
      c.string_value = arena.string(text)
    case .bool(let flag):
      c.value_case = BRIGADE__V1__OTLP_VALUE__VALUE_BOOL_VALUE
      c.bool_value = flag ? 1 : 0
    case .integer(let number):
      c.value_case = BRIGADE__V1__OTLP_VALUE__VALUE_INT_VALUE
      c.int_value = number
    case .number(let number):
      c.value_case = BRIGADE__V1__OTLP_VALUE__VALUE_DOUBLE_VALUE
      c.double_value = number
    }
  }
}
