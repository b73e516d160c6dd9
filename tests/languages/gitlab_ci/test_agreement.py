"""The schema's judgement of a pipeline, as the comparison asks for it."""

import random

import pytest

from bench.agreements.gitlab_ci import PATH, SUBJECT, ask

JOB = "a:\n  script: [x]\n"


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (JOB, True),
        (JOB + "  retry: 9\n", False),
        (JOB + "  needs:\n", True),
        (JOB + "  cache: [[{paths: [a]}]]\n", True),
        (JOB + "  rules: [[{if: $A}]]\n", True),
        (JOB + "  needs: [b]\n", None),
        (JOB + "  rules: [{if: $A = 1}]\n", None),
        (".b: {retry: 9}\n" + JOB + "  extends: .b\n", False),
        ("a: [", False),
    ],
)
def test_what_the_schema_says(text, valid):
    assert ask({PATH: text}).valid is valid


def test_mistakes_are_made_of_a_text():
    changed = [change(random.Random(1), JOB) for change in SUBJECT.mistakes.values()]
    assert any(text and text != JOB for text in changed)
    assert SUBJECT.missing() == ""
