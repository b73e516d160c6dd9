"""The commands of a shell script, and whether they certainly run.

Flat scripts (words joined by `&&`, `||`, `;`, `|`) are read here in one pass; anything else goes to
tree-sitter's bash grammar in `shell_tree.py`, which is imported only then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

#: Longest script that is examined; what is longer is taken as it is.
MOST_SCRIPT = 32768
#: Longest script that is kept for the next file that holds the same, with the same variables.
MOST_KEPT = 512

_TOKEN = re.compile(
    r"""[ \t\r]+
    |(?P<op>&&|\|\||;|\||\n)
    |(?P<redirect>[0-9]*(?:>>|>&|<&|>|<)(?![<(>&|])[ \t]*)
    |(?P<word>(?:[A-Za-z0-9_./:=@%+,~^*?\]\[-]+
        |'[^']*'|"[^"$`\\]*"|\\[^\n]|\$[A-Za-z_][A-Za-z0-9_]*|\$\{[A-Za-z_][A-Za-z0-9_]*\})+)
    """,
    re.VERBOSE,
)
_PART = re.compile(
    r"""'([^']*)'|"([^"]*)"|\\(.)|\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}|([^'"\\$]+)""", re.DOTALL
)
_PLAIN_SCRIPT = re.compile(
    r"[A-Za-z0-9_./:=@%+,~^*?\]\[ \t-]+(?:(?:&&|;)[A-Za-z0-9_./:=@%+,~^*?\]\[ \t-]+)*"
)
_JOINT = re.compile(r"(&&|;)")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_SIMPLE = re.compile(r"[A-Za-z0-9_./:=@%+,~^*?\]\[-]+")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=")
_RESERVED = frozenset(
    """if then else elif fi for while until do done case esac in function select time coproc [[ ]]
    { } !""".split()
)
#: Commands that only run another command.
_WRAPPERS = frozenset("sudo env exec command nice nohup time builtin".split())
#: `exec` in front of a command is a wrapper; alone it only redirects.
_STOPS = frozenset(("exit", "return"))
_CONDITIONS = frozenset(("[", "[[", "test", "false"))
SHELLS = frozenset("sh bash dash ash ksh zsh".split())


@dataclass(slots=True)
class Command:
    """One simple command: its words, its offset in the script, and whether it certainly runs.

    Commands of one pipe have the same number in `pipe`. Assignments and wrappers such as `sudo` in
    front are not in `words`; `wrapper` names the first wrapper. `program` is the name of the
    program, without its directory; `arguments` is kept here by `shell_commands.arguments_of`.
    """

    words: tuple[str, ...]
    offset: int
    certain: bool
    pipe: int
    wrapper: str = ""
    program: str = field(init=False, repr=False, compare=False, default="")
    arguments: tuple[list[str], list[str]] | None = field(
        init=False, repr=False, compare=False, default=None
    )

    def __post_init__(self) -> None:
        """Take the program's name from its path."""
        if self.words:
            name = self.words[0]
            self.program = name.rpartition("/")[2] if "/" in name else name


class Install(NamedTuple):
    """One installation: the package manager, the packages without versions, the options."""

    command: Command
    manager: str
    names: frozenset[str]
    options: list[str]


@dataclass(slots=True)
class Script:
    """A script: its commands, or the error that the shell would stop at (with its offset).

    What is worked out from the commands alone is kept here by those who ask for it: `installed` by
    `shell_commands`; `users`, `features` and `cleans_apt` by the Dockerfile language.
    """

    commands: list[Command]
    error: str = ""
    offset: int = 0
    installed: list[Install] | None = field(init=False, repr=False, compare=False, default=None)
    users: list[tuple[str, str]] | None = field(init=False, repr=False, compare=False, default=None)
    features: frozenset[str] | None = field(init=False, repr=False, compare=False, default=None)
    cleans_apt: bool | None = field(init=False, repr=False, compare=False, default=None)
    _said: frozenset[tuple[str, ...]] | None = field(
        init=False, repr=False, compare=False, default=None
    )
    _certain: list[Command] | None = field(init=False, repr=False, compare=False, default=None)

    @property
    def certain(self) -> list[Command]:
        """The commands that certainly run, and fail the build where they fail."""
        if self._certain is None:
            self._certain = [one for one in self.commands if one.certain and one.words]
        return self._certain

    @property
    def said(self) -> frozenset[tuple[str, ...]]:
        """The words of each command that certainly runs."""
        if self._said is None:
            self._said = frozenset([one.words for one in self.certain])
        return self._said


