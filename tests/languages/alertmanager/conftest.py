"""Shared by the tests of Alertmanager's configurations."""

import textwrap

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.alertmanager import LANGUAGE
from iac_gym.verdict import Stage


@pytest.fixture
def parse():
    """Parse one configuration."""
    return lambda text, **more: LANGUAGE.parse({"alertmanager.yml": textwrap.dedent(text), **more})


@pytest.fixture
def findings(parse):
    """Return {rule name: [line]} of a text; a syntax error is the rule `syntax`."""

    def run(text, *, stages=(Stage.SCHEMA, Stage.REFERENCES, Stage.SEMANTICS), **more):
        try:
            model = parse(text, **more)
        except ParseError as error:
            return {"syntax": [found.line for found in error.findings]}
        found = {}
        for rule in LANGUAGE.rules:
            lines = [one.line for one in rule.check(model)] if rule.stage in stages else []
            if lines:
                found[rule.name] = lines
        return found

    return run
