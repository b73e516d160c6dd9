"""Talk to a provider binary as Terraform does: plugin protocol 5, gRPC over a local socket.

Used by the data-building scripts only. `terraform validate` asks the provider these very questions;
asking them directly takes a millisecond instead of seconds, and every diagnostic carries the path
of the attribute it is about. Protocol: hashicorp/terraform, docs/plugin-protocol/tfplugin5.proto.
The HTTP/2 here is what a client needs that opens one stream at a time and reads no header.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HANDSHAKE = {
    # The published handshake of Terraform plugins; it keeps people from starting one by hand.
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": "5",
}
SERVICE = "/tfplugin5.Provider/"
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _PING, _GOAWAY, _WINDOW = 0, 1, 3, 4, 6, 7, 8
_FRAME = 16_384
_WIDE = 2**31 - 1


class RefusedCallError(Exception):
    """The provider answered a call without a message: it met a value it cannot decode."""


class _Unknown:
    """A value that is not known before apply."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


class Diagnostic(NamedTuple):
    """What the provider says: `path` holds attribute names and element keys."""

    error: bool
    summary: str
    detail: str
    path: tuple[str | int, ...]


_CONSTANTS = ((None, b"\xc0"), (UNKNOWN, b"\xd4\x00\x00"), (True, b"\xc3"), (False, b"\xc2"))


