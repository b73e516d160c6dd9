"""The shell scripts of steps, read into commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from iac_gym.formats.shell import Command, Script, read_script
from iac_gym.languages.jenkins.values import Text, Unknown

#: Longest script, and longest values in it, that are kept for the next file that has the same.
MOST_KEPT = 2048
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACE = re.compile(r"__groovy(\d+)__")


def shell_script(step: str, value: Any, env: Mapping[str, Any]) -> Script:
    """Read the script of `sh`; other steps, and scripts that are not known, have no commands.

    A value that Groovy puts in stands in the words as `${NAME}` or `${the expression}`.
    """
    if step != "sh" or not isinstance(value, (str, Unknown)):
        return Script([])
    known = {name: one for name, one in env.items() if type(one) is str}
    text = str(value)
    holes = [one for one in _holes(value) if not _VARIABLE.fullmatch(one)]
    for place, hole in enumerate(holes):
        text = text.replace(f"${{{hole}}}", f"__groovy{place}__")
    text = text.strip("\r\n \t")
    used = tuple([(name, one) for name, one in known.items() if name in text])
    if len(text) <= MOST_KEPT and sum(len(one) for _, one in used) <= MOST_KEPT:
        script = _kept(text, used)
    else:
        script = read_script(text, dict(used))
    return _restored(script, holes) if holes else script


@lru_cache(maxsize=1024)
def _kept(text: str, env: tuple[tuple[str, str], ...]) -> Script:
    return read_script(text, dict(env))


def _holes(value: Any) -> tuple[str, ...]:
    if isinstance(value, Text):
        return value.holes
    return (value.source,) if isinstance(value, Unknown) else ()


def _restored(script: Script, holes: list[str]) -> Script:
    def hole(found: re.Match[str]) -> str:
        place = int(found[1])
        return f"${{{holes[place]}}}" if place < len(holes) else found[0]

    commands = [
        Command(
            tuple([_PLACE.sub(hole, word) for word in one.words]),
            one.offset, one.certain, one.pipe, one.wrapper,
        )
        for one in script.commands
    ]  # fmt: skip
    return Script(commands, script.error, script.offset)
