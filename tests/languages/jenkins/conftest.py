"""Shared by the tests of Jenkinsfiles."""

import textwrap

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.jenkins import LANGUAGE
from iac_gym.verdict import Stage


@pytest.fixture
def parse():
    """Parse a Jenkinsfile."""
    return lambda text: LANGUAGE.parse({"Jenkinsfile": textwrap.dedent(text)})


@pytest.fixture
def faults(parse):
    """Return the names of the rules that find fault, `syntax` for a syntax error."""

    def find(text):
        try:
            model = parse(text)
        except ParseError:
            return {"syntax"}
        rules = LANGUAGE.rules_for(model)
        return {one.name for one in rules if one.stage <= Stage.SEMANTICS and [*one.check(model)]}

    return find


@pytest.fixture
def warnings(parse):
    """Return the names of the rules of SECURITY and NOTICE that find something."""

    def find(text):
        model = parse(text)
        rules = LANGUAGE.rules_for(model)
        return {one.name for one in rules if one.stage > Stage.SEMANTICS and [*one.check(model)]}

    return find
