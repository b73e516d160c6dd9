"""How values come together: defaults, given values, subcharts, globals; as `chartutil` does it.

All functions work on plain values (`reading.as_values`). Values that are given win over defaults,
tables are merged, everything else is replaced, and a null removes a key.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.languages.helm.instance import Instance
from iac_gym.languages.helm.reading import copied

Values = dict[str, Any]
#: Is told what Helm warns of.
Warn = Callable[[str], None]

GLOBAL = "global"


class ValuesError(ValueError):
    """Values that Helm refuses to put together."""


def silent(_: str) -> None:
    """Drop a warning."""


def coalesce(chart: Instance, given: Values, warn: Warn = silent, *, merge: bool = False) -> Values:
    """Return the values of a chart and its subcharts, given ones first. Raises `ValuesError`.

    With `merge` nulls are kept, since the values will be put together once more.
    """
    return _coalesce(chart, copied(given), chart.name, warn, merge)


def _coalesce(chart: Instance, into: Values, prefix: str, warn: Warn, merge: bool) -> Values:
    _defaults(chart, into, prefix, warn, merge)
    for child in chart.children:
        own = into.setdefault(child.name, {})
        if not isinstance(own, dict):
            raise ValuesError(f"the values of the subchart {child.name} must be a mapping")
        _globals(own, into, warn)
        into[child.name] = _coalesce(child, own, f"{prefix}.{child.name}", warn, merge)
    return into


def _globals(into: Values, source: Values, warn: Warn) -> None:
    """Hand the global values down to a subchart."""
    own, given = into.get(GLOBAL, {}), source.get(GLOBAL, {})
    if not isinstance(own, dict) or not isinstance(given, dict):
        warn("global is no mapping and is skipped")
        return
    for key, value in given.items():
        if isinstance(value, dict):
            made = dict(value)
            if key in own and isinstance(own[key], dict):
                merge_tables(made, own[key], key, warn, merge=True)
            elif key in own:
                warn(f"global.{key}: a mapping cannot replace another value")
                continue
            own[key] = made
        elif not isinstance(own.get(key), dict):
            own[key] = value
    into[GLOBAL] = own


def _defaults(chart: Instance, into: Values, prefix: str, warn: Warn, merge: bool) -> None:
    """Fill what is not given from the chart's own values."""
    below = {child.name for child in chart.children}
    for key, default in chart.values.items():
        if key not in into:
            into[key] = copied(default)
            continue
        given = into[key]
        if given is None and not merge:
            del into[key]
        elif isinstance(given, dict):
            if isinstance(default, dict):
                keep = merge or key in below
                merge_tables(given, copied(default), f"{prefix}.{key}", warn, merge=keep)
            elif default is not None:
                warn(f"skipped value for {prefix}.{key}: not a table")


def merge_tables(
    into: Values, source: Values, prefix: str = "", warn: Warn = silent, *, merge: bool = False
) -> Values:
    """Put what `into` lacks into it; `merge` keeps nulls, which otherwise remove their keys."""
    for key, value in source.items():
        if key not in into:
            into[key] = value
            continue
        given = into[key]
        if given is None and not merge:
            del into[key]
        elif isinstance(value, dict):
            if isinstance(given, dict):
                merge_tables(given, value, f"{prefix}.{key}", warn, merge=merge)
            else:
                warn(f"cannot overwrite table with non table for {prefix}.{key}")
        elif isinstance(given, dict) and value is not None:
            warn(f"destination for {prefix}.{key} is a table; the other value is ignored")
    return into


def overlaid(base: Values, over: Values) -> Values:
    """Merge several values files: the later one wins, mappings are merged, nulls are kept."""
    made = dict(base)
    for key, value in over.items():
        known = made.get(key)
        made[key] = (
            overlaid(known, value) if isinstance(value, dict) and isinstance(known, dict) else value
        )
    return made


def table(values: Values, path: str) -> Values | None:
    """Return the mapping at a dotted path, None where there is none."""
    found: Any = values
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else None


def value_at(values: Values, path: str) -> Any:
    """Return what is not a mapping at a dotted path. Raises `KeyError` where there is none."""
    above, _, key = path.rpartition(".")
    parent = table(values, above) if above else values
    if parent is None or key not in parent or isinstance(parent[key], dict):
        raise KeyError(path)
    return parent[key]


def steps_of(path: str) -> list[str]:
    """Split `ingress.hosts[0].host` into its steps; an item of a list is its number."""
    return [step for step in path.replace("[", ".").replace("]", "").split(".") if step]


def put(values: Values, path: str, value: Any) -> Values:
    """Return copied values with one path set; what is in the way is replaced."""
    made: Values = copied(values)
    at: Any = made
    steps = steps_of(path)
    for count, step in enumerate(steps, start=1):
        key: Any = step
        if isinstance(at, list):
            key = int(step) if step.isdecimal() and int(step[:6]) < len(at) else None
        if key is None:
            break
        if count == len(steps):
            at[key] = copied(value)
            break
        inner = at[key] if isinstance(at, list) else at.get(key)
        if not isinstance(inner, (dict, list)):
            inner = at[key] = {}
        at = inner
    return made


def get(values: Any, path: str) -> Any:
    """Return the value at a path. Raises `KeyError` where there is none."""
    for step in steps_of(path):
        if isinstance(values, dict) and step in values:
            values = values[step]
        elif isinstance(values, list) and step.isdecimal() and int(step[:6]) < len(values):
            values = values[int(step[:6])]
        else:
            raise KeyError(path)
    return values
