"""Version constraints: `~> 5.0`, `>= 1.5, < 2.0`, as Terraform reads and applies them.

Terraform reads the same syntax in two ways. The version of Terraform itself and of a module go
through one library (any number of parts, a leading "v" allowed), the version of a provider through
another one (three parts at most, no "v").

Source: https://developer.hashicorp.com/terraform/language/expressions/version-constraints, and
what `terraform init` 1.11.4 says to each form.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

#: Longest constraint that is looked at.
MOST_TEXT = 500
_VERSION = (
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+)*)"
    r"(?:-(?P<digits>[0-9]+[0-9A-Za-z~-]*(?:\.[0-9A-Za-z~-]+)*)"
    r"|-?(?P<letters>[A-Za-z~-]+[0-9A-Za-z~-]*(?:\.[0-9A-Za-z~-]+)*))?"
    r"(?:\+(?P<build>[0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?"
)
_CONSTRAINT = re.compile(rf"\s*(?P<operator>=|!=|>=|<=|>|<|~>|)\s*(?P<text>{_VERSION})\s*")
_PROVIDER_PARTS = 3


class BadConstraint(ValueError):
    """A version constraint that Terraform cannot read."""


class Version(NamedTuple):
    """A version: its numbers (at least three), and the parts of the pre-release."""

    numbers: tuple[int, ...]
    prerelease: tuple[str, ...] = ()


class Constraint(NamedTuple):
    """One condition: `parts` is how many numbers of the version were written."""

    operator: str
    version: Version
    parts: int


def _version(found: re.Match[str]) -> tuple[Version, int]:
    numbers = tuple(int(number[:18]) for number in found["numbers"].split("."))
    prerelease = found["digits"] or found["letters"] or ""
    padded = numbers + (0,) * (3 - len(numbers))
    return Version(padded, tuple(prerelease.split(".")) if prerelease else ()), len(numbers)


@lru_cache(maxsize=512)
def read_constraints(text: str) -> tuple[Constraint, ...]:
    """Read the constraint on a version of Terraform or of a module; raises `BadConstraint`."""
    made = []
    for part in text[:MOST_TEXT].split(","):
        found = _CONSTRAINT.fullmatch(part)
        if found is None:
            raise BadConstraint(f"`{text[:60]}` is not a version constraint")
        version, parts = _version(found)
        made.append(Constraint(found["operator"] or "=", version, parts))
    return tuple(made)


@lru_cache(maxsize=512)
def read_provider_constraints(text: str) -> tuple[Constraint, ...]:
    """Read the constraint on a version of a provider; raises `BadConstraint`."""
    made = read_constraints(text)
    if "v" in re.sub(r"[-+][^,]*", "", text):
        raise BadConstraint(f"`{text[:60]}`: a version of a provider has no prefix `v`")
    if any(constraint.parts > _PROVIDER_PARTS for constraint in made):
        raise BadConstraint(f"`{text[:60]}`: a version of a provider has three parts at most")
    return made


@lru_cache(maxsize=512)
def read_version(text: str) -> Version:
    """Read a single version; raises `BadConstraint`."""
    found = re.fullmatch(_VERSION, text[:MOST_TEXT])
    if found is None:
        raise BadConstraint(f"`{text[:60]}` is not a version")
    return _version(found)[0]


def _order(parts: tuple[str, ...]) -> tuple[object, ...]:
    """Make a key for the order of pre-releases; none at all comes after every one."""
    ranked = [(0, int(part[:18]), "") if part.isdigit() else (1, 0, part) for part in parts]
    return (not parts, ranked)


def _compare(one: Version, other: Version) -> int:
    length = max(len(one.numbers), len(other.numbers))
    left = one.numbers + (0,) * (length - len(one.numbers))
    right = other.numbers + (0,) * (length - len(other.numbers))
    if left != right:
        return 1 if left > right else -1
    first, second = _order(one.prerelease), _order(other.prerelease)
    return (first > second) - (first < second)


def _comparable(version: Version, constraint: Version) -> bool:
    """Whether an inequality may hold: pre-releases match those of the same version alone."""
    if not version.prerelease:
        return True
    return bool(constraint.prerelease) and version.numbers == constraint.numbers


def _pessimistic(version: Version, constraint: Constraint) -> bool:
    wanted = constraint.version
    if bool(version.prerelease) != bool(wanted.prerelease) or not _comparable(version, wanted):
        return False
    if _compare(version, wanted) < 0 or len(wanted.numbers) > len(version.numbers):
        return False
    fixed = max(constraint.parts - 1, 0)
    last = len(wanted.numbers) - 1
    return (
        version.numbers[:fixed] == wanted.numbers[:fixed]
        and version.numbers[last] >= wanted.numbers[last]
    )


def _holds(version: Version, constraint: Constraint) -> bool:
    operator, wanted = constraint.operator, constraint.version
    if operator == "~>":
        return _pessimistic(version, constraint)
    order = _compare(version, wanted)
    if operator in ("=", "!="):
        return (order == 0) == (operator == "=")
    if not _comparable(version, wanted):
        return False
    return {">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[operator]


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version of Terraform or of a module meets a constraint; raises `BadConstraint`."""
    read = read_version(version)
    return all(_holds(read, one) for one in read_constraints(constraint))


def provider_satisfies(version: str, constraint: str) -> bool:
    """Whether a version of a provider meets a constraint; raises `BadConstraint`.

    It differs in `~> 5`, which leaves the major version free for Terraform itself only.
    """
    read = read_version(version)
    return all(
        _holds(read, one._replace(parts=max(one.parts, 2)))
        for one in read_provider_constraints(constraint)
    )
