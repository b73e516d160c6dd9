"""The data pack: fields of structs, what templates may use, and names of time zones."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resource
from typing import Any


@cache
def _pack() -> Mapping[str, Any]:
    pack = resource("iac_gym.languages.alertmanager") / "data" / "alertmanager.bin"
    found: Mapping[str, Any] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def structs() -> Mapping[str, Mapping[str, str]]:
    """Return the fields of each struct with the names of their types."""
    found: Mapping[str, Mapping[str, str]] = _pack()["structs"]
    return found


@cache
def zones() -> frozenset[str]:
    """Return the names of time zones that Go knows."""
    return frozenset((*_pack()["zones"], "", "Local"))


@cache
def functions() -> frozenset[str]:
    """Return the functions that templates may call, beside Go's own."""
    return frozenset(_pack()["functions"])


@cache
def templates() -> frozenset[str]:
    """Return the names of the templates that are built in."""
    return frozenset(_pack()["templates"])