def packed(value: Any) -> bytes:
    """Encode a value as MessagePack, the way Terraform does."""
    for constant, code in _CONSTANTS:
        if value is constant:
            return code
    if isinstance(value, int):
        if -(2**63) <= value < 2**63:
            return b"\xd3" + struct.pack(">q", value)
        return packed(str(value))
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode()
        return b"\xdb" + struct.pack(">I", len(raw)) + raw
    if isinstance(value, dict):
        parts = [b"\xdf", struct.pack(">I", len(value))]
        for key, item in value.items():
            parts += (packed(key), packed(item))
        return b"".join(parts)
    return b"".join((b"\xdd", struct.pack(">I", len(value)), *map(packed, value)))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, data: bytes) -> bytes:
    """Encode a length-delimited protobuf field."""
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Yield the (number, value) pairs of a protobuf message; values are bytes or integers."""
    at, end = 0, len(data)
    while at < end:
        key, at = _read_varint(data, at)
        if key & 7 == 2:
            size, at = _read_varint(data, at)
            yield key >> 3, data[at : at + size]
            at += size
        elif key & 7 == 0:
            value, at = _read_varint(data, at)
            yield key >> 3, value
        else:
            raise ValueError(f"unexpected protobuf wire type {key & 7}")


def _path(data: bytes) -> tuple[str | int, ...]:
    steps: list[str | int] = []
    for number, step in fields(data):
        if number == 1:
            for kind, value in fields(step):
                steps.append(value if kind == 3 else value.decode())
    return tuple(steps)


def _diagnostic(data: bytes) -> Diagnostic:
    found: dict[int, Any] = dict(fields(data))
    return Diagnostic(
        found.get(1) == 1,
        found.get(2, b"").decode(),
        found.get(3, b"").decode(),
        _path(found.get(4, b"")),
    )


class _Connection:
    """An HTTP/2 connection with one stream at a time."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._buffer = b""
        self._stream = -1
        self._initial = 65_535
        self._room, self._stream_room = 65_535, 0
        settings = struct.pack(">HI", 4, _WIDE)
        window = struct.pack(">I", _WIDE - 65_535)
        self._socket.sendall(
            _PREFACE + self._frame(_SETTINGS, 0, 0, settings) + self._frame(_WINDOW, 0, 0, window)
        )

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    @staticmethod
    def _frame(kind: int, flags: int, stream: int, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data))[1:]
            + bytes((kind, flags))
            + struct.pack(">I", stream)
            + data
        )

    def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            more = self._socket.recv(1 << 20)
            if not more:
                raise ConnectionError("the provider closed the connection")
            self._buffer += more
        out, self._buffer = self._buffer[:size], self._buffer[size:]
        return out

    def _headers(self, method: str) -> bytes:
        pairs = (
            (":method", "POST"),
            (":scheme", "http"),
            (":path", SERVICE + method),
            (":authority", "localhost"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        )
        out = bytearray()
        for name, value in pairs:  # literal, never indexed, no Huffman code
            out += bytes((0x10, len(name))) + name.encode() + bytes((len(value),)) + value.encode()
        return bytes(out)

    def call(self, method: str, message: bytes) -> bytes:
        """Send a request and return the message of the response."""
        self._stream += 2
        self._stream_room = self._initial
        self._socket.sendall(self._frame(_HEADERS, 4, self._stream, self._headers(method)))
        rest = b"\0" + struct.pack(">I", len(message)) + message
        while rest:
            size = min(_FRAME, len(rest), self._room, self._stream_room)
            if size <= 0:
                self._next()
                continue
            last = 1 if size == len(rest) else 0
            self._socket.sendall(self._frame(_DATA, last, self._stream, rest[:size]))
            rest = rest[size:]
            self._room -= size
            self._stream_room -= size
        return self._response(method)

    def _response(self, method: str) -> bytes:
        body = bytearray()
        while True:
            kind, flags, data = self._next()
            if kind == _DATA:
                body += data
            elif kind == _RESET or (kind == _HEADERS and flags & 1):
                break
        if len(body) < 5:
            raise RefusedCallError(f"{method}: the provider refused the call")
        self._socket.sendall(self._frame(_WINDOW, 0, 0, struct.pack(">I", len(body))))
        return bytes(body[5:])

    def _next(self) -> tuple[int, int, bytes]:
        """Read one frame and answer what the protocol wants answered."""
        head = self._read(9)
        size = int.from_bytes(head[:3], "big")
        kind, flags = head[3], head[4]
        stream = int.from_bytes(head[5:9], "big")
        data = self._read(size)
        if kind == _SETTINGS and not flags & 1:
            for at in range(0, size, 6):
                key, value = struct.unpack_from(">HI", data, at)
                if key == 4:
                    self._stream_room += value - self._initial
                    self._initial = value
            self._socket.sendall(self._frame(_SETTINGS, 1, 0, b""))
        elif kind == _PING and not flags & 1:
            self._socket.sendall(self._frame(_PING, 1, 0, data))
        elif kind == _WINDOW:
            room = int.from_bytes(data, "big")
            if stream == 0:
                self._room += room
            elif stream == self._stream:
                self._stream_room += room
        elif kind == _GOAWAY:
            raise ConnectionError("the provider is going away")
        return kind, flags, data


class Plugin:
    """A running provider. `binary` is its executable."""

    def __init__(self, binary: Path) -> None:
        self._process = subprocess.Popen(
            [str(binary)],
            env={**os.environ, **HANDSHAKE},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        parts = line.strip().split("|")
        if len(parts) < 5 or parts[4] != "grpc":
            self._process.kill()
            raise ConnectionError(f"this is no provider: it said {line!r}")
        self._connection = _Connection(parts[3])

    def __enter__(self) -> Plugin:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()

    def schema(self) -> bytes:
        """Return the provider's schema as its protobuf message."""
        return self._connection.call("GetSchema", b"")

    def validate(self, mode: str, type: str, value: dict[str, Any]) -> Sequence[Diagnostic]:
        """Validate a configuration: `mode` "resource", "data" or "provider"."""
        config = _field(1, packed(value))
        if mode == "provider":
            answer = self._connection.call("PrepareProviderConfig", _field(1, config))
            wanted = 2
        elif mode == "data":
            request = _field(1, type.encode()) + _field(2, config)
            answer, wanted = self._connection.call("ValidateDataSourceConfig", request), 1
        else:
            # Field 3 says that the client knows write-only attributes, as Terraform 1.11 does.
            request = _field(1, type.encode()) + _field(2, config) + _field(3, b"\x10\x01")
            answer, wanted = self._connection.call("ValidateResourceTypeConfig", request), 1
        return [_diagnostic(data) for number, data in fields(answer) if number == wanted]
