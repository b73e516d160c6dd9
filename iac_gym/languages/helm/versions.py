"""Versions and ranges of charts and of Kubernetes, as Helm compares them."""

from __future__ import annotations

from iac_gym.formats.gotemplate.semver import SemverError, read_version, satisfies


def fits(wanted: str, version: str) -> bool:
    """Whether a version lies in a range; False where either cannot be read, as in Helm."""
    try:
        return satisfies(wanted, version)
    except SemverError:
        return False


def is_version(text: str) -> bool:
    """Whether Helm reads a text as a version."""
    try:
        read_version(text)
    except SemverError:
        return False
    return True


def is_above_zero(version: str) -> bool:
    """Whether a version is greater than 0.0.0-0, as `helm lint` demands."""
    return is_version(version) and fits(">0.0.0-0", str(read_version(version)))
