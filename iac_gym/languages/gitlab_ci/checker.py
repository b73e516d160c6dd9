"""What the checks of a pipeline share: where findings go, and the tests of types and keys.

`UNSEEN` stands for what another file gives; every test takes it for right.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.gitlab_ci.expand import UNSEEN
from iac_gym.languages.gitlab_ci.model import Pipeline

#: Most findings of one rule: more help nobody.
MOST_FINDINGS = 50
#: Most findings for which the nearest known name is looked for.
MOST_HINTS = 5

_SAID: dict[type, str] = {
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
    YamlMap: "a mapping",
    YamlList: "a list",
}


def kind(value: Any) -> str:
    """Say what a value is."""
    return _SAID.get(value.__class__, "something else")


def is_text(value: Any) -> bool:
    """Whether a value is text."""
    return value.__class__ is str or value is UNSEEN


def is_texts(value: Any) -> bool:
    """Whether a value is a list of texts."""
    if value.__class__ is YamlList:
        return all(one.__class__ is str or one is UNSEEN for one in value)
    return value is UNSEEN


def is_texts_or_text(value: Any) -> bool:
    """Whether a value is text or a list of texts."""
    return value.__class__ is str or is_texts(value)


def is_truth(value: Any) -> bool:
    """Whether a value is a boolean."""
    return value is True or value is False or value is UNSEEN


def blank(value: Any) -> bool:
    """Whether Ruby calls a value blank."""
    if value.__class__ is str:
        return not value.strip()
    return value is None or value is False or value in ([], {})


def is_nested_texts(value: Any, depth: int = 10) -> bool:
    """Whether a value is a list of texts, of lists of texts, and so on."""
    if value.__class__ is not YamlList or depth < 1:
        return value is UNSEEN
    for one in value:
        if one.__class__ is not str and not is_nested_texts(one, depth - 1):
            return False
    return True


class Checker:
    """Collects the findings of one pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.opaque = pipeline.opaque
        self._hints = 0
        self._done: set[tuple[int, str]] = set()

    def bad(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        """Keep a finding."""
        found = self.pipeline.faults.setdefault(rule, [])
        if len(found) < MOST_FINDINGS:
            found.append(self.pipeline.finding(message, mark, hint))

    def first_time(self, value: Any, purpose: str) -> bool:
        """Whether a shared value is met for the first time: it is examined once."""
        if not isinstance(value, (dict, list)):
            return True
        token = (id(value), purpose)
        if token in self._done:
            return False
        self._done.add(token)
        return True

    def keys(self, tree: YamlMap, allowed: Collection[str], where: str) -> bool:
        """Report keys that are not known."""
        if tree.keys() <= (allowed if isinstance(allowed, frozenset) else frozenset(allowed)):
            return True
        for key in tree:
            if key not in allowed:
                message = f"{where}: `{str(key)[:60]}` is not a known keyword here"
                self.bad(
                    "keywords-are-known", message, tree.key_marks[key], self.near(key, allowed)
                )
        return False

    def near(self, word: Any, allowed: Collection[str]) -> str:
        """Return a hint with the nearest known name."""
        self._hints += 1
        if self._hints > MOST_HINTS:
            return ""
        close = difflib.get_close_matches(str(word)[:60], sorted(allowed), n=1, cutoff=0.6)
        return f"did you mean `{close[0]}`?" if close else ""

    def test(
        self, good: Callable[[Any], bool], tree: YamlMap, key: str, rule: str, message: str
    ) -> bool:
        """Report a value that is given and does not pass a test."""
        value = tree.get(key)
        if value is None or value is UNSEEN or good(value):
            return True
        self.bad(rule, f"{message}, not {kind(value)}" if "must be" in message else message,
                 tree.marks[key])  # fmt: skip
        return False

    def choice(
        self, tree: YamlMap, key: str, allowed: Collection[str], rule: str, where: str
    ) -> bool:
        """Report a value that is given and not among those allowed."""
        value = tree.get(key)
        if value is None or value is UNSEEN or (value.__class__ is str and value in allowed):
            return True
        said = f"`{value[:60]}`" if value.__class__ is str else kind(value)
        named = ", ".join(sorted(allowed))
        message = f"{where}: `{key}` is {said}, must be one of {named}"
        self.bad(rule, message, tree.marks[key], self.near(value, allowed))
        return False


def flattened(value: Any, mark: Mark) -> Iterator[tuple[Any, Mark]]:
    """Yield the items of a list and of the lists in it, as GitLab's `ComposableArray` does."""
    queue = list(items(value, mark))
    for item, place in queue:
        if item.__class__ is YamlList:
            queue.extend(items(item, place))
        else:
            yield item, place


def items(value: Any, mark: Mark) -> Iterator[tuple[Any, Mark]]:
    """Yield the items of a list with their places; anything else stands for one item."""
    if value.__class__ is YamlList:
        yield from zip(value, value.marks, strict=True)
    else:
        yield value, mark
