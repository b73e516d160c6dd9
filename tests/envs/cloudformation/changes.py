"""Right answers and small changes of them: each change must fail exactly what it breaks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from envs.cloudformation import CATEGORY
from iac_gym.languages.cloudformation.parse import parse

#: What is asked of an answer: label -> arguments. A label is the name of a requirement type, with
#: a mark after a space where one type is asked for twice ("queue dead").
Asks = Mapping[str, Mapping[str, Any]]
#: A change: the text that is replaced, the new one, the labels that fail afterwards.
Change = tuple[str, str, str]


def failing(text: str, asks: Asks) -> set[str]:
    """Return the labels of the requirements that an answer does not meet."""
    template = parse({"template.yaml": textwrap.dedent(text)})
    return {
        label
        for label, args in asks.items()
        if list(CATEGORY.requirements[label.split()[0]].check(template, **args))
    }


@dataclass(frozen=True)
class Answer:
    """A right answer in some style, what it meets, and changes of it."""

    text: str
    asks: Asks
    changes: tuple[Change, ...]

    def changed(self, old: str, new: str) -> str:
        """Replace the first occurrence of a text."""
        assert old in self.text, f"{old!r} is not in the answer"
        return self.text.replace(old, new, 1)


def wanted(labels: str) -> set[str]:
    """Read labels that are separated by commas."""
    return {label.strip() for label in labels.split(",") if label.strip()}


def cases(answers: tuple[Answer, ...]) -> list[tuple[Answer, str, str, str]]:
    """Return every change with its answer, for `pytest.mark.parametrize`."""
    return [(answer, *change) for answer in answers for change in answer.changes]
