"""Which conditions can hold at the same time: tried over the values that parameters may have."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

from iac_gym.formats.json_schema_base import frozen
from iac_gym.languages.cloudformation.model import Template

#: Most combinations of values that are tried.
_MOST_TRIED = 300
#: Most of all for one template.
_MOST_IN_ALL = 1_500
#: A value that is none of those compared with.
_OTHER = object()
_DEEPEST = 20

_Assignment = dict[Any, Any]


class Conditions:
    """The conditions of a template as formulas over what they compare."""

    def __init__(self, template: Template) -> None:
        self.template = template
        #: What is compared (frozen) -> the values that it may take.
        self.atoms: dict[Any, list[Any]] = {}
        self.frozen: dict[int, Any] = {}
        #: Names of conditions -> the answers that they can give together.
        self.tried: dict[tuple[str, ...], frozenset[tuple[bool | None, ...]]] = {}
        self.left = _MOST_IN_ALL
        for body in template.conditions.values():
            self._collect(body, 0)
        self._limit()

    def _collect(self, node: Any, depth: int) -> None:
        if depth > _DEEPEST:
            return
        if isinstance(node, dict):
            for key, item in node.items():
                if key == "Fn::Equals" and isinstance(item, list) and len(item) == 2:
                    self._equals(item[0], item[1])
                else:
                    self._collect(item, depth + 1)
        elif isinstance(node, list):
            for item in node:
                self._collect(item, depth + 1)

    def _equals(self, left: Any, right: Any) -> None:
        sides = [left, right]
        open_sides = [side for side in sides if isinstance(side, (dict, list))]
        words = [_word(side) for side in sides if not isinstance(side, (dict, list))]
        for side in open_sides:
            known = self.atoms.setdefault(frozen(side), [])
            known.extend(word for word in words if word not in known)

    def _limit(self) -> None:
        """Let each take another value too, unless all that are allowed are listed."""
        for atom, values in self.atoms.items():
            allowed = self._allowed(atom)
            if allowed is None:
                values.append(_OTHER)
            else:
                values[:] = allowed

    def _allowed(self, atom: Any) -> list[Any] | None:
        for name, body in self.template.parameters.items():
            if atom == frozen({"Ref": name}) and isinstance(body, dict):
                words = body.get("AllowedValues")
                if isinstance(words, list) and words:
                    return list(dict.fromkeys(_word(word) for word in words if _is_plain(word)))
        return None

    def holds(self, body: Any, given: _Assignment, depth: int = 0) -> bool | None:
        """Work out a condition for some values; None where it is not understood."""
        if not isinstance(body, dict) or len(body) != 1 or depth > _DEEPEST:
            return None
        key, item = next(iter(body.items()))
        if key == "Condition" and isinstance(item, str):
            return self.holds(self.template.conditions.get(item), given, depth + 1)
        if not isinstance(item, list) or not item:
            return None
        if key == "Fn::Equals" and len(item) == 2:
            return self._same(item[0], item[1], given)
        parts = [self.holds(part, given, depth + 1) for part in item]
        if key == "Fn::Not" and parts[0] is not None:
            return not parts[0]
        if key == "Fn::And":
            return False if False in parts else None if None in parts else True
        if key == "Fn::Or":
            return True if True in parts else None if None in parts else False
        return None

    def _same(self, left: Any, right: Any, given: _Assignment) -> bool | None:
        one, two = self._value(left, given), self._value(right, given)
        if one is _OTHER and two is _OTHER:
            return True if self._atom(left) == self._atom(right) else None
        return bool(one == two)

    def _value(self, side: Any, given: _Assignment) -> Any:
        if isinstance(side, (dict, list)):
            return given.get(self._atom(side), _OTHER)
        return _word(side)

    def _atom(self, side: Any) -> Any:
        """Return the frozen form of what is compared, which the tree keeps alive."""
        if id(side) not in self.frozen:
            self.frozen[id(side)] = frozen(side)
        return self.frozen[id(side)]

    def can(self, facts: Mapping[str, bool]) -> bool:
        """Whether the conditions can be as said; False too where trying it would take too long."""
        wanted = {name: said for name, said in facts.items() if name in self.template.conditions}
        if not wanted:
            return True
        names = tuple(sorted(wanted))
        if names not in self.tried:
            self.tried[names] = self._together(names)
        said = [wanted[name] for name in names]
        return any(
            all(one is None or one == two for one, two in zip(answers, said, strict=True))
            for answers in self.tried[names]
        )

    def _together(self, names: tuple[str, ...]) -> frozenset[tuple[bool | None, ...]]:
        """Return every combination of answers that some values give."""
        used = self._used(names)
        count = 1
        for atom in used:
            count *= max(1, len(self.atoms[atom]))
            if count > _MOST_TRIED:
                return frozenset()
        self.left -= count
        if self.left < 0:
            return frozenset()
        bodies = [self.template.conditions[name] for name in names]
        found = set()
        for values in itertools.product(*(self.atoms[atom] for atom in used)):
            given = dict(zip(used, values, strict=True))
            found.add(tuple([self.holds(body, given) for body in bodies]))
        return frozenset(found)

    def _used(self, names: Iterable[str]) -> list[Any]:
        """Return the atoms that some conditions depend on."""
        found: dict[Any, None] = {}
        seen: set[str] = set()
        todo: list[Any] = list(names)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                _atoms(self.template.conditions.get(name), found, todo, 0)
        return [atom for atom in found if atom in self.atoms]


def _atoms(node: Any, found: dict[Any, None], names: list[Any], depth: int) -> None:
    if depth > _DEEPEST:
        return
    if isinstance(node, dict):
        for key, item in node.items():
            if key == "Condition" and isinstance(item, str):
                names.append(item)
            elif key == "Fn::Equals" and isinstance(item, list):
                found.update(
                    (frozen(side), None) for side in item if isinstance(side, (dict, list))
                )
            else:
                _atoms(item, found, names, depth + 1)
    elif isinstance(node, list):
        for item in node:
            _atoms(item, found, names, depth + 1)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _word(value: Any) -> str:
    """Write a scalar as CloudFormation compares it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
