"""Popular actions: which inputs and outputs each version has.

`describe(uses)` gives what is known of the action that a step uses; `inputs_of(step)` its inputs
with the defaults of that version filled in, so that a requirement asks for what is in force::

    action = describe(step.uses)               # None: not in the pack
    action.inputs["cache"].required            # by lower-case name
    inputs_of(step)["fetch-depth"]             # "1" where the step says nothing

Commits, branches and versions that the pack does not have are read as the newest version it has;
`exact` is then False. The pack is loaded when the first action is looked up.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Protocol

from iac_gym.languages.github_actions.uses import Uses, read_uses

__all__ = [
    "ActionInfo",
    "InputInfo",
    "describe",
    "describe_text",
    "find",
    "inputs_of",
    "known_actions",
]


@dataclass(frozen=True, slots=True)
class InputInfo:
    """One input of an action. `default` is None where there is none."""

    name: str
    required: bool = False
    deprecated: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class ActionInfo:
    """One version of an action: `inputs` by lower-case name, `outputs` in lower case.

    `open` says that it sets outputs of other names too. `exact` says that the pack has the version
    that was asked for; `majors` are the major versions in the pack, oldest first.
    """

    name: str
    tag: str
    using: str
    inputs: Mapping[str, InputInfo]
    outputs: frozenset[str]
    open: bool = False
    exact: bool = True
    majors: tuple[int, ...] = ()

    @property
    def defaults(self) -> dict[str, str]:
        """The inputs that have a default, with it."""
        return {name: one.default for name, one in self.inputs.items() if one.default is not None}


class _Step(Protocol):
    """What is needed of a step."""

    @property
    def uses(self) -> Uses | None:
        """The action that it uses."""

    @property
    def inputs(self) -> dict[str, str]:
        """Its `with`, by lower-case name."""


@cache
def _pack() -> dict[str, str]:
    pack = files("iac_gym.languages.github_actions.actions") / "data" / "actions.bin"
    found: dict[str, str] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


@cache
def _versions(name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(_pack()[name])
    return found


def known_actions() -> tuple[str, ...]:
    """Return the names of the actions in the pack, as `owner/repo[/path]` in lower case."""
    return tuple(_pack())


@lru_cache(maxsize=1024)
def find(name: str, major: int | None = None) -> ActionInfo | None:
    """Return a version of an action by its name in lower case; the newest where `major` is None."""
    if name not in _pack():
        return None
    versions = _versions(name)
    chosen = str(major) if str(major) in versions else list(versions)[-1]
    kept = versions[chosen]
    inputs = {
        given.lower(): InputInfo(given, bool(facts[0]), bool(facts[1]), *facts[2:])
        for given, facts in kept["inputs"].items()
    }
    outputs = frozenset(output.lower() for output in kept["outputs"])
    return ActionInfo(
        name,
        kept["tag"],
        kept["using"],
        inputs,
        outputs - {"*"},
        "*" in outputs,
        chosen == str(major),
        tuple(int(one) for one in versions if one),
    )


@lru_cache(maxsize=4096)
def describe_text(text: str) -> ActionInfo | None:
    """Return what is known of the action that a `uses` text names."""
    return describe(read_uses(text))


def describe(uses: Uses | None) -> ActionInfo | None:
    """Return what is known of the action that a step uses, None for one that is not in the pack."""
    if uses is None or uses.kind != "repository":
        return None
    return find(uses.name, uses.major)


def inputs_of(step: _Step) -> dict[str, str]:
    """Return the inputs of a step by lower-case name: the action's defaults, then its `with`.

    An input that is given as an empty text gets no default: the runner takes it as given.
    """
    action = describe(step.uses)
    return {**action.defaults, **step.inputs} if action is not None else dict(step.inputs)
