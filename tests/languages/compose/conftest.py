"""Shared by the tests of compose files."""

import textwrap

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.compose import LANGUAGE
from iac_gym.verdict import Stage


@pytest.fixture
def parse():
    """Parse one compose file."""
    return lambda text: LANGUAGE.parse({"compose.yaml": textwrap.dedent(text)})


@pytest.fixture
def findings(parse):
    """Return {rule name: [(line, message)]} of a text; a syntax error is the rule `syntax`."""

    def run(text, *, security=False):
        try:
            model = parse(text)
        except ParseError as error:
            return {"syntax": [(found.line, found.message) for found in error.findings]}
        found = {}
        for rule in LANGUAGE.rules:
            if (rule.stage == Stage.SECURITY) == security:
                lines = [(one.line, one.message) for one in rule.check(model)]
                if lines:
                    found[rule.name] = lines
        return found

    return run
