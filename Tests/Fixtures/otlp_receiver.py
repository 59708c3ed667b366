#!/usr/bin/env python3
"""Receives OTLP over HTTP, read with OpenTelemetry's own decoder (PyPI's opentelemetry-proto).

Prints `port N` when it listens and one line of JSON for each span; ends when it is killed. Exits 77
and names what is missing where the package is not installed (pip install opentelemetry-proto).
"""
import http.server
import json
import sys

try:
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as service
    from opentelemetry.proto.trace.v1 import trace_pb2 as trace
except ImportError as error:
    print(f"skipped: {error}", flush=True)
    sys.exit(77)


def attributes(pairs):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


def spans(request):
    for resource in request.resource_spans:
        owner = attributes(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield {
                    "service": owner["service.name"],
                    "instance": owner["service.instance.id"],
                    "schema": resource.schema_url,
                    "scope": scope.scope.name,
                    "trace": span.trace_id.hex(),
                    "span": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "state": span.trace_state,
                    "name": span.name,
                    "kind": trace.Span.SpanKind.Name(span.kind),
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "flags": span.flags,
                    "status": trace.Status.StatusCode.Name(span.status.code),
                    "attributes": attributes(span.attributes),
                }


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = service.ExportTraceServiceRequest.FromString(body)
        right = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
        answer = service.ExportTraceServiceResponse().SerializeToString()
        self.send_response(200 if right else 400)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        for span in spans(request):
            print(json.dumps(span), flush=True)

    def log_message(self, *_):
        pass


with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
    print(f"port {server.server_address[1]}", flush=True)
    server.serve_forever()
