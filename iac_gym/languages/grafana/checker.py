"""What the checks of Grafana's files share: where findings go, and tests of types and words."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from functools import cache
from typing import Any

from iac_gym.formats.yaml_tree import Mark, YamlList, YamlMap
from iac_gym.languages.grafana.model import Dashboard, Grafana, Part
from iac_gym.languages.grafana.values import is_number, kind

#: Most findings of one rule, and most for which the nearest known name is looked for.
MOST_FINDINGS = 30
MOST_HINTS = 5
TYPES = "values-have-their-type"

#: Words for types in tables -> how they are said.
_SAID = {
    "text": "text",
    "truth": "true or false",
    "number": "a number",
    "whole": "a whole number",
    "object": "an object",
    "list": "a list",
    "texts": "a list of texts",
    "objects": "a list of objects",
    "any": "anything",
}


def fits(value: Any, of: str) -> bool:
    """Whether a value that is not null has a type."""
    if of in ("text", "truth", "object", "list"):
        return value.__class__ is {"text": str, "truth": bool, "object": YamlMap}.get(of, YamlList)
    if of == "number":
        return is_number(value)
    if of == "whole":
        return value.__class__ is int or (value.__class__ is float and value.is_integer())
    if of == "any":
        return True
    inner = {"texts": "text", "objects": "object"}[of]
    return value.__class__ is YamlList and all(fits(one, inner) for one in value)


#: Classes whose values surely have a type.
_CERTAIN: dict[str, tuple[type, ...]] = {
    "text": (str,), "truth": (bool,), "number": (int, float), "whole": (int,),
    "object": (YamlMap,), "list": (YamlList,),
}  # fmt: skip


@cache
def _classes(of: str) -> frozenset[type]:
    return frozenset(one for part in of.split("|") for one in _CERTAIN.get(part, ()))


class Checker:
    """Collects the findings of one answer; `part` is the file that is being checked."""

    def __init__(self, model: Grafana) -> None:
        self.model = model
        self.part: Dashboard | Part | None = None
        self._hints = 0

    def bad(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding."""
        found = self.model.faults.setdefault(rule, [])
        if len(found) < MOST_FINDINGS:
            found.append(self.model.finding(message, self.part, mark, hint))

    def near(self, word: Any, allowed: Collection[str]) -> str:
        """Return a hint with the nearest known name."""
        self._hints += 1
        if self._hints > MOST_HINTS:
            return ""
        close = difflib.get_close_matches(str(word)[:60], sorted(allowed), n=1, cutoff=0.6)
        return f"did you mean `{close[0]}`?" if close else ""

    def types(self, tree: YamlMap, table: dict[str, str], where: str) -> None:
        """Report values that are not null and have another type than a table says."""
        for key in table.keys() & tree.keys():
            value, of = tree[key], table[key]
            if value is None or value.__class__ in _classes(of):
                continue
            if any(fits(value, one) for one in of.split("|")):
                continue
            said = " or ".join(_SAID[one] for one in of.split("|"))
            found = kind(value) if of not in ("texts", "objects") else "this"
            message = f"{where}: `{key}` must be {said}, not {found}"
            self.bad(TYPES, message, tree.marks[key])

    def word(
        self, tree: YamlMap, key: str, allowed: Collection[str], rule: str, where: str
    ) -> None:
        """Report a text that is not among those allowed."""
        value = tree.get(key)
        if value.__class__ is str and value and value not in allowed and "$" not in value:
            few = sorted(allowed) if len(allowed) < 12 else []
            hint = self.near(value, allowed) or (f"one of {', '.join(few)}" if few else "")
            self.bad(rule, f"{where}: `{key}` is `{value[:60]}`", tree.marks[key], hint)
