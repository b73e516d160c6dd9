"""Rewritings of a configuration that mean the same to the collector, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.yaml import dump, load
from iac_gym.formats.yaml_scalars import COMPOSE

#: Sections whose components have names that others use.
KINDS = ("receivers", "processors", "exporters", "connectors", "extensions")
_UNITS = {
    "1m": "60s", "60s": "1m", "10m": "600s", "30s": "30000ms", "15s": "15000ms", "10s": "10000ms",
    "5s": "5000ms", "2s": "2000ms", "1s": "1000ms", "200ms": "0.2s",
}  # fmt: skip
_ENV = re.compile(r"\$\{env:(\w+)\}")
_DURATIONS = frozenset(
    """timeout check_interval collection_interval initial_delay decision_wait
    metrics_flush_interval initial_interval max_interval max_elapsed_time interval
    max_staleness""".split()
)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _opened(tree: Any) -> Any:
    """Write `{}` for components and protocols that are only opened."""
    for kind in KINDS:
        for name, one in (tree.get(kind) or {}).items():
            if one is None:
                tree[kind][name] = {}
            elif isinstance(one.get("protocols"), dict):
                one["protocols"] = {
                    key: {} if value is None else value for key, value in one["protocols"].items()
                }
    return tree


def _closed(tree: Any) -> Any:
    """Write nothing for components and protocols without settings."""
    for kind in KINDS:
        for name, one in (tree.get(kind) or {}).items():
            if one == {}:
                tree[kind][name] = None
            elif isinstance(one, dict) and isinstance(one.get("protocols"), dict):
                one["protocols"] = {key: value or None for key, value in one["protocols"].items()}
    return tree


def _units(value: Any, key: Any = None) -> Any:
    if isinstance(value, dict):
        return {name: _units(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_units(item) for item in value]
    return _UNITS.get(value, value) if key in _DURATIONS and isinstance(value, str) else value


def _from_environment(value: Any, key: Any = None) -> Any:
    """Write addresses as defaults of variables."""
    if isinstance(value, dict):
        return {name: _from_environment(item, name) for name, item in value.items()}
    if key == "endpoint" and isinstance(value, str) and "$" not in value:
        return "${env:ENDPOINT_UNSET:-" + value + "}"
    return value


def _short_environment(value: Any) -> Any:
    """Write `${env:NAME}` as `${NAME}`."""
    if isinstance(value, dict):
        return {key: _short_environment(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_short_environment(item) for item in value]
    return _ENV.sub(r"${\1}", value) if isinstance(value, str) else value


def _unused(tree: Any) -> Any:
    tree["processors"] = {**(tree.get("processors") or {}), "batch/not-used": None}
    return tree


_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "keys in the opposite order": _backwards,
    "opened with {}": _opened,
    "opened with nothing": _closed,
    "other units": _units,
    "addresses from the environment": _from_environment,
    "short names of the environment": _short_environment,
    "an unused processor": _unused,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        for change, rewrite in _CHANGES.items():
            tree = _plain(load(text, COMPOSE).value)
            yield change, {**files, path: dump([rewrite(tree)])}
        tree = _plain(load(text, COMPOSE).value)
        yield "JSON", {**files, path: json.dumps(tree, indent=2)}
        flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=80)
        yield "flow style", {**files, path: flow}
        yield "a comment", {**files, path: f"# written by hand\n{text}# the end\n"}
