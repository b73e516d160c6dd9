"""`spec:inputs` of the header document, and `$[[ inputs.name ]]` in the configuration.

An input with a default is replaced by it; one without stays what only the caller knows: `UNSEEN`.
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.gitlab_ci.expand import UNSEEN, Note

MARK = "$[["
#: Most characters that are put in for inputs.
MOST_CHARACTERS = 1 << 16
_BLOCK = re.compile(r"\$\[\[\s*([^\]\[]{0,300}?)\s*\]\]")
_ACCESS = re.compile(r"inputs\.([A-Za-z0-9_-]+)(\s*\|.*)?", re.DOTALL)


class Interpolation:
    """Replaces the inputs of a configuration; `unknown` collects names that are not declared."""

    def __init__(self, header: YamlMap, note: Note) -> None:
        self.note = note
        self.left = MOST_CHARACTERS
        spec = header.get("spec")
        declared = spec.get("inputs") if spec.__class__ is YamlMap else None
        self.declared: dict[str, Any] = {}
        for name, given in declared.items() if declared.__class__ is YamlMap else ():
            settings = given if given.__class__ is YamlMap else {}
            self.declared[str(name)] = settings.get("default", UNSEEN)
        self.partial = "include" in spec if spec.__class__ is YamlMap else False
        self.unknown: list[tuple[str, tuple[int, int]]] = []

    def value(self, value: Any, mark: tuple[int, int]) -> Any:
        """Return a value with its inputs replaced."""
        if value.__class__ is str:
            return self._text(value, mark) if MARK in value else value
        if value.__class__ is YamlMap:
            made = YamlMap(value.mark)
            for key, item in value.items():
                name = self._text(key, value.key_marks[key]) if _has(key) else key
                name = key if isinstance(name, (dict, list)) or name is UNSEEN else name
                made[name] = self.value(item, value.marks[key])
                made.marks[name] = value.marks[key]
                made.key_marks[name] = value.key_marks[key]
            return made
        if value.__class__ is YamlList:
            listed = YamlList(value.mark)
            listed.extend(self.value(item, at) for item, at in zip(value, value.marks, strict=True))
            listed.marks = value.marks
            return listed
        return value

    def _text(self, text: str, mark: tuple[int, int]) -> Any:
        whole = _BLOCK.fullmatch(text)
        if whole:
            return self._block(whole[1], mark)
        found = [self._block(block, mark) for block in _BLOCK.findall(text)]
        if any(one is UNSEEN or isinstance(one, (dict, list)) for one in found):
            return UNSEEN
        self.left -= sum(len(str(one)) for one in found)
        if self.left < 0:
            self.note("size", "the inputs stand for more than can be examined", mark)
            return UNSEEN
        parts = iter(found)
        return _BLOCK.sub(lambda _: str(next(parts)), text)

    def _block(self, block: str, mark: tuple[int, int]) -> Any:
        access = _ACCESS.fullmatch(block)
        if not access:
            return UNSEEN
        if access[1] not in self.declared:
            if not self.partial:
                self.unknown.append((access[1], mark))
            return UNSEEN
        return UNSEEN if access[2] else self.declared[access[1]]


def _has(key: Any) -> bool:
    return key.__class__ is str and MARK in key
