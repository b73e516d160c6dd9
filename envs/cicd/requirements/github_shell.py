"""What a `run` text says beyond its commands: variables before them, subshells, lost failures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from iac_gym.formats.shell import Command
from iac_gym.languages.github_actions.model import Step
from iac_gym.languages.github_actions.scripts import _WORD
from iac_gym.languages.github_actions.values import put_in

_QUOTED = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.|(?<!\S)\#[^\n]*""", re.DOTALL)
_VALUE = r"""(?:'[^']*'|"[^"]*"|\\.|[^\s;&|'"\\()])*"""
_BEFORE = re.compile(rf"(?:(?:env|sudo|time|nice|exec|nohup)\s+|[A-Za-z_]\w*={_VALUE}[ \t]+)*")
_ALONE = re.compile(rf"(?:[A-Za-z_]\w*={_VALUE}(?![^\s;&|])[ \t]*)+")
_LINE = re.compile(rf"(?:^|\n)[ \t]*([A-Za-z_]\w*={_VALUE})[ \t]*(?=\n)")
_BRANCHES = re.compile(
    r"\b(?:if|then|else|elif|for|while|until|case|do|function)\b|(?<!\$)\{|[(`]|<<"
)
_SET = re.compile(rf"([A-Za-z_]\w*)=({_VALUE})")
_LOOKS = re.compile(r"command\s+-[vV]")
_FUNCTION = re.compile(r"(?:^|[\n;&|])[ \t]*(?:function[ \t]+)?([\w.-]+)[ \t]*\(\)")
_PRINTS, _NAMED = re.compile(r"\b(?:echo|printf)\b"), re.compile(r"[\w-]=")
_PLACED = re.compile(r"ghaExpression(\d+)z")
_BACKGROUND = re.compile(r"(?<![&<>|])&(?![&>])")
#: Options that name another folder, by program, and whether they may stand behind the subcommand.
_FOLDERS = {
    "make": ("-C", "--directory"), "npm": ("--prefix", "-C"), "yarn": ("--cwd",),
    "pnpm": ("-C", "--dir"), "go": ("-C",), "uv": ("--directory",),
    "poetry": ("-C", "--directory"), "gradle": ("-p", "--project-dir"),
}  # fmt: skip


