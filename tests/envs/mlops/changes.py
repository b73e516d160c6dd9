"""Hand-written right answers, and small changes that must (or must not) break one requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from envs.mlops import CATEGORY
from iac_gym.language import load_language
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

Change = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """A requirement that an answer meets; changes that break it, and others that keep it met."""

    name: str
    args: Mapping[str, Any]
    wrong: Sequence[Change]
    right: Sequence[Change] = field(default=())

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(str(value) for value in self.args.values())}"[:70]


def findings(language: str, files: str | Mapping[str, str], case: Case) -> list[str]:
    """Return what a requirement finds in an answer."""
    spoken = load_language(language)
    texts = {spoken.path: files} if isinstance(files, str) else dict(files)
    check = CATEGORY.requirements[case.name].check
    by_name = [finding.message for finding in check(spoken.parse(texts), **case.args)]
    order = CATEGORY.requirements[case.name](**case.args).args.values()
    assert by_name == [one.message for one in check(spoken.parse(texts), *order)]
    return by_name


def faults(language: str, files: str | Mapping[str, str]) -> list[str]:
    """Return what makes an answer invalid."""
    spoken = load_language(language)
    texts = {spoken.path: files} if isinstance(files, str) else dict(files)
    verdict = check_files(texts, dict.fromkeys(texts, language))
    return [str(one) for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]


def changed(text: str, change: Change) -> str:
    """Apply a change: the old text must stand there."""
    old, new = change
    assert old in text, f"{old!r} is not in the answer"
    return text.replace(old, new)


def judge(language: str, text: str, case: Case) -> None:
    """Check the answer itself, and every change of it."""
    assert findings(language, text, case) == []
    for change in case.right:
        assert findings(language, changed(text, change), case) == [], f"{change} should be met"
    for change in case.wrong:
        assert findings(language, changed(text, change), case), f"{change} should break it"
