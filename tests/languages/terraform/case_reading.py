"""Programs with the verdict of the real tool, as they stand in the `cases_*` modules.

A text holds many of them: `=== name | rule` begins one, without a rule where the real tool accepts
it. Several files of one program begin with `--- path`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from iac_gym.check import ParseError
from iac_gym.languages.terraform.parse import parse


class Case(NamedTuple):
    """A program, and the rule that refuses it ("" for a valid one)."""

    name: str
    rule: str
    files: Mapping[str, str]


def read(text: str) -> list[Case]:
    """Split a text into cases."""
    made = []
    for chunk in re.split(r"(?m)^=== ", text)[1:]:
        head, _, body = chunk.partition("\n")
        name, _, rule = head.partition("|")
        made.append(Case(name.strip(), rule.strip(), _files(body)))
    return made


def _files(body: str) -> dict[str, str]:
    if not body.startswith("--- "):
        return {"main.tf": body}
    files = {}
    for part in re.split(r"(?m)^--- ", body)[1:]:
        path, _, text = part.partition("\n")
        files[path.strip()] = text
    return files


def faults(files: Mapping[str, str]) -> list[str]:
    """Return the names of the rules that a program breaks."""
    try:
        config = parse(files)
    except ParseError:
        return ["syntax"]
    config.examine()
    return list(config.faults)


def check(case: Case) -> None:
    """Compare our verdict with that of the real tool."""
    found = faults(case.files)
    if case.rule:
        assert case.rule in found, f"{case.name}: expected {case.rule}, found {found}"
    else:
        assert not found, f"{case.name}: the real tool accepts it, found {found}"
