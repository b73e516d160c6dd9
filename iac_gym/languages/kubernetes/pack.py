"""The data pack of API schemas: an index first, then one small compressed record per definition.

Layout: magic, three lengths (dictionary, index, number of records), the zlib-compressed dictionary
and index, the records' offsets, the records. A record is compressed with the shared dictionary and
read when it is first needed, so a Deployment costs its own definitions only.

A definition is `[name, fields, required]`. A field's type is one of

- `s` string, `b` boolean, `i` int32, `l` int64, `n` number, `q` quantity, `p` int or string,
  `y` base64, `t` date-time, `o` any mapping, `x` anything;
- a number: the definition of that index; `["a", type]` a list; `["m", type]` a mapping of strings.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

MAGIC = b"K8SP"
PATH = Path(__file__).parent / "data" / "kubernetes.bin"
_HEAD = struct.Struct("<4sIII")


class Pack:
    """A pack in memory: `index` holds "versions", "kinds" and "source"; `record` one definition."""

    def __init__(self, data: bytes) -> None:
        magic, dictionary, index, count = _HEAD.unpack_from(data)
        if magic != MAGIC:
            raise ValueError("this file is no Kubernetes data pack; build it again")
        place = _HEAD.size
        self._dictionary = zlib.decompress(data[place : place + dictionary])
        place += dictionary
        self.index: dict[str, Any] = json.loads(zlib.decompress(data[place : place + index]))
        place += index
        self._offsets = struct.unpack_from(f"<{count + 1}I", data, place)
        self._records = data[place + 4 * (count + 1) :]

    def __len__(self) -> int:
        """Return the number of definitions."""
        return len(self._offsets) - 1

    def record(self, place: int) -> list[Any]:
        """Read one definition: `[name, fields, required]`."""
        unpack = zlib.decompressobj(zdict=self._dictionary)
        raw = unpack.decompress(self._records[self._offsets[place] : self._offsets[place + 1]])
        found: list[Any] = json.loads(raw)
        return found


def write(index: Mapping[str, Any], definitions: Sequence[Any]) -> bytes:
    """Make a pack: the same definitions give the same bytes."""
    raws = [json.dumps(d, separators=(",", ":"), sort_keys=False).encode() for d in definitions]
    dictionary = _common(raws)
    records = []
    for raw in raws:
        press = zlib.compressobj(9, zdict=dictionary)
        records.append(press.compress(raw) + press.flush())
    offsets = [0]
    for record in records:
        offsets.append(offsets[-1] + len(record))
    head = zlib.compress(json.dumps(index, separators=(",", ":")).encode(), 9)
    small = zlib.compress(dictionary, 9)
    return b"".join(
        (
            _HEAD.pack(MAGIC, len(small), len(head), len(records)),
            small,
            head,
            struct.pack(f"<{len(offsets)}I", *offsets),
            *records,
        )
    )


def _common(raws: Sequence[bytes]) -> bytes:
    """Choose a dictionary: definitions spread over all of them, as much as zlib can look back."""
    step = max(1, len(raws) // 80)
    return b"".join(raw[:400] for raw in raws[::step])[-32_000:]


@cache
def kubernetes_pack() -> Pack:
    """Read the pack that ships with the package, once."""
    return Pack(PATH.read_bytes())