def elsewhere(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Take the option that names another folder out of a command; "" where there is none."""
    for name in _FOLDERS.get(words[0], ()):
        if name in words[1:-1]:
            at = words.index(name)
            return (*words[:at], *words[at + 2 :]), words[at + 1]
    return words, ""


def writes_output(step: Step, name: str) -> bool:
    """Whether a script writes an output: in its line, or in a block that goes there as a whole."""
    lines = [line for line in step.run.splitlines() if not line.lstrip().startswith("#")]
    named = re.compile(rf"(?<![\w-]){re.escape(name)}(?:=|<<)")
    hits = [line for line in lines if named.search(line)]
    if any("GITHUB_OUTPUT" in line.partition(name)[2] for line in hits):
        return True
    return bool(hits) and any("GITHUB_OUTPUT" in line and not _is_one(line) for line in lines)


def _is_one(line: str) -> bool:
    """Whether a line writes one output of its own."""
    before, arrow, _ = line.partition(">>")
    return bool(arrow and _PRINTS.search(before) and _NAMED.search(before))


class Script:
    """A `run` text in which each `${{ }}` is a plain word, as its commands were read from it."""

    def __init__(self, text: str, commands: Sequence[Command]) -> None:
        self.placed: list[str] = []
        self.commands = commands
        self.plain = put_in(text, self._place) if "${{" in text else text
        self._bare = ""

    def _place(self, expression: str) -> str:
        self.placed.append(expression)
        return _WORD.format(len(self.placed) - 1)

    @property
    def bare(self) -> str:
        """The text with blanks for what is quoted, and for comments."""
        if not self._bare:
            self._bare = _blank(self.plain)
        return self._bare

    def behind(self, number: int) -> str:
        """Return the text between a command and the next, without what is quoted."""
        start = self.commands[number].offset
        after = self.commands[number + 1 : number + 2]
        return self.bare[start : after[0].offset if after else len(self.bare)]

    def set_for(self, number: int) -> list[tuple[str, str]]:
        """Return the variables that are set in front of a command."""
        found = _BEFORE.match(self.plain, self.commands[number].offset)
        return self._pairs(found[0] if found else "")

    def assigned(self, number: int) -> list[tuple[str, str]]:
        """Return the variables of a line that only sets some, where their values are known."""
        found = _ALONE.match(self.plain, self.commands[number].offset)
        return self._pairs(found[0] if found else "")

    def assigned_before(self, number: int) -> list[tuple[str, str]]:
        """Return the variables that lines between two commands set, whatever happens."""
        start = self.commands[number - 1].offset if number else 0
        gap = self.plain[start : self.commands[number].offset]
        if "=" not in gap or _BRANCHES.search(gap):
            return []
        return [pair for found in _LINE.finditer(gap) for pair in self._pairs(found[1])]

    def _pairs(self, text: str) -> list[tuple[str, str]]:
        return [(name, self.restored(_unquoted(value))) for name, value in _SET.findall(text)]

    def restored(self, text: str) -> str:
        """Put the expressions back into a text."""
        return _PLACED.sub(self._restore, text) if "ghaExpression" in text else text

    def _restore(self, found: re.Match[str]) -> str:
        number = int(found[1]) if len(found[1]) < 6 else len(self.placed)
        return self.placed[number] if number < len(self.placed) else found[0]

    def looks(self, number: int) -> bool:
        """Whether a command is only looked for: `command -v`."""
        command = self.commands[number]
        looked = command.wrapper == "command" and _LOOKS.match(self.plain, command.offset)
        return bool(looked)

    def depths(self) -> list[int]:
        """Return how many brackets are open where each command begins."""
        if "(" not in self.plain:
            return [0] * len(self.commands)
        made, depth, done = [], 0, 0
        for command in self.commands:
            part = self.bare[done : command.offset] if command.offset > done else ""
            depth = max(depth + part.count("(") - part.count(")"), 0)
            done = max(done, command.offset)
            made.append(depth)
        return made

    def lost(self) -> frozenset[int]:
        """Return the commands whose failure is lost: in the background, or before `|| exit 0`."""
        if "&" not in self.plain and "||" not in self.plain:
            return frozenset()
        found: set[int] = set()
        for number in range(len(self.commands) - 1, -1, -1):
            behind = self.behind(number)
            with_next = number + 1 in found and behind.rstrip().endswith(("&&", "|"))
            forgiven = "||" in behind and self._leaves_well(number + 1)
            if with_next or forgiven or _BACKGROUND.search(behind):
                found.add(number)
        return frozenset(found)

    def _leaves_well(self, start: int) -> bool:
        """Whether the first `exit` of the commands that run after a failure is `exit 0`."""
        for command in self.commands[start : start + 8]:
            if command.certain:
                return False
            if command.program in ("exit", "return"):
                return command.words[1:2] == ("0",)
        return False

    def replaced(self) -> frozenset[int]:
        """Return the commands that do not what they say: functions, aliases, traps, `set -n`."""
        named = set(_FUNCTION.findall(self.plain)) if "()" in self.plain else set()
        found: set[int] = set()
        for number, command in enumerate(self.commands):
            words = command.words
            if command.program == "alias":
                named.update(word.partition("=")[0] for word in words[1:2])
            elif words[:2] == ("set", "-n") or (words[:1] == ("trap",) and "exit 0" in words[1:2]):
                return frozenset(range(len(self.commands)))
            elif words[:1] and words[0] in named:
                found.add(number)
        return frozenset(found)

    def without_pipefail(self, shell: str) -> frozenset[int]:
        """Return the commands of pipes whose failure is lost: all but the last of the pipe."""
        strict = shell.strip() == "bash" or "pipefail" in shell
        last = {command.pipe: number for number, command in enumerate(self.commands)}
        found = set()
        for number, command in enumerate(self.commands):
            if command.program == "set" and "pipefail" in command.words:
                place = command.words.index("pipefail")
                strict = not command.words[place - 1].startswith("+")
            elif not strict and last[command.pipe] != number:
                found.add(number)
        return frozenset(found)


@lru_cache(maxsize=256)
def _blank(text: str) -> str:
    return _QUOTED.sub(lambda found: " " * len(found[0]), text)


def _unquoted(value: str) -> str:
    return re.sub(r"""'([^']*)'|"([^"]*)\"""", lambda found: found[1] or found[2] or "", value)
