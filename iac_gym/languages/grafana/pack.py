"""The data pack: units, transformations, matchers, reducers and the words of options."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resource
from typing import Any


@cache
def _pack() -> Mapping[str, Any]:
    pack = resource("iac_gym.languages.grafana") / "data" / "grafana.bin"
    found: Mapping[str, Any] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def words(name: str) -> frozenset[str]:
    """Return a list of the pack: "units", "transformations", "matchers" or "reducers"."""
    return frozenset(_pack()[name])


@cache
def enum(name: str) -> frozenset[str]:
    """Return the words of an enumeration of Grafana's schema."""
    return frozenset(_pack()["enums"][name])
