#!/usr/bin/env python3
"""Calls a gateway's HTTP port with a client generated from the .proto files by connectrpc's plugin.

Usage: connect_client.py PROTO_FOLDER SCRATCH_FOLDER http://HOST:PORT NOW_MS
Prints `ok`; exits 77 and names what is missing where the packages are not installed
(pip install connectrpc protoc-gen-connectrpc grpcio-tools).
"""
import os
import subprocess
import sys

try:
    import connectrpc.errors
    import grpc_tools.protoc
    import protoc_gen_connectrpc
    from connectrpc.code import Code
    from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)


def generate(protos, scratch):
    """Relative imports between the client and its messages, absolute ones between messages."""
    package = os.path.join(scratch, "generated")
    os.makedirs(package)
    plugin = os.path.join(os.path.dirname(sys.executable), "protoc-gen-connectrpc")
    files = ["gateway.proto", "retrieval.proto", "catalogue.proto"]
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", f"-I{protos}", f"--python_out={package}",
         f"--plugin=protoc-gen-connectrpc={plugin}",
         f"--connectrpc_out=protobuf=google:{package}", *files], check=True)
    sys.path[:0] = [scratch, package]


def main(protos, scratch, address, now):
    generate(protos, scratch)
    from generated.gateway_connect import GatewayClientSync
    import generated.gateway_pb2 as messages

    for codec in (google_protobuf_binary_codec(), google_protobuf_json_codec()):
        with GatewayClientSync(address, codec=codec, timeout_ms=10_000) as client:
            request = messages.RankRequest(request_id="py", user_id="user-1", now_ms=int(now), count=20)
            request.place.latitude, request.place.longitude = 37.76, -122.41
            answer = client.rank(request)
            assert answer.request_id == "py" and answer.now_ms == int(now), answer
            assert len(answer.items) == 20 and not answer.degraded, answer
            assert [hop.method for hop in answer.hops], answer
            assert answer.items[0].name and answer.items[0].distance_km >= 0, answer

            request.place.latitude = 91
            try:
                client.rank(request)
                raise AssertionError("a bad latitude was taken")
            except connectrpc.errors.ConnectError as error:
                assert error.code == Code.INVALID_ARGUMENT, error
                assert "latitude" in error.message, error
    print("ok")


main(*sys.argv[1:5])
