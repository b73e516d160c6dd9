"""Every language's mistakes and rewritings act on its references, the same for the same seed."""

from __future__ import annotations

import random

import pytest

from bench.agreement import subject
from bench.agreements.compare import Comparison, Kept

LANGUAGES = (
    "alertmanager", "ansible", "cloudformation", "github_actions", "gitlab_ci", "jenkins",
    "prometheus",
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_mistakes_change_references(language: str, tmp_path) -> None:
    about = subject(language)
    references = Comparison(about, Kept(tmp_path, {})).references(25, 3)
    assert len(references) == 25
    texts = [next(iter(one.files.values())) for one in references]
    table = {**about.mistakes, **about.rewritings}
    idle = []
    for name, change in table.items():
        made = [change(random.Random(f"{name}{n}"), text) for n, text in enumerate(texts)]
        assert made[:2] == [change(random.Random(f"{name}{n}"), texts[n]) for n in range(2)], name
        if all(new is None or new == old for new, old in zip(made, texts, strict=True)):
            idle.append(name)
    assert len(idle) <= len(table) // 4, f"too many changes never act: {idle}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tool_that_is_missing_says_how_to_get_it(language: str) -> None:
    about = subject(language)
    reason = about.missing()
    assert reason == "" or "install" in reason or "IAC_GYM" in reason
    if reason:
        assert {one.valid for one in about.ask([{"x": "y"}])} == {None}
