"""Shared by the tests of workflows and actions."""

import textwrap

import pytest

from iac_gym.check import ParseError
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verdict import Stage

PATH = ".github/workflows/ci.yml"
#: The rest of a workflow that is right, for tests of something else.
JOB = "jobs: {a: {runs-on: ubuntu-latest, steps: [{run: make}]}}\n"


@pytest.fixture
def parse():
    """Parse one file, or several by path."""

    def run(text, path=PATH, **others):
        return LANGUAGE.parse({path: textwrap.dedent(text), **others})

    return run


@pytest.fixture
def workflow(parse):
    """Parse one workflow."""
    return lambda text: parse(text).workflow


@pytest.fixture
def job(parse):
    """Parse the keys of one job, and return it."""

    def run(text, top="on: push\n"):
        body = textwrap.indent(textwrap.dedent(text), "    ")
        return parse(f"{top}jobs:\n  a:\n{body}").workflow.jobs["a"]

    return run


@pytest.fixture
def findings(parse):
    """Return [(rule, line)] of what makes a text invalid; a syntax error is the rule `syntax`."""

    def run(text, path=PATH, stages=Stage.SEMANTICS, **others):
        try:
            model = parse(text, path, **others)
        except ParseError as error:
            return [("syntax", found.line) for found in error.findings]
        rules = [rule for rule in LANGUAGE.rules if rule.stage <= stages]
        return [(rule.name, found.line) for rule in rules for found in rule.check(model)]

    return run


@pytest.fixture
def of_job(findings):
    """Return what is wrong with the keys of one job, with lines counted from its first key."""

    def run(text, top="on: push\n"):
        body = textwrap.indent(textwrap.dedent(text), "    ")
        before = top.count("\n") + 2
        return [(rule, line - before) for rule, line in findings(f"{top}jobs:\n  a:\n{body}")]

    return run