Lookup = Mapping[str, str]


def unquote(word: str, env: Lookup) -> list[str]:
    """Return the words that a flat word stands for: unquoted variables are split."""
    if _SIMPLE.fullmatch(word):
        return [word]
    words = [""]
    for single, double, escaped, name, braced, plain in _PART.findall(word):
        variable = name or braced
        if variable and variable in env:
            first, *rest = env[variable][:4096].split() or [""]
            words[-1] += first
            words.extend(rest)
        elif variable:
            words[-1] += f"${{{variable}}}"
        elif double:
            words[-1] += _VARIABLE.sub(lambda m: env.get(m[1] or m[2], m[0])[:4096], double)
        else:
            words[-1] += single or escaped or plain
    return [word for word in words if word] or ([""] if "'" in word or '"' in word else [])


def strip_wrappers(words: list[str]) -> tuple[list[str], str]:
    """Drop leading assignments and wrappers such as `sudo -E` and `env A=1`."""
    wrapper = ""
    at = 0
    while at < len(words):
        word = words[at]
        if _ASSIGNMENT.match(word) or (wrapper and word.startswith("-")):
            at += 1
        elif word in _WRAPPERS and at + 1 < len(words):
            wrapper = wrapper or word
            at += 1
        else:
            break
    return words[at:], wrapper


def _plain(text: str) -> Script | None:
    """Read a script of plain words joined by `&&` and `;`, the commonest; None for any other."""
    if not _PLAIN_SCRIPT.fullmatch(text):
        return None
    commands: list[Command] = []
    certain, dead, offset = True, False, 0
    for part in _JOINT.split(text):
        words = part.split()
        if part == ";":
            certain = not dead
        elif part == "&&":
            pass
        elif not words or words[0] in _RESERVED:
            return None
        else:
            stripped, wrapper = words, ""
            if words[0] in _WRAPPERS or "=" in words[0]:
                stripped, wrapper = strip_wrappers(words)
            start = offset + len(part) - len(part.lstrip())
            command = Command(tuple(stripped), start, certain, len(commands) + 1, wrapper)
            commands.append(command)
            if is_stop(command):
                dead = dead or certain
                certain = False
            elif command.program in _CONDITIONS:
                certain = False
        offset += len(part)
    return Script(commands)


class _Flat:
    """One pass over a flat script; `None` from `read` means that it is not flat."""

    def __init__(self, text: str, env: Lookup) -> None:
        self._text = text
        self._env = env
        self._words: list[str] = []
        self._start = 0
        self._list: list[tuple[str, list[Command]]] = []
        self._op = ""
        self._pipe = 0
        self._dead = False
        self.commands: list[Command] = []
        self._error = ""

    def read(self) -> Script | None:
        at, end, text = 0, len(self._text), self._text
        target = False
        while at < end:
            found = _TOKEN.match(text, at)
            if not found or found.end() == at:
                return None
            kind = found.lastgroup
            if kind == "word":
                if not target and not self._take(found[0], at):
                    return None
                target = False
            elif kind == "op":
                if target or not self._operator(found[0]):
                    return Script([], f"`{found[0].strip() or 'newline'}` is not expected here", at)
            elif kind == "redirect":
                target = True
                if not self._words:
                    return None
            at = found.end()
        if target or (not self._words and self._op in ("&&", "||", "|")):
            return Script([], "the script ends where a command is expected", end)
        self._command()
        self._close()
        return Script(self.commands)

    def _take(self, word: str, at: int) -> bool:
        if not self._words:
            if word in _RESERVED:
                return False
            self._start = at
        self._words.extend(unquote(word, self._env))
        return True

    def _operator(self, op: str) -> bool:
        if not self._words:
            return op == "\n"
        self._command()
        if op in (";", "\n"):
            self._close()
            self._op = ""
        else:
            self._op = op
        return True

    def _command(self) -> None:
        if not self._words:
            return
        words, wrapper = strip_wrappers(self._words)
        self._words = []
        command = Command(tuple(words), self._start, True, self._pipe, wrapper)
        if self._op == "|" and self._list:
            self._list[-1][1].append(command)
        else:
            self._pipe += 1
            command.pipe = self._pipe
            self._list.append((self._op, [command]))

    def _close(self) -> None:
        mark_certain(self._list, self._dead)
        for _, commands in self._list:
            self.commands.extend(commands)
            if commands[0].certain and len(commands) == 1 and is_stop(commands[0]):
                self._dead = True
        self._list = []


