#!/usr/bin/env python3
"""Asks a Brigade process for its health. Written from proto/WIRE.md and the .proto files alone.

Usage: wire_client.py HOST PORT [TOKEN]; prints the status and exits 0, or says what was wrong.
"""
import socket
import struct
import sys

HELLO, REQUEST, RESPONSE, CANCEL, PING, PONG, DRAIN, CLOSE = range(8)
STATUSES = {0: "UNKNOWN", 1: "SERVING", 2: "NOT_SERVING"}


def varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def text(field, value):
    data = value if isinstance(value, bytes) else value.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data if data else b""


def fields(data):
    """A dictionary of field number to the last value."""
    found, offset = {}, 0

    def take():
        nonlocal offset
        value, shift = 0, 0
        while True:
            byte = data[offset]
            offset += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while offset < len(data):
        tag = take()
        if tag & 7 == 0:
            found[tag >> 3] = take()
        else:
            size = {1: 8, 5: 4}.get(tag & 7)
            size = take() if size is None else size
            found[tag >> 3] = data[offset:offset + size]
            offset += size
    return found


def frame(kind, head, body=b""):
    return struct.pack(">IBBH", 4 + len(head) + len(body), kind, 0, len(head)) + head + body


def exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            sys.exit("the server closed the connection")
        data += more
    return data


def receive(connection):
    length, kind, flags, head_length = struct.unpack(">IBBH", exactly(connection, 8))
    rest = exactly(connection, length - 4)
    if flags:
        sys.exit(f"flags {flags} were not agreed")
    head, body = fields(rest[:head_length]), rest[head_length:]
    if kind == CLOSE:
        sys.exit(f"closed: code {head.get(1, 0)}, {head.get(2, b'').decode()}")
    return kind, head, body


def main(host, port, token=""):
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        kinds = text(5, bytes([RESPONSE, DRAIN]))
        hello = (number(1, 1) + text(2, "wire_client.py") + number(3, 16 << 20) + number(4, 1)
                 + kinds + text(7, token) + text(8, "wire_client.py"))
        connection.sendall(frame(HELLO, hello))
        kind, head, _ = receive(connection)
        if kind != HELLO or head.get(1) != 1:
            sys.exit(f"no hello of version 1: kind {kind}, {head}")
        request = number(1, 7) + text(2, "brigade.v1.Health/Check") + number(3, 2_000_000) + number(7, 1)
        connection.sendall(frame(REQUEST, request))
        while True:
            kind, head, body = receive(connection)
            if kind == RESPONSE and head.get(1) == 7:
                break
        if head.get(2, 0):
            sys.exit(f"code {head[2]}: {head.get(3, b'').decode()}")
        print(STATUSES.get(fields(body).get(1, 0), "?"))
        connection.sendall(frame(CLOSE, b""))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
