"""Values of a template after folding: plain Python values, or what says that it is not known.

A folded value is a str, int, float, bool, None, a list, a dict, or

- `Unknown`: only the deployment will show it. `kind` says what it is: "resource" (`name` is the
  logical id, `attribute` that of `Fn::GetAtt`, "" for `Ref`), "parameter" (no default), "pseudo"
  (`AWS::AccountId` ...), "import" (an export of another stack), "zone" (an availability zone),
  "cidr", "secret" (a dynamic reference), "choice" (a condition that is not known), "opaque".
- `Joined`: a text of which some parts are `Unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

Folded = Any

#: Longest text and most parts that folding makes; beyond them a value is opaque.
MOST_TEXT = 1 << 16
MOST_PARTS = 500


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known before deployment. `options` are those of a "choice"."""

    kind: str
    name: str = ""
    attribute: str = ""
    options: tuple[Folded, ...] = ()

    def __str__(self) -> str:
        """Write it as `Fn::Sub` would: `${Bucket.Arn}`."""
        if self.kind == "choice":
            return "${...}"
        return "${" + (f"{self.name}.{self.attribute}" if self.attribute else self.name) + "}"

    @property
    def is_resource(self) -> bool:
        """Whether it is a resource's reference or attribute."""
        return self.kind == "resource"


@dataclass(frozen=True, slots=True)
class Joined:
    """A text with unknown parts: never two texts beside one another, never empty ones."""

    parts: tuple[str | Unknown, ...]

    def __str__(self) -> str:
        """Write it as `Fn::Sub` would."""
        return "".join(map(str, self.parts))


#: A value that nobody can say anything about, and the value that removes its key.
OPAQUE = Unknown("opaque")
NO_VALUE = Unknown("pseudo", "AWS::NoValue")


def is_known(value: Folded) -> bool:
    """Whether a value is known (its members may still be unknown)."""
    return value.__class__ is not Unknown and value.__class__ is not Joined


def as_text(value: Folded) -> str:
    """Write a known scalar as CloudFormation does: `true`, `14`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def join(values: Iterable[Folded], separator: str = "") -> Folded:
    """Concatenate folded values to one text; lists and mappings make it opaque."""
    parts: list[str | Unknown] = []
    size = 0
    for index, value in enumerate(values):
        if index and separator:
            _add(parts, separator)
            size += len(separator)
        if isinstance(value, Joined):
            for part in value.parts:
                _add(parts, part)
                size += len(part) if isinstance(part, str) else 1
        elif isinstance(value, Unknown):
            parts.append(value)
        elif isinstance(value, str | int | float):
            text = as_text(value)
            size += len(text)
            _add(parts, text)
        else:
            return OPAQUE
        if size > MOST_TEXT or len(parts) > MOST_PARTS:
            return OPAQUE
    if not parts:
        return ""
    return parts[0] if len(parts) == 1 else Joined(tuple(parts))


def _add(parts: list[str | Unknown], part: str | Unknown) -> None:
    if isinstance(part, str):
        if not part:
            return
        if parts and isinstance(last := parts[-1], str):
            parts[-1] = last + part
            return
    parts.append(part)


def split(value: Folded, separator: str) -> Folded:
    """Cut a text at a separator into a list; unknown parts stay whole."""
    if isinstance(value, str):
        return value.split(separator) if separator else [value]
    if not isinstance(value, Joined) or not separator:
        return OPAQUE
    pieces: list[list[str | Unknown]] = [[]]
    for part in value.parts:
        if isinstance(part, str):
            first, *rest = part.split(separator)
            _add(pieces[-1], first)
            pieces += [[one] if one else [] for one in rest]
        else:
            pieces[-1].append(part)
    return [join(piece) for piece in pieces]


def unknowns(value: Folded) -> Iterator[Unknown]:
    """Yield every unknown part of a value, members of lists and mappings included."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Unknown):
            yield one
            pending += one.options
        elif isinstance(one, Joined):
            pending += reversed(one.parts)
        elif isinstance(one, dict):
            pending += reversed(one.values())
        elif isinstance(one, list):
            pending += reversed(one)


def refers_to(value: Folded, logical_id: str, *attributes: str) -> bool:
    """Whether a resource is mentioned anywhere in a value; its attributes, where some are given."""
    return any(
        one.kind == "resource"
        and one.name == logical_id
        and (not attributes or one.attribute in attributes)
        for one in unknowns(value)
    )


def is_true(value: Folded) -> bool:
    """Whether a value is known to be true (`true` as text is)."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def is_false(value: Folded) -> bool:
    """Whether a value is known to be false (`false` as text is)."""
    return value is False or (isinstance(value, str) and value.lower() == "false")


def text_of(value: Folded, default: str = "") -> str:
    """Return a known scalar as text, else the default."""
    if isinstance(value, str):
        return value
    return as_text(value) if isinstance(value, bool | int | float) else default


def number_of(value: Folded, default: int | None = None) -> int | None:
    """Return a known whole number, also one that is written as a text; else the default."""
    if isinstance(value, bool):
        return default
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        return (
            int(value) if digits.isascii() and digits.isdecimal() and len(digits) < 16 else default
        )
    if isinstance(value, float) and abs(value) < 1e15 and value.is_integer():
        return int(value)
    return default


def list_of(value: Folded) -> list[Folded]:
    """Return a list; a single value is a list of it; nothing is an empty one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def texts_of(value: Folded) -> list[str]:
    """Return the known texts of a text or a list."""
    return [one for one in list_of(value) if isinstance(one, str)]


def same(left: Folded, right: Folded) -> bool:
    """Whether two folded values are equal as CloudFormation sees them (`14` is `"14"`)."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    scalars = (str, int, float)
    if isinstance(left, scalars) and isinstance(right, scalars):
        return as_text(left) == as_text(right)
    return left.__class__ is right.__class__ and bool(left == right)
