"""The data pack: components of the distribution, and settings of the collector's own structs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resource
from typing import Any


@cache
def _pack() -> Mapping[str, Any]:
    pack = resource("iac_gym.languages.otel_collector") / "data" / "otel-collector.bin"
    found: Mapping[str, Any] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def struct(name: str) -> Mapping[str, str]:
    """Return the fields of a struct with their types."""
    found: Mapping[str, str] = _pack()["structs"][name]
    return found


@cache
def modules(kind: str) -> frozenset[str]:
    """Return the modules of a kind, without `_`: "memorylimiter"."""
    return frozenset(_pack()["components"].get(kind, ()))
