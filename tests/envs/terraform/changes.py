"""Right answers and small changes of them: each change must fail exactly what it breaks."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from envs.terraform import CATEGORY
from iac_gym.check import requirement_types
from iac_gym.languages.terraform import LANGUAGE

#: What is asked of an answer: label -> arguments. A label is the name of a requirement type, with
#: a mark after a space where one type is asked for twice ("subnet b").
Asks = Mapping[str, Mapping[str, Any]]
#: A change: the text that is replaced, the new one, the labels that fail afterwards.
Change = tuple[str, str, str]


def failing(files: Mapping[str, str], asks: Asks) -> set[str]:
    """Return the labels of the requirements that an answer does not meet."""
    config = LANGUAGE.parse({path: textwrap.dedent(text) for path, text in files.items()})
    return {
        label
        for label, args in asks.items()
        if list(CATEGORY.requirements[label.split()[0]].check(config, **args))
    }


@dataclass(frozen=True)
class Answer:
    """A right answer in some style, what it meets, and changes of it."""

    files: Mapping[str, str]
    asks: Asks
    changes: tuple[Change, ...]

    def changed(self, old: str, new: str) -> dict[str, str]:
        """Replace the first occurrence of a text, in the file that has it."""
        assert any(old in text for text in self.files.values()), f"{old!r} is not in the answer"
        out, done = {}, False
        for path, text in self.files.items():
            out[path] = text if done or old not in text else text.replace(old, new, 1)
            done = done or old in text
        return out


def wanted(labels: str) -> set[str]:
    """Read labels that are separated by commas."""
    return {label.strip() for label in labels.split(",") if label.strip()}


def untested(answers: tuple[Answer, ...], *modules: ModuleType) -> set[str]:
    """Return the requirement types of modules without a right answer or without a wrong one."""
    met = {label.split()[0] for answer in answers for label in answer.asks}
    failed = {
        label.split()[0]
        for answer in answers
        for _, _, labels in answer.changes
        for label in wanted(labels)
    }
    types = {name for module in modules for name in requirement_types(module)}
    return types - (met & failed)
