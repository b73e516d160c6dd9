"""Variables in compose files (`$NAME`, `${NAME:-default}`, `$$`) and the casts that follow them.

Interpolation comes before every other check, as in Docker Compose: a string at a place that holds
a number or a boolean is then cast to it, whether or not it had a variable. No variable has a value
here, because an answer comes without an environment: defaults apply, the rest is empty, and
`${NAME:?message}` is the error that it would be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from iac_gym.formats.yaml import YamlList, YamlMap
from iac_gym.languages.compose.values import whole_float, whole_int

#: Deepest nesting of `${A:-${B:-...}}`, and most variables of one value.
MOST_NESTED = 20
MOST_VARIABLES = 1000

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATOR = re.compile(r":?[-+?]")
_BRACE = re.compile(r"[{}]")


class BadTemplate(ValueError):
    """A `${...}` that cannot be read, or a required variable without a value."""


def _close(text: str, start: int) -> int:
    """Return where the brace opened at `start` closes on its line; -1 where it never does."""
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    last = text.rfind("}", start, end)
    depth, place = 0, start
    while (brace := _BRACE.search(text, place, last + 1)) is not None:
        place = brace.end()
        if brace[0] == "}":
            depth -= 1
            if depth == 0:
                return brace.start()
        else:
            depth += 1
            place += 1
    return last


def _braced(text: str, start: int, depth: int) -> tuple[str, int]:
    """Read `{NAME...}` at `start`: (its value, the place after it)."""
    name = _NAME.match(text, start + 1)
    if not name:
        raise BadTemplate("`${` needs the name of a variable after it")
    place = name.end()
    if text[place : place + 1] == "}":
        return "", place + 1
    operator = _OPERATOR.match(text, place)
    end = _close(text, start) if operator else -1
    if not operator or end < place:
        raise BadTemplate(f"`${{{name[0]}` is not closed rightly")
    default = text[operator.end() : end]
    if operator[0] in ("?", ":?"):
        said = substitute(default, depth + 1)
        raise BadTemplate(f"the variable {name[0]} is required and has no value: {said}")
    return ("" if operator[0] in ("+", ":+") else substitute(default, depth + 1)), end + 1


def substitute(text: str, depth: int = 0) -> str:
    """Replace the variables of a text; raises `BadTemplate`."""
    if "$" not in text:
        return text
    if depth > MOST_NESTED or text.count("${") > MOST_VARIABLES:
        raise BadTemplate("there are too many variables, or they are nested too deeply")
    out: list[str] = []
    place = 0
    while (sign := text.find("$", place)) >= 0:
        out.append(text[place:sign])
        after = text[sign + 1 : sign + 2]
        if after == "$":
            out.append("$")
            place = sign + 2
        elif after == "{":
            value, place = _braced(text, sign + 1, depth)
            out.append(value)
        elif found := _NAME.match(text, sign + 1):
            place = found.end()
        else:
            out.append("$")
            place = sign + 1
    return "".join(out) + text[place:]


def to_bool(text: str) -> bool:
    """Cast as compose does: YAML 1.1 words in any case."""
    word = text.lower()
    if word in ("true", "y", "yes", "on"):
        return True
    if word in ("false", "n", "no", "off"):
        return False
    raise ValueError(f"{text[:40]!r} is no boolean")


def _casts(*groups: tuple[Callable[[str], Any], str]) -> dict[str, Any]:
    table: dict[str, Any] = {}
    for cast, paths in groups:
        for path in paths.split():
            node = table
            *steps, last = path.split(".")
            for step in steps:
                node = node.setdefault(step, {})
            if isinstance(node.get(last), dict):
                node[last][""] = cast
            else:
                node[last] = cast
    return table


_SERVICE = _casts(
    (
        whole_int,
        "cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares deploy.replicas "
        "deploy.update_config.parallelism deploy.rollback_config.parallelism "
        "deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node "
        "healthcheck.retries oom_score_adj pids_limit ports.*.target scale "
        "ulimits.*.hard ulimits.*.soft ulimits.*",
    ),
    (
        whole_float,
        "cpu_percent cpus deploy.update_config.max_failure_ratio "
        "deploy.rollback_config.max_failure_ratio",
    ),
    (
        to_bool,
        "init depends_on.*.required depends_on.*.restart healthcheck.disable oom_kill_disable "
        "privileged read_only stdin_open tty volumes.*.read_only volumes.*.volume.nocopy",
    ),
)
#: Where strings are cast, by path; `*` is any key or index, "" the cast of the node itself.
CASTS: dict[str, Any] = {
    "services": {"*": _SERVICE},
    "networks": {"*": dict.fromkeys(
        ("external", "internal", "attachable", "enable_ipv4", "enable_ipv6"), to_bool
    )},
    "volumes": {"*": {"external": to_bool}},
    "secrets": {"*": {"external": to_bool}},
    "configs": {"*": {"external": to_bool}},
}  # fmt: skip

Note = Callable[[str, str, tuple[int, int]], None]


class _Walk:
    def __init__(self, variables: bool, note: Note) -> None:
        self.variables = variables
        self.note = note

    def visit(self, value: Any, casts: Any, place: str, mark: tuple[int, int]) -> Any:
        """Return the value with variables replaced; the same object where nothing changed."""
        if isinstance(value, str):
            return self.text(value, casts, place, mark)
        if casts is None and not self.variables:
            return value
        if isinstance(value, YamlMap):
            return self.mapping(value, casts, place)
        return self.sequence(value, casts, place) if isinstance(value, YamlList) else value

    def text(self, value: str, casts: Any, place: str, mark: tuple[int, int]) -> Any:
        cast = casts.get("") if isinstance(casts, dict) else casts
        if cast is None and "$" not in value:
            return value
        try:
            said = substitute(value)
        except BadTemplate as error:
            self.note("interpolation", f"`{place}`: {error}", mark)
            return value
        if cast is None:
            return said
        try:
            return cast(said)
        except ValueError as error:
            self.note("interpolation", f"`{place}`: {error}", mark)
            return said

    def mapping(self, value: YamlMap, casts: Any, place: str) -> YamlMap:
        table = casts if isinstance(casts, dict) else {}
        other = table.get("*")
        changed: dict[Any, Any] = {}
        for key, item in value.items():
            inner = table.get(key, other) if key else other
            step = f"{place}.{key}" if place else str(key)
            made = self.visit(item, inner, step, value.marks.get(key, value.mark))
            if made is not item:
                changed[key] = made
        return copied(value, changed) if changed else value

    def sequence(self, value: YamlList, casts: Any, place: str) -> YamlList:
        inner = casts.get("*") if isinstance(casts, dict) else None
        made = YamlList(value.mark)
        made.marks = value.marks
        for index, item in enumerate(value):
            mark = value.marks[index] if index < len(value.marks) else value.mark
            made.append(self.visit(item, inner, f"{place}[{index}]", mark))
        same = all(old is new for old, new in zip(value, made, strict=True))
        return value if same else made


def copied(tree: YamlMap, changed: dict[Any, Any]) -> YamlMap:
    """Copy one level of a mapping with some values changed; the marks stay."""
    made = YamlMap(tree.mark)
    made.update(tree)
    made.update(changed)
    made.marks = dict(tree.marks)
    made.key_marks = dict(tree.key_marks)
    return made


def interpolate(tree: YamlMap, note: Note) -> YamlMap:
    """Replace variables and cast; problems go to `note(kind, message, mark)`."""
    walk = _Walk(_survey(tree, note), note)
    made: YamlMap = walk.visit(tree, CASTS, "", tree.mark)
    return made


def _survey(tree: Any, note: Note) -> bool:
    """Note the keys that are no text; return whether any value has a `$`."""
    if isinstance(tree, str):
        return "$" in tree
    found = False
    if isinstance(tree, YamlMap):
        for key, item in tree.items():
            if not isinstance(key, str):
                mark = tree.key_marks.get(key, tree.mark)
                note("keys", f"the key `{str(key)[:40]}` is no text; put it in quotes", mark)
            found = _survey(item, note) or found
    elif isinstance(tree, YamlList):
        for item in tree:
            found = _survey(item, note) or found
    return found
