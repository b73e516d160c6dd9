"""Command lines in one normal form: equal commands have equal words, whatever the service."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import dropwhile

_RUNNERS = frozenset(("poetry run", "uv run", "pipenv run", "hatch run", "bundle exec",
                      "pnpm exec", "yarn exec"))  # fmt: skip
#: Options of runners that change nothing of the command.
_RUN_FLAGS = frozenset("--frozen --locked --no-sync --all-extras --isolated -q --quiet".split())
_PACKAGES = frozenset(("npm", "yarn", "pnpm"))
_TIMED = re.compile(r"timeout [\d.]+[smhd]?$")
#: Most runners around a command that are taken away.
_MOST_RUNNERS = 4


def normal(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a command so that equal commands have equal words.

    `python -m pytest` is `pytest`, `npm run build` is `npm build`, `--a=b` is `--a b`, and a script
    that a shell is told to run is the script.
    """
    words = tuple(words)
    for _ in range(_MOST_RUNNERS):
        shorter = _without_runner(words)
        if shorter == words or not shorter:
            break
        words = shorter
    if words[0] in _PACKAGES and words[1:2] in (("run",), ("run-script",)) and len(words) > 2:
        words = (words[0], *words[2:])
    single = words[0] == "terraform"
    made: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and (name.startswith("--") or (single and name[:1] == "-")) and "{" not in name:
            made += [name, value]
        else:
            made.append(word)
    made[0] = made[0].removeprefix("./")
    return tuple(made)


def _without_runner(words: tuple[str, ...]) -> tuple[str, ...]:
    if words[0] in ("python", "python3", "py") and words[1:2] == ("-m",) and len(words) > 2:
        words = words[2:]
    elif words[0] in ("bash", "sh") and len(words) > 1:
        words = _script_of(words)
    elif words[0] == "npx" and len(words) > 1:
        rest = [word for word in words[1:3] if word not in ("-y", "--yes", "--no-install")]
        words = (*rest, *words[3:]) or words
    elif len(words) > 2 and (" ".join(words[:2]) in _RUNNERS or _TIMED.match(" ".join(words[:2]))):
        words = tuple(dropwhile(lambda word: word in _RUN_FLAGS, words[2:])) or words
    if words[0] in ("pip3", "python3"):
        words = (words[0][:-1], *words[1:])
    return words


def _script_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the script that a shell is told to run; options such as `-e` change nothing of it."""
    at = 1
    while at < len(words) - 1 and re.fullmatch(r"-[eux]+", words[at]):
        at += 1
    return words if words[at].startswith("-") else words[at:]


#: The options by which programs go to another folder. They may stand anywhere, some only first.
_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "make": ("-C", "--directory"), "npm": ("--prefix", "-C"), "pnpm": ("-C", "--dir", "--prefix"),
    "yarn": ("--cwd",), "go": ("-C",), "git": ("-C",), "terraform": ("-chdir",),
    "tofu": ("-chdir",), "gradle": ("-p", "--project-dir"), "./gradlew": ("-p", "--project-dir"),
}  # fmt: skip
_FIRST = frozenset(("go", "git", "terraform", "tofu"))


def elsewhere(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Take the option that names another working folder out of a command line.

    `terraform -chdir=infra plan` gives the words of `terraform plan`, and `infra`.
    """
    options = _ELSEWHERE.get(words[0])
    if options is None:
        return words, "."
    end = 2 if words[0] in _FIRST else len(words)
    for place in range(1, min(end, len(words))):
        word = words[place]
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if equals and value and name in options:
            return (*words[:place], *words[place + 1 :]), value
        if word in options and place + 1 < len(words) and word != "-chdir":
            return (*words[:place], *words[place + 2 :]), words[place + 1]
    return words, "."


# --- folders -------------------------------------------------------------------------------------


class Folders:
    """Follows `cd`, `pushd` and `popd` through a script. `roots` name the folder at its start.

    A `cd` in a subshell ends with it; one that may not run leaves the folder unknown.
    """

    #: The folder where it is not known.
    UNKNOWN = "?"

    def __init__(self, start: str = ".", roots: Sequence[str] = ()) -> None:
        self._roots = roots
        self._at: dict[tuple[int, ...], str] = {(): start}
        self._before: list[str] = []
        self._pushed: list[str] = []
        self._text = ""
        self._scopes: tuple[list[int], list[tuple[int, ...]]] = ([0], [()])

    def enter(self, text: str, offset: int) -> tuple[int, ...]:
        """Go to a command of a text; returns the subshells that it stands in."""
        if text != self._text:
            self._text = text
            self._at = {(): self._at[()]}
            self._scopes = subshells(text) if "(" in text else ([0], [()])
        places, scopes = self._scopes
        return scopes[bisect_right(places, offset) - 1]

    def of(self, scope: tuple[int, ...]) -> str:
        """Return the folder of a command."""
        while scope and scope not in self._at:
            scope = scope[:-1]
        return self._at[scope]

    def then(self, scope: tuple[int, ...], path: str) -> str:
        """Return the folder that a path leads to from that of a command."""
        here = self.of(scope)
        if path == ".":
            return here
        known = here != self.UNKNOWN or path.startswith("/")
        return joined(here, path, self._roots) if known else here

    def moves(self, words: tuple[str, ...], scope: tuple[int, ...], certain: bool) -> bool:
        """Follow a command, if it goes to another folder."""
        if words[0] not in ("cd", "pushd", "popd"):
            return False
        here = self.of(scope)
        self._at[scope] = self._target(words, here) if certain else self.UNKNOWN
        self._before.append(here)
        return True

    def _target(self, words: tuple[str, ...], here: str) -> str:
        given = [word for word in words[1:] if word != "--"]
        if words[0] == "popd":
            return self._pushed.pop() if self._pushed else self.UNKNOWN
        if words[0] == "pushd":
            self._pushed.append(here)
        if given == ["-"]:
            return self._before[-1] if self._before else self.UNKNOWN
        if len(given) != 1:
            return self.UNKNOWN
        return joined(here, given[0], self._roots)


