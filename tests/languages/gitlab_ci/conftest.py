"""Shared by the tests of GitLab pipelines."""

import textwrap

import pytest

from iac_gym.languages.gitlab_ci import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files


@pytest.fixture
def pipeline():
    """Parse one pipeline."""
    return lambda text: LANGUAGE.parse({LANGUAGE.path: textwrap.dedent(text)})


def _found(text, fits):
    verdict = check_files({LANGUAGE.path: textwrap.dedent(text)}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.unscored == ""
    return [
        f"{one.rule}@{one.finding.line}:{one.finding.column}"
        for one in verdict.diagnostics
        if fits(one.stage)
    ]


@pytest.fixture
def found():
    """Return what the validity rules find in a text, as `rule@line:column`, in their order."""
    return lambda text: _found(text, lambda stage: stage <= Stage.SEMANTICS)


@pytest.fixture
def risks():
    """Return what the security rules find in a text, as `rule@line:column`, in their order."""
    return lambda text: _found(text, lambda stage: stage is Stage.SECURITY)
