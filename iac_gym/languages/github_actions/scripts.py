"""The commands of a `run` text: the shell with `${{ }}` kept as words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from iac_gym.formats.shell import Command, Script, read_script
from iac_gym.languages.github_actions.values import put_in

#: Shells whose text is no shell script at all.
_OTHER = ("python", "node", "perl", "ruby", "deno", "php", "rscript")
#: Programs that do not run what they are given.
_NO_SHELLS = frozenset(("echo", "true", "false", "cat", "printf", ":"))
#: Shells that go on after a command that failed (their own last status is what counts).
_POWER = ("pwsh", "powershell", "cmd")
_WORD = "ghaExpression{}z"
_PLACED = re.compile(r"ghaExpression(\d+)z")
_NO_SCRIPT = Script([])


def is_shell(shell: str) -> bool:
    """Whether the text of a step with this shell can be read as commands."""
    words = shell.lower().split() or ["bash"]
    program = words[0].rpartition("/")[2]
    reads_only = program in ("bash", "sh") and any(
        word[:1] == "-" and word[:2] != "--" and "n" in word for word in words[1:]
    )
    return not reads_only and not program.startswith(_OTHER) and program not in _NO_SHELLS


def stops_at_failure(shell: str) -> bool:
    """Whether a failed command ends the step: so in `bash` and `sh`, not in `bash {0}`.

    PowerShell and cmd end with the status of the last command; this is taken as it is.
    """
    words = shell.split()
    if len(words) < 2 or words[0].rpartition("/")[2].lower() in _POWER:
        return True
    return any(_is_errexit(word) for word in words[1:]) or "errexit" in words


def _is_errexit(word: str) -> bool:
    return word.startswith("-") and not word.startswith("--") and "e" in word


def read_run(text: str, shell: str, env: Mapping[str, str]) -> Script:
    """Return the commands of a `run` text; none for Python and the like.

    Commands after `set +e`, and all but the last of a shell that goes on after a failure, are not
    certain. Words that hold an expression hold it as written (`${{ matrix.python }}`).
    """
    if not is_shell(shell):
        return _NO_SCRIPT
    placed: list[str] = []

    def place(expression: str) -> str:
        placed.append(expression)
        return _WORD.format(len(placed) - 1)

    plain = put_in(text, place) if "${{" in text else text
    script = read_script(plain, env if "$" in plain else {})
    lax = not stops_at_failure(shell)
    if not placed and not lax and "set" not in plain:
        return script
    made = Script([_restored(one, placed) for one in script.commands], script.error, script.offset)
    _forgive(made.commands, lax)
    return made


def _restored(command: Command, placed: list[str]) -> Command:
    if not placed:
        return replace(command)

    def restore(found: re.Match[str]) -> str:
        index = int(found[1]) if len(found[1]) < 6 else len(placed)
        return placed[index] if index < len(placed) else found[0]

    words = tuple([_PLACED.sub(restore, word) for word in command.words])
    return replace(command, words=words)


def _forgive(commands: list[Command], lax: bool) -> None:
    """Take away the certainty of commands whose failure does not end the step."""
    last = commands[-1].pipe if commands else 0
    for command in commands:
        if command.program == "set" and len(command.words) > 1:
            lax = _errexit_after(command.words[1:], lax)
        elif lax and command.pipe != last:
            command.certain = False


def _errexit_after(words: tuple[str, ...], lax: bool) -> bool:
    for place, word in enumerate(words):
        if word in ("-o", "+o") and words[place + 1 : place + 2] == ("errexit",):
            lax = word == "+o"
        elif word[:1] in "-+" and "e" in word[1:] and not word.startswith("--"):
            lax = word[0] == "+"
    return lax
