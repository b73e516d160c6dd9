"""The named templates of a chart: where they are defined, and who uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any

from iac_gym.formats.gotemplate import TemplateError, parse
from iac_gym.formats.gotemplate.helm import HELM_NAMES
from iac_gym.formats.gotemplate.nodes import Call, Command, Identifier, String
from iac_gym.languages.helm.chart import Chart

#: Most nodes of one template that are looked at.
_MOST_NODES = 50_000


@dataclass(frozen=True, slots=True)
class Helper:
    """A named template. `users` are the files that include it, itself not counted."""

    name: str
    file: str
    line: int
    users: tuple[str, ...] = ()

    @property
    def used(self) -> bool:
        """Whether any template includes it."""
        return bool(self.users)


@lru_cache(maxsize=1024)
def scanned(text: str) -> tuple[tuple[tuple[str, int], ...], frozenset[tuple[str, str]]]:
    """Return ((name, line) of each definition, (template that calls, name called)) of a file.

    The file's own body calls as "".
    """
    try:
        trees = parse("", text, HELM_NAMES)
    except TemplateError:
        return (), frozenset()
    defined = tuple(
        (name, text.count("\n", 0, tree.at) + 1) for name, tree in trees.items() if name
    )
    called = {(name, other) for name, tree in trees.items() for other in _called(tree.root)}
    return defined, frozenset(called)


def _called(root: Any) -> Iterator[str]:
    pending: list[Any] = list(root)
    for node in pending:  # grows as it is read
        if isinstance(node, Call):
            yield node.name
        elif isinstance(node, Command) and len(node.args) > 1:
            first, second = node.args[0], node.args[1]
            if isinstance(first, Identifier) and first.name == "include":
                yield second.text if isinstance(second, String) else ""
        if len(pending) < _MOST_NODES:
            pending += _inner(node)


def _inner(node: Any) -> Iterator[Any]:
    if not is_dataclass(node):
        return
    for each in fields(node):
        value = getattr(node, each.name)
        if isinstance(value, list):
            yield from value
        elif is_dataclass(value):
            yield value


def helpers_of(chart: Chart) -> dict[str, Helper]:
    """Return the named templates of a chart and its subcharts."""
    found: dict[str, tuple[str, int]] = {}
    users: dict[str, list[str]] = {}
    for each in chart.every():
        for path, text in each.templates.items():
            where = each.path(path)
            defined, called = scanned(text)
            for name, line in defined:
                found.setdefault(name, (where, line))
            for caller, name in called:
                if caller != name:
                    users.setdefault(name, []).append(where)
    return {
        name: Helper(name, *place, tuple(sorted(set(users.get(name, ())))))
        for name, place in found.items()
    }
