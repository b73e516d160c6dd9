"""Small changes of charts that must (or must not) break one requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from envs.helm import CATEGORY
from iac_gym.language import load_language
from iac_gym.languages.helm.parse import BUNDLE, unbundled
from iac_gym.verdict import Stage
from iac_gym.verifier import check_files

Change = tuple[str, str]


@dataclass(frozen=True)
class Case:
    """A requirement that a chart meets; changes that break it, and others that keep it met."""

    name: str
    args: Mapping[str, Any]
    wrong: Sequence[Change]
    right: Sequence[Change] = field(default=())

    def __str__(self) -> str:
        return f"{self.name}-{'-'.join(str(value) for value in self.args.values())}"[:70]


def findings(text: str, case: Case) -> list[str]:
    """Return what a requirement finds in a chart."""
    model = load_language("helm").parse({BUNDLE: text})
    check = CATEGORY.requirements[case.name].check
    return [finding.message for finding in check(model, **case.args)]


def faults(text: str) -> list[str]:
    """Return what makes a chart invalid."""
    files = unbundled(text)
    verdict = check_files(files, dict.fromkeys(files, "helm"))
    return [str(one) for one in verdict.diagnostics if one.stage <= Stage.SEMANTICS]


def changed(text: str, change: Change) -> str:
    """Apply a change: the old text must stand there."""
    old, new = change
    assert old in text, f"{old!r} is not in the chart"
    return text.replace(old, new)


def judge(text: str, case: Case) -> None:
    """Check the chart itself, and every change of it."""
    assert findings(text, case) == []
    for change in case.right:
        assert findings(changed(text, change), case) == [], f"{change} should be met"
    for change in case.wrong:
        assert findings(changed(text, change), case) != [], f"{change} should not be met"
