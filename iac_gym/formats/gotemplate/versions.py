"""Sprig's semver and semverCompare."""

from __future__ import annotations

from typing import Any

from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.semver import SemverError, Version, read_version, satisfies
from iac_gym.formats.gotemplate.values import Struct, Uint64


def semver_compare(constraint: str, version: str) -> bool:
    """`semverCompare constraint version`."""
    try:
        return satisfies(constraint, version)
    except SemverError as error:
        raise FunctionError(str(error)) from None


def semver(text: str) -> Struct:
    """`semver version`: an object with Major, Minor, Patch, Compare and the rest."""
    try:
        return version_struct(read_version(text))
    except SemverError as error:
        raise FunctionError(str(error)) from None


def _other(value: Any) -> Version:
    if isinstance(value, Struct) and isinstance(value.value, Version):
        return value.value
    raise FunctionError("wrong type for value; expected *semver.Version")


def version_struct(version: Version) -> Struct:
    """Return the object that templates see of a version."""

    def compare(other: Any) -> int:
        return version.compare(_other(other))

    def bumped(major: int, minor: int, patch: int) -> Struct:
        mark = "v" if version.original.startswith("v") else ""
        text = f"{major}.{minor}.{patch}"
        return version_struct(Version(major, minor, patch, "", "", mark + text))

    held = 0 if version.prerelease else 1
    return Struct(
        "*semver.Version",
        {},
        {
            "Major": function(lambda: Uint64(version.major)),
            "Minor": function(lambda: Uint64(version.minor)),
            "Patch": function(lambda: Uint64(version.patch)),
            "Prerelease": function(lambda: version.prerelease),
            "Metadata": function(lambda: version.metadata),
            "Original": function(lambda: version.original),
            "String": function(lambda: str(version)),
            "Compare": function(compare, "any"),
            "Equal": function(lambda other: compare(other) == 0, "any"),
            "GreaterThan": function(lambda other: compare(other) > 0, "any"),
            "LessThan": function(lambda other: compare(other) < 0, "any"),
            "IncMajor": function(lambda: bumped(version.major + 1, 0, 0)),
            "IncMinor": function(lambda: bumped(version.major, version.minor + 1, 0)),
            "IncPatch": function(
                lambda: bumped(version.major, version.minor, version.patch + held)
            ),
        },
        str(version),
        version,
    )


FUNCTIONS: dict[str, Function] = {
    "semver": function(semver, "string"),
    "semverCompare": function(semver_compare, "string string"),
}
