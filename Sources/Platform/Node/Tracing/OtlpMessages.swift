package import CMessages
package import RPC

/// OpenTelemetry's `ExportTraceServiceRequest`.
package struct OtlpExportRequest: Message, Equatable {
  package var resourceSpans: [OtlpResourceSpans] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpExportRequest>?) -> Void {
    brigade__v1__otlp_export_request__init
  }

  package init(_ c: Brigade__V1__OtlpExportRequest) {
    resourceSpans = Array(c.resource_spans, c.n_resource_spans)
  }

  package func write(to c: inout Brigade__V1__OtlpExportRequest, in arena: Arena) {
    (c.resource_spans, c.n_resource_spans) = (arena.messages(resourceSpans), resourceSpans.count)
  }
}

/// OpenTelemetry's `ExportTraceServiceResponse`.
package struct OtlpExportResponse: Message, Equatable {
  package var partialSuccess: OtlpPartialSuccess?

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpExportResponse>?) -> Void {
    brigade__v1__otlp_export_response__init
  }

  package init(_ c: Brigade__V1__OtlpExportResponse) {
    partialSuccess = OtlpPartialSuccess(c.partial_success)
  }

  package func write(to c: inout Brigade__V1__OtlpExportResponse, in arena: Arena) {
    c.partial_success = arena.message(partialSuccess)
  }
}

/// OpenTelemetry's `ExportTracePartialSuccess`.
package struct OtlpPartialSuccess: Message, Equatable {
  package var rejectedSpans: Int64 = 0
  package var errorMessage: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpPartialSuccess>?) -> Void {
    brigade__v1__otlp_partial_success__init
  }

  package init(_ c: Brigade__V1__OtlpPartialSuccess) {
    rejectedSpans = c.rejected_spans
    errorMessage = String(c.error_message)
  }

  package func write(to c: inout Brigade__V1__OtlpPartialSuccess, in arena: Arena) {
    c.rejected_spans = rejectedSpans
    c.error_message = arena.string(errorMessage)
  }
}

/// OpenTelemetry's `ResourceSpans`.
package struct OtlpResourceSpans: Message, Equatable {
  package var resource: OtlpResource?
  package var scopeSpans: [OtlpScopeSpans] = []
  package var schemaURL: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpResourceSpans>?) -> Void {
    brigade__v1__otlp_resource_spans__init
  }

  package init(_ c: Brigade__V1__OtlpResourceSpans) {
    resource = OtlpResource(c.resource)
    scopeSpans = Array(c.scope_spans, c.n_scope_spans)
    schemaURL = String(c.schema_url)
  }

  package func write(to c: inout Brigade__V1__OtlpResourceSpans, in arena: Arena) {
    c.resource = arena.message(resource)
    (c.scope_spans, c.n_scope_spans) = (arena.messages(scopeSpans), scopeSpans.count)
    c.schema_url = arena.string(schemaURL)
  }
}

/// OpenTelemetry's `Resource`.
package struct OtlpResource: Message, Equatable {
  package var attributes: [OtlpKeyValue] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpResource>?) -> Void {
    brigade__v1__otlp_resource__init
  }

  package init(_ c: Brigade__V1__OtlpResource) {
    attributes = Array(c.attributes, c.n_attributes)
  }

  package func write(to c: inout Brigade__V1__OtlpResource, in arena: Arena) {
    (c.attributes, c.n_attributes) = (arena.messages(attributes), attributes.count)
  }
}

/// OpenTelemetry's `ScopeSpans`.
package struct OtlpScopeSpans: Message, Equatable {
  package var scope: OtlpScope?
  package var spans: [OtlpSpan] = []

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpScopeSpans>?) -> Void {
    brigade__v1__otlp_scope_spans__init
  }

  package init(_ c: Brigade__V1__OtlpScopeSpans) {
    scope = OtlpScope(c.scope)
    spans = Array(c.spans, c.n_spans)
  }

  package func write(to c: inout Brigade__V1__OtlpScopeSpans, in arena: Arena) {
    c.scope = arena.message(scope)
    (c.spans, c.n_spans) = (arena.messages(spans), spans.count)
  }
}

/// OpenTelemetry's `InstrumentationScope`.
package struct OtlpScope: Message, Equatable {
  package var name: String = ""
  package var version: String = ""

  package init() {}

  package static var initialize: (UnsafeMutablePointer<Brigade__V1__OtlpScope>?) -> Void {
    brigade__v1__otlp_scope__init
  }

  package init(_ c: Brigade__V1__OtlpScope) {
    name = String(c.name)
    version = String(c.version)
  }

  package func write(to c: inout Brigade__V1__OtlpScope, in arena: Arena) {
    c.name = arena.string(name)
    c.version = arena.string(version)
  }
}
