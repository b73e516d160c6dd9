"""Writes out `Fn::ForEach`, as the transform AWS::LanguageExtensions does.

A loop whose collection is not known before deployment, or that would make too much, is left as it
is. Source:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.cloudformation.model import LANGUAGE_EXTENSIONS
from iac_gym.languages.cloudformation.parameters import is_list, value_of

LOOP = re.compile(r"Fn::ForEach::[a-zA-Z0-9]+")
#: Most values that all loops of a template may make, and deepest nesting of values in them.
MOST_MADE = 10_000
MOST_DEPTH = 100
_VARIABLE = re.compile(r"[$&]\{([A-Za-z0-9]+)\}")
_NOT_ALPHANUMERIC = re.compile(r"[^A-Za-z0-9]")


LOOP_SHAPE = "a loop is a list of a name, a collection, and a mapping of what is repeated"


def is_loop(given: Any) -> bool:
    """Whether a loop has its three parts: a name, a collection, and what is repeated."""
    if not isinstance(given, list) or len(given) != 3 or given[0].__class__ is not str:
        return False
    return isinstance(given[1], list | dict) and isinstance(given[2], dict)


def expand(tree: YamlMap) -> YamlMap:
    """Return a template with its loops written out; the same one where it has none."""
    given = tree.get("Transform")
    names = given if isinstance(given, list) else [given]
    return _Expansion(tree).top() if LANGUAGE_EXTENSIONS in names else tree


class _TooMuch(Exception):
    """The loops make more than is read."""


class _Expansion:
    def __init__(self, tree: YamlMap) -> None:
        self._tree = tree
        self._made = 0

    def top(self) -> YamlMap:
        try:
            made = self._value(self._tree, {}, 0)
        except _TooMuch:
            return self._tree
        return made if isinstance(made, YamlMap) else self._tree

    def _value(self, node: Any, names: Mapping[str, str], depth: int) -> Any:
        if depth > MOST_DEPTH:
            return node
        if isinstance(node, YamlMap):
            if (
                names
                and len(node) == 1
                and node.get("Ref").__class__ is str
                and node["Ref"] in names
            ):
                return names[node["Ref"]]
            made = self._map(node, names, depth)
            text = made.get("Fn::Sub") if names and len(made) == 1 else None
            return text if text.__class__ is str and "${" not in text else made
        if isinstance(node, YamlList):
            return self._list(node, names, depth)
        return _replaced(node, names) if names and node.__class__ is str else node

    def _list(self, node: YamlList, names: Mapping[str, str], depth: int) -> YamlList:
        made = YamlList(node.mark)
        made.marks = node.marks
        made += [self._value(item, names, depth + 1) for item in node]
        self._pay(len(node) if names else 0)
        return made

    def _map(self, node: YamlMap, names: Mapping[str, str], depth: int) -> YamlMap:
        made = YamlMap(node.mark)
        self._pay(len(node) if names else 0)
        for key, value in node.items():
            mark, key_mark = node.marks[key], node.key_marks[key]
            if key.__class__ is str and LOOP.fullmatch(key):
                if not self._loop(made, value, names, depth, key_mark):
                    _put(made, key, value, mark, key_mark)
                continue
            name = _replaced(key, names) if names and key.__class__ is str else key
            _put(made, name, self._value(value, names, depth + 1), mark, key_mark)
        return made

    def _loop(
        self, into: YamlMap, loop: Any, names: Mapping[str, str], depth: int, mark: Mark
    ) -> bool:
        """Write out a loop into the mapping that holds it; whether that could be done."""
        if not isinstance(loop, list) or len(loop) != 3 or loop[0].__class__ is not str:
            return False
        name, collection, body = loop
        items = self._collection(collection, names)
        if items is None or not isinstance(body, YamlMap):
            return False
        for item in items:
            inner = {**names, name: item}
            for key, value, at in self._entries(body, inner, depth + 1):
                _put(into, key, value, at, mark)
        return True

    def _entries(
        self, body: YamlMap, names: Mapping[str, str], depth: int
    ) -> Iterator[tuple[str, Any, Mark]]:
        made = self._map(body, names, depth)
        for key, value in made.items():
            yield key, value, made.marks[key]

    def _collection(self, node: Any, names: Mapping[str, str]) -> list[str] | None:
        """Return the items of a collection, None where they are not known."""
        if isinstance(node, dict) and len(node) == 1 and "Ref" in node:
            return self._parameter(node["Ref"])
        if not isinstance(node, list):
            return None
        found: list[str] = []
        for item in node:
            if isinstance(item, dict):
                single = self._parameter(item.get("Ref"), names)
                if single is None:
                    return None
                found += single
            elif isinstance(item, list) or item is None:
                return None
            else:
                found.append(str(item))
        return found

    def _parameter(self, name: Any, names: Mapping[str, str] | None = None) -> list[str] | None:
        if name.__class__ is not str:
            return None
        if names and name in names:
            return [names[name]]
        parameters = self._tree.get("Parameters")
        found = parameters.get(name) if isinstance(parameters, dict) else None
        value = value_of(name, found) if isinstance(found, dict) else None
        kind = found.get("Type") if isinstance(found, dict) else ""
        if isinstance(value, list) and isinstance(kind, str) and is_list(kind):
            return [str(item) for item in value]
        return [str(value)] if isinstance(value, str | int | float) else None

    def _pay(self, count: int) -> None:
        self._made += count
        if self._made > MOST_MADE:
            raise _TooMuch


def _put(into: YamlMap, key: Any, value: Any, mark: Mark, key_mark: Mark) -> None:
    into[key] = value
    into.marks[key] = mark
    into.key_marks[key] = key_mark


def _replaced(text: str, names: Mapping[str, str]) -> str:
    """Replace `${Name}`, and `&{Name}` by its letters and digits alone."""
    if "{" not in text:
        return text

    def value(found: re.Match[str]) -> str:
        known = names.get(found.group(1))
        if known is None:
            return found.group()
        return _NOT_ALPHANUMERIC.sub("", known) if found.group()[0] == "&" else known

    made = _VARIABLE.sub(value, text)
    if len(made) > 1 << 16:
        raise _TooMuch
    return made
