"""Texts with templates -> values, as far as their variables are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iac_gym.formats.jinja import JinjaError, parse_expression, parse_template
from iac_gym.formats.yaml_scalars import Untemplated, Vaulted
from iac_gym.languages.ansible.evaluate import OMIT, UNDEFINED, UNKNOWN, evaluate, truth
from iac_gym.languages.ansible.evaluate_values import Unknown

__all__ = ["Folder", "Unknown"]

_MOST_DEPTH = 12
_MOST_FOLDS = 2_000
_MOST_TEXT = 20_000


class Folder:
    """Folds values with one way to look variables up.

    `find` gives the written value of a variable, `UNKNOWN` or `UNDEFINED`. What it gives is folded
    in turn, as Ansible templates lazily. One folder serves one task and stops after many steps.
    """

    def __init__(self, find: Callable[[str], Any]) -> None:
        self.find = find
        self.depth = 0
        self.count = 0
        self.seen: dict[str, Any] = {}

    def __call__(self, name: str) -> Any:
        """Return the value of a variable, templates in it folded."""
        if name == "omit":
            return OMIT
        if name not in self.seen:
            self.seen[name] = UNKNOWN  # while it is being folded: a circle is not known
            self.seen[name] = self._exact(self.find(name))
        return self.seen[name]

    def _exact(self, value: Any) -> Any:
        """Fold a value; what is not wholly known is UNKNOWN, but lists and mappings keep parts."""
        made = self.fold(value)
        return UNKNOWN if made.__class__ is Unknown else made

    def fold(self, value: Any) -> Any:
        """Return a value with every template in it replaced as far as it is known.

        What is not known stays as a text of the class `Unknown`; `OMIT` is left out of mappings.
        """
        self.count += 1
        if self.depth > _MOST_DEPTH or self.count > _MOST_FOLDS:
            return Unknown(value) if isinstance(value, str) else value
        if isinstance(value, str):
            return self._text(value) if "{" in value else _plain(value)
        if not isinstance(value, (dict, list)):
            return value
        self.depth += 1
        try:
            if isinstance(value, Mapping):
                made = {key: self.fold(one) for key, one in value.items()}
                return {key: one for key, one in made.items() if one is not OMIT}
            return [one for one in map(self.fold, value) if one is not OMIT]
        finally:
            self.depth -= 1

    def _text(self, text: str) -> Any:
        if text.__class__ is Untemplated or ("{{" not in text and "{%" not in text):
            return _plain(text)
        if text.__class__ is Vaulted or len(text) > _MOST_TEXT:
            return Unknown(text)
        try:
            parsed = parse_template(text)
        except JinjaError:
            return Unknown(text)
        if not parsed.flat:
            return Unknown(text)
        self.depth += 1
        try:
            if (single := parsed.single) is not None:
                return self._single(single, text)
            return self._joined(parsed.body.items, text)
        finally:
            self.depth -= 1

    def _single(self, node: Any, text: str) -> Any:
        value = evaluate(node, self)
        return Unknown(text.strip()) if value is UNKNOWN or value is UNDEFINED else value

    def _joined(self, nodes: tuple[Any, ...], text: str) -> Any:
        """Return data and expressions in one text; unknown expressions keep their braces."""
        made, whole = [], True
        for node, written in zip(nodes, _pieces(nodes, text), strict=True):
            if node.kind == "data":
                made.append(node.value)
                continue
            values = [evaluate(one, self) for one in node.items]
            known = all(v is not UNKNOWN and v is not UNDEFINED for v in values)
            whole = whole and known
            made.append("".join([_spoken(v) for v in values]) if known else written)
        joined = "".join(made)
        return joined if whole else Unknown(joined)

    def condition(self, value: Any) -> bool | None:
        """Return whether a condition (of `when` and the like) holds, None if a run must tell."""
        if isinstance(value, bool):
            return value
        if not isinstance(value, str):
            return None if isinstance(value, (dict, list)) else bool(value)
        if not value.strip():
            return True
        try:
            node = parse_expression(_inner(value)).body
        except JinjaError:
            return None
        found = evaluate(node, self)
        if isinstance(found, str) and found.__class__ is not Unknown:
            return self._word(found)
        return truth(found)

    def _word(self, text: str) -> bool | None:
        """A variable may hold another condition as text; words for truth are the usual case."""
        word = text.strip().lower()
        if word in ("true", "yes", "on", "1"):
            return True
        return False if word in ("false", "no", "off", "0", "") else None


def _inner(text: str) -> str:
    """Return a condition without the braces that some write around all of it."""
    stripped = text.strip()
    if stripped.startswith("{{") and stripped.endswith("}}") and "{{" not in stripped[2:]:
        return stripped[2:-2]
    return stripped


def _plain(text: str) -> Any:
    return text if text.__class__ is str else str(text)


def _spoken(value: Any) -> str:
    return "" if value is OMIT else str(value)


def _pieces(nodes: tuple[Any, ...], text: str) -> list[str]:
    """Return what is written of each node; expressions as `{{ x }}` with single blanks."""
    pieces, at = [], 0
    for node in nodes:
        if node.kind == "data":
            pieces.append("")
            continue
        start = text.find("{{", at)
        end = text.find("}}", max(node.at, start))
        if start < 0 or end < 0:
            pieces.append("{{ ... }}")
            continue
        pieces.append("{{ " + text[start + 2 : end].strip("- ") + " }}")
        at = end + 2
    return pieces
