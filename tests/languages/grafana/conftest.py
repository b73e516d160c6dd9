"""Shared by the tests of Grafana's files."""

import json

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.grafana import LANGUAGE
from iac_gym.verdict import Stage

PROMETHEUS = {"type": "prometheus", "uid": "metrics"}


@pytest.fixture
def board():
    """Make the text of a dashboard from its panels and other settings."""

    def make(*panels, **more):
        return json.dumps(
            {"title": "Shop", "schemaVersion": 39, "panels": panels, **more}, indent=1
        )

    return make


@pytest.fixture
def panel():
    """Make a panel with queries of PromQL."""

    def make(*queries, **more):
        targets = [
            {"refId": chr(65 + at), "expr": one} if isinstance(one, str) else one
            for at, one in enumerate(queries)
        ]
        place = {"x": 0, "y": 0, "w": 12, "h": 8}
        return {
            "title": "Requests", "type": "timeseries", "gridPos": place, "datasource": PROMETHEUS,
            "targets": targets, **more,
        }  # fmt: skip

    return make


@pytest.fixture
def parse():
    """Parse one dashboard."""
    return lambda text, path="dashboard.json": LANGUAGE.parse({path: text})


@pytest.fixture
def findings(parse):
    """Return {rule name: [message]} of a text; a syntax error is the rule `syntax`."""

    def run(text, path="dashboard.json", *, stages=tuple(Stage)[:5]):
        try:
            model = parse(text, path)
        except ParseError as error:
            return {"syntax": [found.message for found in error.findings]}
        found = {}
        for rule in LANGUAGE.rules:
            said = [one.message for one in rule.check(model)] if rule.stage in stages else []
            if said:
                found[rule.name] = said
        return found

    return run
