"""Values that no template reads, as far as their names tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.helm.chart import Chart

_READ = re.compile(r"\.Values\b((?:\.[A-Za-z_]\w*)*)")
#: Keys that Helm itself reads.
_OWN = ("global", "tags")
_MOST_DEPTH = 12

Steps = tuple[str, ...]


@lru_cache(maxsize=2048)
def _read(text: str) -> frozenset[Steps]:
    """Return the paths that a text reads; () where it takes the values as a whole."""
    found = (path.split(".", _MOST_DEPTH + 1) for path in _READ.findall(text))
    return frozenset(tuple(steps[1 : _MOST_DEPTH + 1]) for steps in found)


def unused_values(chart: Chart) -> Iterator[tuple[str, Mark]]:
    """Yield (path, place) of the values that neither the chart nor its libraries read."""
    read: set[Steps] = set()
    for each in (chart, *(child for child in chart.children if child.meta.is_library)):
        for text in each.templates.values():
            read |= _read(text)
    if () in read or chart.meta.is_library:
        return
    for value in chart.plain.values():
        if isinstance(value, str) and ".Values" in value:
            return  # a text for `tpl`
    named = {part for path in read for part in [path[:end] for end in range(1, len(path))]}
    yield from _unused(chart.values, (), read, named, _left_out(chart))


def _left_out(chart: Chart) -> set[Steps]:
    """Return the top keys that are read by somebody else: subcharts, conditions, Helm."""
    keys = {*_OWN, *(child.name for child in chart.children)}
    for one in chart.meta.dependencies:
        keys |= {one.key, *(part.strip().split(".")[0] for part in one.condition.split(","))}
    return {(key,) for key in keys}


def _unused(
    tree: YamlMap, above: Steps, read: set[Steps], named: set[Steps], left_out: set[Steps]
) -> Iterator[tuple[str, Mark]]:
    for key, value in tree.items():
        path = (*above, str(key))
        if path in read or path in left_out:
            continue
        if path not in named:
            yield ".".join(path), tree.key_marks[key]
        elif isinstance(value, YamlMap) and len(path) < _MOST_DEPTH:
            yield from _unused(value, path, read, named, left_out)
