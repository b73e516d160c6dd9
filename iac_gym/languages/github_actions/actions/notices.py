"""What is odd about the inputs of a step's action: the runner warns of it, or says nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.github_actions.actions import ActionInfo, describe, find
from iac_gym.languages.github_actions.schema import Fault, Faults
from iac_gym.languages.github_actions.uses import Uses, read_uses
from iac_gym.languages.github_actions.values import map_of

UNKNOWN = "action-inputs-are-known"
MISSING = "required-inputs-are-given"
DEPRECATED = "inputs-are-current"
RETIRED = "actions-are-served"
NOT_JUDGED = "not-judged"

#: Last major versions that GitHub no longer serves: a run that uses them fails at once.
#: Source: https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/
RETIRED_UP_TO = {
    "actions/upload-artifact": 3,
    "actions/download-artifact": 3,
    "actions/cache": 2,
}
#: Refs that stand for the newest version.
_NEWEST = ("stable", "release/v1")
#: Longest `uses` that can name a known action.
_MOST_NAME = 300
#: So many inputs of a step are looked at.
_MOST_INPUTS = 60
#: Inputs of every Docker action.
_ALWAYS = frozenset(("args", "entrypoint"))


class Odd(NamedTuple):
    """What is odd about the inputs of an action: `input` is "" where it is about the step."""

    rule: str
    input: str
    message: str
    hint: str = ""


def check_step(tree: YamlMap, out: Faults) -> None:
    """Note what is odd about the inputs of a step that uses an action."""
    text = tree["uses"]
    given = map_of(tree, "with")
    if text.__class__ is not str or len(text) > _MOST_NAME:
        return
    names = tuple(given)
    odd = _kept_odd if len(names) <= _MOST_INPUTS else _odd
    for rule, name, message, hint in odd(text, names):
        mark = given.key_marks[name] if name else tree.marks["uses"]
        out.append(Fault(rule, mark, message, hint))


def _odd(text: str, names: tuple[Any, ...]) -> tuple[Odd, ...]:
    """Return what is odd about the inputs with these names, of an action as written in `uses`."""
    return tuple(_find_odd(read_uses(text), [name for name in names if name.__class__ is str]))


_kept_odd = lru_cache(maxsize=4096)(_odd)


def _find_odd(uses: Uses, names: list[str]) -> Iterator[Odd]:
    action = describe(uses)
    if action is None:
        if uses.kind == "repository":
            message = f"the inputs of {uses.name[:60]} are not known here, and not judged"
            yield Odd(NOT_JUDGED, "", message)
        return
    if uses.major is not None and uses.major <= RETIRED_UP_TO.get(action.name, -1):
        message = f"{action.name}@{uses.ref[:20]} is no longer served: the run fails"
        yield Odd(RETIRED, "", message, f"use v{action.majors[-1]}")
    for name in names[:_MOST_INPUTS]:
        yield from _find_odd_input(name, action)
    if action.exact or uses.ref in _NEWEST:
        lower = {name.lower() for name in names}
        for key, one in action.inputs.items():
            if one.required and one.default is None and key not in lower:
                yield Odd(MISSING, "", f"{action.name} requires the input `{one.name}`")


def _find_odd_input(name: str, action: ActionInfo) -> Iterator[Odd]:
    lower = name.lower()
    known = action.inputs.get(lower)
    if known is not None:
        if known.deprecated:
            message = f"the input `{name[:40]}` of {action.name} is deprecated"
            yield Odd(DEPRECATED, name, message)
    elif lower not in _ALWAYS and "${{" not in name and not _in_another_version(lower, action):
        close = difflib.get_close_matches(lower[:40], action.inputs, n=1)
        hint = f"did you mean `{close[0]}`?" if close else ""
        yield Odd(UNKNOWN, name, f"{action.name} has no input `{name[:40]}`", hint)


def _in_another_version(name: str, action: ActionInfo) -> bool:
    """Whether some version has the input, where it is not known which version is used."""
    if action.exact:
        return False
    others = [find(action.name, major) for major in action.majors]
    return any(other is not None and name in other.inputs for other in others)
