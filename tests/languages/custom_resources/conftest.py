"""What the tests of custom resources share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from iac_gym.languages.custom_resources import LANGUAGE
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

VALIDITY = (Stage.FORMAT, Stage.SYNTAX, Stage.SCHEMA, Stage.REFERENCES, Stage.SEMANTICS)


def _found(text: str) -> set[tuple[str, int]]:
    verdict = check_files({LANGUAGE.path: text}, {LANGUAGE.path: LANGUAGE.name})
    assert verdict.unscored == ""
    return {(d.rule, d.finding.line) for d in verdict.diagnostics if d.stage in VALIDITY}


@pytest.fixture(scope="session")
def found() -> Callable[[str], set[tuple[str, int]]]:
    """Return (rule, line) of what is wrong with a text."""
    return _found
