"""The data pack holds the words that the checks look for."""

from iac_gym.languages.grafana import pack
from iac_gym.languages.grafana.check_panels import CUSTOM, PANEL_OPTIONS


def test_words():
    assert {"short", "bytes", "percentunit", "reqps", "s"} <= pack.words("units")
    assert {"organize", "joinByField", "merge"} <= pack.words("transformations")
    assert {"byName", "byRegexp"} <= pack.words("matchers")
    assert {"lastNotNull", "mean", "p95"} <= pack.words("reducers")


def test_every_enumeration_exists():
    for table in (CUSTOM, *PANEL_OPTIONS.values()):
        for name in table.values():
            assert pack.enum(name), name
