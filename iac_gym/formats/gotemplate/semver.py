"""Semantic versions and constraints as Masterminds/semver v3 reads and compares them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_VERSION = re.compile(
    r"v?([0-9]+)(\.[0-9]+)?(\.[0-9]+)?"
    r"(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"
    r"(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"
)
_PART = (
    r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?"
    r"(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"
    r"(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?"
)
_OPERATOR = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"
_ONE = re.compile(rf"\s*({_OPERATOR})\s*({_PART})\s*")
_RANGE = re.compile(rf"\s*({_PART})\s+-\s+({_PART})\s*")
_FIND = re.compile(rf"(?:=|!=|>=|=>|<=|=<|>|<|~>|~|\^|)\s*(?:{_PART})")
_VALID = re.compile(
    rf"(\s*(?:=|!=|>=|=>|<=|=<|>|<|~>|~|\^|)\s*(?:{_PART})\s*)"
    rf"((?:\s+|,\s*)(?:=|!=|>=|=>|<=|=<|>|<|~>|~|\^|)\s*(?:{_PART})\s*)*"
)
_SPLIT = re.compile(r"\|\|")
#: Several spaces mean what one does; the patterns would try every way to share them out.
_SPACES = re.compile(r"\s+")
_LONGEST = 256
_LARGEST = (1 << 64) - 1


class SemverError(ValueError):
    """A version or constraint that the library refuses."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version: its numbers, prerelease, metadata, and the text it was read from."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""
    metadata: str = ""
    original: str = ""

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        text += f"-{self.prerelease}" if self.prerelease else ""
        return text + (f"+{self.metadata}" if self.metadata else "")

    def compare(self, other: Version) -> int:
        """Return -1, 0 or 1; metadata does not count."""
        mine = (self.major, self.minor, self.patch)
        yours = (other.major, other.minor, other.patch)
        if mine != yours:
            return -1 if mine < yours else 1
        return _compare_prereleases(self.prerelease, other.prerelease)


def _compare_prereleases(mine: str, yours: str) -> int:
    if mine == yours:
        return 0
    if not mine or not yours:
        return 1 if not mine else -1
    first, second = mine.split("."), yours.split(".")
    for at in range(max(len(first), len(second))):
        one = first[at] if at < len(first) else ""
        two = second[at] if at < len(second) else ""
        found = _compare_parts(one, two)
        if found:
            return found
    return 0


def _number(part: str) -> int | None:
    """Return the number that strconv.ParseUint reads."""
    if part.isascii() and part.isdigit() and len(part) < 25 and int(part) <= _LARGEST:
        return int(part)
    return None


def _compare_parts(one: str, two: str) -> int:
    if one == two:
        return 0
    if not one or not two:
        return -1 if not one else 1
    first, second = _number(one), _number(two)
    if first is not None and second is not None:
        return -1 if first < second else 1
    if first is not None or second is not None:
        return -1 if first is not None else 1
    return 1 if one > two else -1


def _check_prerelease(text: str) -> None:
    for part in text.split("."):
        if len(part) > 1 and part[0] == "0" and part.isdigit():
            raise SemverError("Version segment starts with 0")


@lru_cache(maxsize=4096)
def read_version(text: str) -> Version:
    """Return the version that NewVersion reads: minor and patch may be missing, v may lead."""
    found = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise SemverError("Invalid Semantic Version")
    numbers = [found[1], (found[2] or ".0")[1:], (found[3] or ".0")[1:]]
    values = [_number(number) for number in numbers]
    if None in values:
        raise SemverError("Error parsing version segment: value out of range")
    prerelease = found[5] or ""
    if prerelease:
        _check_prerelease(prerelease)
    major, minor, patch = (value or 0 for value in values)
    return Version(major, minor, patch, prerelease, found[8] or "", text)


@dataclass(frozen=True, slots=True)
class _Constraint:
    """One comparison: its operator, its version, and which parts were left open."""

    operator: str
    version: Version
    original: str
    minor_dirty: bool
    patch_dirty: bool
    dirty: bool

    def check(self, version: Version) -> bool:
        """Tell whether a version meets the comparison."""
        return _CHECKS[self.operator](version, self)

    def unasked(self, version: Version) -> bool:
        """Tell whether a prerelease is compared with a release: no match then."""
        return bool(version.prerelease) and not self.version.prerelease


def _equal(version: Version, constraint: _Constraint) -> bool:
    return version.compare(constraint.version) == 0


def _not_equal(version: Version, constraint: _Constraint) -> bool:
    if constraint.dirty:
        if constraint.unasked(version):
            return False
        other = constraint.version
        if other.major != version.major:
            return True
        if other.minor != version.minor and not constraint.minor_dirty:
            return True
        if constraint.minor_dirty:
            return False
        if other.patch != version.patch and not constraint.patch_dirty:
            return True
        if constraint.patch_dirty:
            return _compare_prereleases(version.prerelease, other.prerelease) != 0
    return not _equal(version, constraint)


