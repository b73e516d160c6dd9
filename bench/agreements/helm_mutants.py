"""Mistakes that a model makes in a chart: in its metadata and values, and in its templates.

Each takes a chart as one text (`-- path --` before each file). None knows whether its result is
valid: Helm says so.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from bench.agreements.subject import Change
from bench.agreements.tree_mutants import every
from iac_gym.formats.yaml import YamlError, dump, load_all
from iac_gym.languages.helm.parse import unbundled
from iac_gym.languages.helm.reading import HELM

TextChange = Callable[[random.Random, str], "str | None"]

_ACTION = re.compile(r"\{\{-? *(?!/\*)(.*?) *-?\}\}", re.DOTALL)
_FUNCTIONS = "toYaml quote default include nindent indent printf trunc required tpl ternary".split()


def _bundle(files: Mapping[str, str]) -> str:
    return "".join(f"-- {path} --\n{text}" for path, text in files.items())


def _plain(text: str) -> object:
    documents = load_all(text, HELM)

    def copied(value: object) -> object:
        if isinstance(value, dict):
            return {key: copied(item) for key, item in value.items()}
        return [copied(item) for item in value] if isinstance(value, list) else value

    return copied(documents[0].value) if documents else {}


def _in_file(pattern: str, change: TextChange) -> Change:
    """Apply a change to one of the files whose path fits."""
    fits = re.compile(pattern)

    def changed(rng: random.Random, text: str) -> str | None:
        files = unbundled(text)
        paths = [path for path in files if fits.fullmatch(path) and files[path].strip()]
        if not paths:
            return None
        path = rng.choice(paths)
        try:
            made = change(rng, files[path])
        except YamlError:
            return None
        return None if made in (None, files[path]) else _bundle({**files, path: made or ""})

    return changed


def _in_action(change: Callable[[random.Random, str], str | None]) -> TextChange:
    """Apply a change to the inside of one action."""

    def changed(rng: random.Random, text: str) -> str | None:
        actions = list(_ACTION.finditer(text))
        if not actions:
            return None
        found = rng.choice(actions)
        made = change(rng, found[1])
        return None if made is None else text[: found.start(1)] + made + text[found.end(1) :]

    return changed


def _without(pattern: str) -> TextChange:
    """Leave out one of what a pattern finds."""

    def changed(rng: random.Random, text: str) -> str | None:
        found = list(re.finditer(pattern, text))
        if not found:
            return None
        one = rng.choice(found)
        return text[: one.start()] + text[one.end() :]

    return changed


def _replaced(pattern: str, *others: str) -> TextChange:
    """Put something else in place of one of what a pattern finds."""

    def changed(rng: random.Random, text: str) -> str | None:
        found = list(re.finditer(pattern, text))
        if not found:
            return None
        one = rng.choice(found)
        return text[: one.start()] + one.expand(rng.choice(others)) + text[one.end() :]

    return changed


def _misspelt(rng: random.Random, text: str) -> str | None:
    words = list(re.finditer(r"[A-Za-z]{3,}", text))
    if not words:
        return None
    one = rng.choice(words)
    at = rng.randrange(one.start(), one.end())
    return text[:at] + text[at + 1 :]


def _other_function(rng: random.Random, text: str) -> str | None:
    found = [one for one in re.finditer(r"\b[a-z][A-Za-z]+\b", text) if one[0] in _FUNCTIONS]
    if not found:
        return None
    one = rng.choice(found)
    return text[: one.start()] + rng.choice(_FUNCTIONS) + text[one.end() :]


def _shifted(rng: random.Random, text: str) -> str | None:
    lines = text.split("\n")
    full = [count for count, line in enumerate(lines) if line.strip()]
    if not full:
        return None
    place = rng.choice(full)
    by = rng.choice((-2, -1, 1, 2))
    line = lines[place]
    lines[place] = " " * by + line if by > 0 else line.removeprefix(" " * -by)
    return "\n".join(lines)


def _line_deleted(rng: random.Random, text: str) -> str | None:
    lines = text.split("\n")
    del lines[rng.randrange(len(lines))]
    return "\n".join(lines)


_CHART, _VALUES = r"Chart\.yaml", r"values\.yaml"
_TEMPLATE = r"templates/.*\.(?:yaml|yml|tpl|txt)"

_TEMPLATES: Mapping[str, TextChange] = {
    "a line left out of a template": _line_deleted,
    "a line of a template moved": _shifted,
    "an `end` left out": _without(r"\{\{-? end -?\}\}"),
    "an action left open": _without(r"-?\}\}"),
    "a brace left out": _without(r"(?<=\{)\{"),
    "a name misspelt in an action": _in_action(_misspelt),
    "another function": _in_action(_other_function),
    "another indentation": _replaced(r"(n?indent) \d+", r"\1 0", r"\1 1", r"\1 3", r"\1 12"),
    "a pipe left out": _in_action(_without(r" \|")),
    "a quote left out": _in_action(_without('"')),
    "a parenthesis left out": _in_action(_without(r"[()]")),
    "quotes left out of the text": _without(r'(?<=: )"'),
    "a number compared with a text": _replaced(r"\beq \.Values\.(\w+)", r'eq 1 .Values.\1'),
    "a deeper value": _replaced(r"\.Values\.(\w+)(?=[ )}])", r".Values.\1.inner"),
    "a missing parent": _replaced(r"\.Values\.(\w+)\.", r".Values.other\1."),
    "an unknown function": _in_action(_replaced(r"\| *(\w+)", r"| \1Yaml", r"| to_\1")),
    "trimming turned around": _replaced(r"\{\{(-?)", "{{-", "{{"),
}  # fmt: skip

MISTAKES: Mapping[str, Change] = {
    **{
        f"Chart.yaml: {name}": _in_file(_CHART, change)
        for name, change in every(_plain, lambda tree: dump([tree])).items()
    },
    **{
        f"values.yaml: {name}": _in_file(_VALUES, change)
        for name, change in every(_plain, lambda tree: dump([tree])).items()
    },
    **{name: _in_file(_TEMPLATE, change) for name, change in _TEMPLATES.items()},
}