def is_stop(command: Command) -> bool:
    """Whether nothing after this command runs."""
    return command.program in _STOPS or (command.wrapper == "exec" and bool(command.words))


def mark_certain(items: list[tuple[str, list[Command]]], dead: bool) -> None:
    """Say which commands of one `&&`/`||` list certainly run, and stop the build if they fail.

    `a || true` and `a || exit 0` forgive a failure, so `a` does not count; `a || exit 1` does not
    forgive.
    """
    doubtful, after_or = _forgiven(items)
    skip = dead
    for place, (op, commands) in enumerate(items):
        if skip or op == "||" or place < doubtful or place >= after_or:
            for command in commands:
                command.certain = False
        if op != "||" and (commands[-1].program in _CONDITIONS or is_stop(commands[-1])):
            skip = True


def _fails(command: Command) -> bool:
    """Whether a command behind `||` fails, too: `exit 1`, or `exit` with the status so far."""
    if command.program in ("exit", "return"):
        return command.words[1:2] != ("0",)
    return command.program == "false"


def _forgiven(items: list[tuple[str, list[Command]]]) -> tuple[int, int]:
    """Return the places before which, and from which, commands are in doubt for an `||`."""
    doubtful, after_or = 0, len(items)
    for place, (op, commands) in enumerate(items):
        if op == "||" and not _fails(commands[0]):
            doubtful, after_or = place, min(after_or, place)
    return doubtful, after_or


def _unwrap(script: Script, env: Lookup, depth: int) -> Script:
    """Replace `sh -c '...'` by the commands of its script."""
    out: list[Command] = []
    for command in script.commands:
        inner = shell_argument(command.words) if command.program in SHELLS else None
        if inner is None or depth > 2:
            out.append(command)
            continue
        nested = read_script(inner, env, depth + 1)
        for found in nested.commands:
            found.offset = command.offset
            found.certain = found.certain and command.certain
            found.pipe = command.pipe
        out.extend(nested.commands)
    script.commands = out
    return script


def shell_argument(words: tuple[str, ...]) -> str | None:
    """Return the script of `sh -c SCRIPT` (or `bash -euxc SCRIPT`), None where there is none."""
    for place, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[place + 1]
        if not word.startswith("-") and word != "pipefail":
            return None
    return None


_tree: list[Callable[[str, Lookup], Script]] = []


def read_script(text: str, env: Lookup, depth: int = 0) -> Script:
    """Read a script into commands. Nobody changes what is returned: it may be read again."""
    if depth == 0 and len(text) <= MOST_KEPT:
        if "$" not in text:
            return _kept_script(text, ())
        names = _names(text)
        if names is not None:
            known = tuple([(name, env[name]) for name in names if name in env])
            if not known or all(len(one) <= MOST_KEPT and "$" not in one for _, one in known):
                return _kept_script(text, known)
    return _read(text, env, depth)


@lru_cache(maxsize=2048)
def _kept_script(text: str, known: tuple[tuple[str, str], ...]) -> Script:
    return _read(text, dict(known), 0)


_NAME = re.compile(r"\$\{?([A-Za-z_]\w*)")
_ASCII_NAME = re.compile(_NAME.pattern, re.ASCII)
_SHELL_WORD = re.compile(rf"\b(?:{'|'.join(sorted(SHELLS))})\b")


@lru_cache(maxsize=2048)
def _names(text: str) -> tuple[str, ...] | None:
    """Return the variables that a script may read; None where a shell in it may read others."""
    if _SHELL_WORD.search(text):
        return None
    return tuple(dict.fromkeys([*_NAME.findall(text), *_ASCII_NAME.findall(text)]))


def _read(text: str, env: Lookup, depth: int) -> Script:
    if len(text) > MOST_SCRIPT:
        return Script([])
    script = _plain(text) or _Flat(text, env).read()
    if script is None:
        if not _tree:
            from iac_gym.formats.shell_tree import read_tree

            _tree.append(read_tree)
        script = _tree[0](text, env)
    if any(command.program in SHELLS for command in script.commands):
        return _unwrap(script, env, depth)
    return script