def joined(here: str, path: str, roots: Sequence[str]) -> str:
    """Return the folder that a path leads to; `roots` are the spellings of the start."""
    for root in roots:
        if path == root or path.startswith(f"{root}/"):
            here, path = ".", path[len(root) :].lstrip("/") or "."
    return posixpath.normpath(posixpath.join(here, path))


def subshells(text: str) -> tuple[list[int], list[tuple[int, ...]]]:
    """Return places of a script, and from each on the parentheses that are open."""
    opened: list[int] = []
    places: list[int] = [0]
    scopes: list[tuple[int, ...]] = [()]
    for found in _QUOTED_OR_OPEN.finditer(text):
        char = found[0]
        if char == "(" and len(opened) < _MOST_SUBSHELLS:
            opened.append(found.start())
        elif char == ")" and opened:
            opened.pop()
        else:
            continue
        places.append(found.end())
        scopes.append(tuple(opened))
    return places, scopes


_QUOTED_OR_OPEN = re.compile(r"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|[()]", re.DOTALL)
#: Deepest subshells that are told apart.
_MOST_SUBSHELLS = 20


# --- what becomes of a failure -------------------------------------------------------------------

_ENDS = re.compile(r"\\.|'[^']*'|\"(?:[^\"\\]|\\.)*\"|[<>]&|&>|&&|\|\||[|;&\n]", re.DOTALL)
#: Longest rest of a list of commands that is looked through.
_MOST_LIST = 2_000
_LEAVES_WELL = re.compile(r"\s*(?:exit|return)\s+0\b")


def is_lost(text: str, offset: int) -> bool:
    """Whether nobody learns of a command's failure: it runs in the background, or `exit 0` follows.

    `||` with anything else is known to those who read the script.
    """
    for found in _ENDS.finditer(text, offset, offset + _MOST_LIST):
        end = found[0]
        if end == "&":
            return True
        if end == "||":
            return _LEAVES_WELL.match(text, found.end()) is not None
        if end in (";", "\n"):
            return False
    return False


# --- variables that a script sets ----------------------------------------------------------------

_SET = re.compile(
    r"""(?:^|[;\n]|&&)[ \t]*(?:(?:then|else|do)[ \t]+)?
    (?:(?:export|readonly|local|declare(?:[ \t]+-\w+)?)[ \t]+)?
    (?P<name>[A-Za-z_]\w*)=
    (?:(?P<value>"(?:[^"\\`]|\\.)*"|'[^']*'|[^\s;&|"'`()<>]*)(?=[ \t]*(?:$|[;\n]|&&|\#))
    |(?P<unknown>"?(?:\$\(|`)))""",
    re.VERBOSE,
)
_BRANCHES = re.compile(r"(?:^|[\s;])(?:if|for|while|until|case|function)\s|\|\||\)\s*\{")
_NAMES = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")
_MOST_VALUE = 2_000


def assigned(text: str) -> list[tuple[int, str, str | None]]:
    """Return what a script sets: where, the variable, its value (None where only a run tells)."""
    if "=" not in text:
        return []
    doubtful = _BRANCHES.search(text) is not None
    found: list[tuple[int, str, str | None]] = []
    for one in _SET.finditer(text[:20_000]):
        value = None if one["unknown"] or doubtful else one["value"]
        if value is not None and ("$(" in value or "`" in value):
            value = None
        if value is not None and value[:1] == "'":
            value = value[1:-1].replace("$", "\0")
        elif value is not None:
            value = value.strip('"')
        found.append((one.start("name"), one["name"], value))
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put the values of variables into a text; those without a value stay."""
    if "$" not in text:
        return text
    return _NAMES.sub(lambda one: values.get(one[1] or one[2], one[0]), text)[:_MOST_VALUE]


def remember(values: dict[str, str], name: str, value: str | None) -> None:
    """Note what a script has set a variable to."""
    if value is None:
        values.pop(name, None)
    else:
        values[name] = filled(value, values)


_FORGIVEN = re.compile(
    r"[ \t]{0,20}\|\|[ \t]{0,20}(?:true|:|/bin/true|echo\b[^;&|\n]*|exit[ ]+0)[ \t]{0,20}$",
    re.MULTILINE,
)


def without_pardons(text: str) -> str:
    """Return a script without `|| true` at the ends of its lines, where failures do not matter."""
    return _FORGIVEN.sub("", text)