def _greater(version: Version, constraint: _Constraint) -> bool:
    if constraint.unasked(version):
        return False
    other = constraint.version
    if not constraint.dirty:
        return version.compare(other) == 1
    if version.major != other.major:
        return version.major > other.major
    if constraint.minor_dirty:
        return False
    if constraint.patch_dirty:
        return version.minor > other.minor
    return version.compare(other) == 1


def _less(version: Version, constraint: _Constraint) -> bool:
    return not constraint.unasked(version) and version.compare(constraint.version) < 0


def _greater_equal(version: Version, constraint: _Constraint) -> bool:
    return not constraint.unasked(version) and version.compare(constraint.version) >= 0


def _less_equal(version: Version, constraint: _Constraint) -> bool:
    if constraint.unasked(version):
        return False
    other = constraint.version
    if not constraint.dirty:
        return version.compare(other) <= 0
    if version.major > other.major:
        return False
    return not (
        version.major == other.major and version.minor > other.minor and not constraint.minor_dirty
    )


def _tilde(version: Version, constraint: _Constraint) -> bool:
    other = constraint.version
    if constraint.unasked(version) or version.compare(other) < 0:
        return False
    open_all = other.major == other.minor == other.patch == 0
    if open_all and not constraint.minor_dirty and not constraint.patch_dirty:
        return True
    if version.major != other.major:
        return False
    return version.minor == other.minor or constraint.minor_dirty


def _tilde_or_equal(version: Version, constraint: _Constraint) -> bool:
    if constraint.unasked(version):
        return False
    return _tilde(version, constraint) if constraint.dirty else _equal(version, constraint)


def _caret(version: Version, constraint: _Constraint) -> bool:
    other = constraint.version
    if constraint.unasked(version) or version.compare(other) < 0:
        return False
    if other.major > 0 or constraint.minor_dirty:
        return version.major == other.major
    if version.major > 0:
        return False
    if other.minor > 0 or constraint.patch_dirty:
        return version.minor == other.minor
    if version.minor > 0 or other.minor != version.minor:
        return False
    return version.patch == other.patch


_CHECKS: dict[str, Callable[[Version, _Constraint], bool]] = {
    "": _tilde_or_equal,
    "=": _tilde_or_equal,
    "!=": _not_equal,
    ">": _greater,
    "<": _less,
    ">=": _greater_equal,
    "=>": _greater_equal,
    "<=": _less_equal,
    "=<": _less_equal,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}


def _is_open(part: str | None) -> bool:
    return part in ("x", "X", "*")


def _read_one(text: str) -> _Constraint:
    """Return one comparison of a constraint."""
    found = _ONE.fullmatch(text)
    if found is None:
        raise SemverError(f"improper constraint: {text}")
    operator, written = found[1], found[2]
    major, minor, patch = found[3], found[4], found[5]
    open_minor = open_patch = open_major = False
    if _is_open(major):
        open_major = True
        written = f"0.0.0{found[6] or ''}"
    elif minor is None or _is_open(minor.lstrip(".")):
        open_minor = True
        written = f"{major}.0.0{found[6] or ''}"
    elif patch is None or _is_open(patch.lstrip(".")):
        open_patch = True
        written = f"{major}{minor}.0{found[6] or ''}"
    try:
        version = read_version(written)
    except SemverError:
        raise SemverError("constraint Parser Error") from None
    dirty = open_major or open_minor or open_patch
    return _Constraint(operator, version, text, open_minor, open_patch, dirty)


def _without_ranges(text: str) -> str:
    return _RANGE.sub(lambda found: f">= {found[1]}, <= {found[11]}", text)


@lru_cache(maxsize=2048)
def read_constraint(text: str) -> tuple[tuple[_Constraint, ...], ...]:
    """Return alternatives of comparisons that must all hold."""
    if len(text) > _LONGEST:
        raise SemverError(f"improper constraint: {text}")
    text = _SPACES.sub(" ", text)
    alternatives = []
    for part in _SPLIT.split(_without_ranges(text)):
        if _VALID.fullmatch(part) is None:
            raise SemverError(f"improper constraint: {part}")
        pieces = [found[0] for found in _FIND.finditer(part)]
        alternatives.append(tuple(_read_one(piece) for piece in pieces))
    return tuple(alternatives)


def satisfies(constraint: str, version: str) -> bool:
    """Tell whether a version meets a constraint (`semverCompare`)."""
    alternatives = read_constraint(constraint)
    read = read_version(version)
    return any(all(one.check(read) for one in every) for every in alternatives)
