"""Versions and ranges as Masterminds/semver reads them."""

from __future__ import annotations

import pytest

from iac_gym.formats.gotemplate.semver import SemverError, read_constraint, read_version
from iac_gym.languages.helm.versions import fits


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1", "1.0.0"), ("v1.2", "1.2.0"), ("1.2.3-beta.1+build.5", "1.2.3-beta.1+build.5"),
     ("01.2.3", "1.2.3")],
)  # fmt: skip
def test_versions_are_read_leniently(text, shown):
    assert str(read_version(text)) == shown


@pytest.mark.parametrize("text", ["", "latest", "1.2.3.4", "1.2.3-01", "1..2", " 1.2.3", "1.2.3 "])
def test_what_is_no_version(text):
    with pytest.raises(SemverError):
        read_version(text)


@pytest.mark.parametrize(
    ("one", "two", "order"),
    [("1.2.3", "1.2.10", -1), ("1.0.0-alpha", "1.0.0", -1), ("1.0.0-alpha.1", "1.0.0-alpha", 1),
     ("1.0.0-2", "1.0.0-10", -1), ("1.0.0-a", "1.0.0-1", 1), ("1.0.0+a", "1.0.0+b", 0)],
)  # fmt: skip
def test_order(one, two, order):
    assert read_version(one).compare(read_version(two)) == order
    assert read_version(two).compare(read_version(one)) == -order


@pytest.mark.parametrize(
    ("range_", "version", "inside"),
    [
        (">=1.2.0 <2", "1.5", True),
        (">=1.2.0, <2.0.0", "2.0.0", False),
        ("^1.2", "1.9.9", True),
        ("^0.2.3", "0.3.0", False),
        ("^0.0.3", "0.0.4", False),
        ("~1.2.3", "1.2.9", True),
        ("~1.2.3", "1.3.0", False),
        ("~1", "1.9", True),
        ("1.x || 2.0 - 2.4", "2.3.1", True),
        ("1.x || 2.0 - 2.4", "2.5.0", False),
        ("*", "1.0.0", True),
        ("*", "1.0.0-rc1", False),
        (">=1.19-0", "1.33.0-eks", True),
        (">=1.19.0", "v1.33.0", True),
        (">1.2", "1.2.5", False),
        (">1.2", "1.3.0", True),
        ("<=1.2", "1.2.9", True),
        ("<=1", "1.9", True),
        ("!=1.2", "1.2.3", False),
        ("!=1.2.3", "1.2.4", True),
        ("=1.2.3", "1.2.3", True),
        ("1.2", "1.2.7", True),
    ],
)
def test_ranges(range_, version, inside):
    assert fits(range_, version) is inside


@pytest.mark.parametrize("range_", ["", "latest", ">=1.2 and", "1.2.3.4", ">>1", "1.2 ||"])
def test_what_is_no_range(range_):
    with pytest.raises(SemverError):
        read_constraint(range_)


def test_a_long_range_is_refused_quickly():
    with pytest.raises(SemverError):
        read_constraint(">=1.0.0 " * 200 + "!")
