"""What Jenkins and its usual plugins know: steps, options, triggers, ... with their parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resource


@dataclass(frozen=True, slots=True)
class Signature:
    """What a step or symbol takes: types by parameter, the required ones, whether a block.

    `sole` is the parameter that an argument without a name is for, "" where there is none. `open`
    says that there are parameters which are not listed.
    """

    name: str
    params: dict[str, str]
    required: tuple[str, ...]
    block: bool
    open: bool
    sole: str


def _signature(line: str) -> Signature:
    head, *words = line.split()
    block = head.endswith("{")
    is_open = "..." in words
    params: dict[str, str] = {}
    required: list[str] = []
    chosen = ""
    for word in words:
        if word != "...":
            name, _, kind = word.partition(":")
            if name.endswith("^"):
                name = chosen = name[:-1]
            if name.endswith("*"):
                name = name[:-1]
                required.append(name)
            params[name] = kind
    sole = required[0] if len(required) == 1 else ""
    if not required and len(params) == 1 and not is_open:
        sole = next(iter(params))
    return Signature(head.rstrip("{"), params, tuple(required), block, is_open, chosen or sole)


def _lines(file: str) -> list[str]:
    text = (resource("iac_gym.languages.jenkins") / "data" / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def steps() -> dict[str, Signature]:
    """Return the steps by name."""
    found: dict[str, Signature] = {}
    for line in _lines("steps.md"):
        signature = _signature(line)
        found.setdefault(signature.name, signature)
    return found


@cache
def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in _lines("symbols.md"):
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        else:
            lines.append(line)
    return found


@cache
def symbols(section: str) -> dict[str, Signature]:
    """Return the options, triggers, parameters, agents, conditions or functions by name."""
    return {made.name: made for made in map(_signature, _sections()[section])}


@cache
def words(section: str) -> frozenset[str]:
    """Return the words of a section that lists names alone: `wrappers`, `tools`."""
    return frozenset(word for line in _sections()[section] for word in line.split())


@cache
def option_signatures(in_stage: bool) -> dict[str, Signature]:
    """Return the options that a pipeline or a stage may have."""
    known = steps()
    wrappers = {name: known[name] for name in words("wrappers") if name in known}
    others = {name: _signature(f"{name} ...") for name in words("wrappers") if name not in known}
    return {**others, **wrappers, **symbols("stage options" if in_stage else "options")}
