"""Shared by the tests of a collector's configuration."""

import textwrap

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.otel_collector import LANGUAGE
from iac_gym.verdict import Stage


@pytest.fixture
def parse():
    """Parse one configuration."""
    return lambda text: LANGUAGE.parse({"otel-collector.yaml": textwrap.dedent(text)})


@pytest.fixture
def findings(parse):
    """Return {rule name: [message]} of a text; a syntax error is the rule `syntax`."""

    def run(text, *, stages=tuple(Stage)[:5]):
        try:
            model = parse(text)
        except ParseError as error:
            return {"syntax": [found.message for found in error.findings]}
        found = {}
        for rule in LANGUAGE.rules:
            said = [one.message for one in rule.check(model)] if rule.stage in stages else []
            if said:
                found[rule.name] = said
        return found

    return run
