"""Conditions and templates judged alone, without their variables: syntax, plugins, types."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from iac_gym.formats.jinja import JinjaError, Node, Parsed, parse_expression, parse_template, walk
from iac_gym.languages.ansible.keywords import plugin_is_known

_SHOWN = 60
#: Filters whose result is never true or false.
_NO_TRUTH = frozenset(
    """length count int float string list join lower upper trim replace split regex_replace sum
    unique dict2items items2dict sort flatten union difference intersect select selectattr reject
    rejectattr map basename dirname round abs regex_search regex_findall to_json to_nice_json
    to_yaml to_nice_yaml b64encode b64decode hash quote""".split()
)
#: Words for truth in YAML, but names of variables in Jinja.
_WORDS = frozenset(("yes", "no", "on", "off"))
_NO_TRUTH_KINDS = frozenset("concat list dict tuple binary neg pos".split())


#: Statements whose body Jinja2 compiles by itself, also inside of an `if`.
_SCOPES = frozenset("for macro call_block filter_block with set_block block autoescape".split())


class Judgement(NamedTuple):
    """What is wrong with a text, as (rule, message), and the variables that it needs.

    `free` are all variables from outside, `needed` those whose absence fails: not the ones that
    are given a default or asked whether they are defined.
    """

    faults: tuple[tuple[str, str], ...] = ()
    free: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()


NOTHING = Judgement()


@lru_cache(maxsize=8192)
def judge_template(text: str) -> Judgement:
    """Judge a text that may hold templates."""
    try:
        parsed = parse_template(text)
    except JinjaError as error:
        message = f"`{_short(text)}` is no template that Jinja reads: {error.message}"
        return Judgement((("templates-are-readable", message),))
    return _judged(parsed, ())


@lru_cache(maxsize=8192)
def judge_condition(text: str) -> Judgement:
    """Judge a condition, as in `when`."""
    stripped = text.strip()
    if not stripped:
        return Judgement((("conditions-are-readable", "the condition is empty"),))
    braced = stripped.startswith("{{") and stripped.endswith("}}")
    try:
        parsed = parse_template(text) if braced else parse_expression(text)
    except JinjaError as error:
        message = f"`{_short(text)}` is no condition: {error.message}"
        if "{{" in text and not braced:
            message += " (no `{{ }}` in conditions)"
        return Judgement((("conditions-are-readable", message),))
    if stripped.lower() in _WORDS:
        message = f"`{stripped}` in a condition is the name of a variable"
        return Judgement((("conditions-are-readable", message),))
    node = parsed.single
    faults: tuple[tuple[str, str], ...] = ()
    if node is None and parsed.flat:
        message = f"`{_short(text)}` is no condition: write one expression without `{{{{ }}}}`"
        faults = (("conditions-are-readable", message),)
    if node is not None and _never_truth(node):
        message = f"`{_short(text)}` is neither true nor false"
        faults = (("conditions-give-true-or-false", message),)
    return _judged(parsed, faults)


def judge_variable(text: str) -> Judgement:
    """Judge the expression of `debug: var=...`."""
    if "{{" in text:
        return judge_template(text)
    try:
        return _judged(parse_expression(text), ())
    except JinjaError as error:
        message = f"`{_short(text)}` is no expression: {error.message}"
        return Judgement((("templates-are-readable", message),))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "..."


def _never_truth(node: Node, depth: int = 0) -> bool:
    if depth > 30:
        return False
    if node.kind == "const":
        return not isinstance(node.value, bool) and node.value is not None
    if node.kind in ("and", "or"):
        return all(_never_truth(item, depth + 1) for item in node.items)
    if node.kind == "cond":
        branches = [item for item in node.items[1:] if item is not None]
        return len(branches) > 1 and all(_never_truth(item, depth + 1) for item in branches)
    if node.kind == "filter":
        name = str(node.value).removeprefix("ansible.builtin.")
        return name in _NO_TRUTH and node.items[0] is not None
    return node.kind in _NO_TRUTH_KINDS


def _judged(parsed: Parsed, faults: tuple[tuple[str, str], ...]) -> Judgement:
    found = [*faults]
    late: frozenset[tuple[str, int]] | None = None
    for kind, uses in (("filter", parsed.filters), ("test", parsed.tests)):
        for use in uses:
            if plugin_is_known(kind, use.name) is False:
                late = _late(parsed) if late is None else late
                rule = "plugins-are-not-seen" if (use.name, use.at) in late else "plugins-are-known"
                found.append((rule, f"there is no {kind} `{use.name[:_SHOWN]}`"))
    for call in parsed.calls:
        name = _lookup_name(call)
        if name and plugin_is_known("lookup", name) is False:
            late = _late(parsed) if late is None else late
            rule = "plugins-are-not-seen" if ("", call.at) in late else "plugins-are-known"
            found.append((rule, f"there is no lookup plugin `{name[:_SHOWN]}`"))
    free = parsed.free
    return Judgement(tuple(found), free, free - _excused(parsed) if free else free)


def _late(parsed: Parsed) -> frozenset[tuple[str, int]]:
    """Return the filters, tests, calls that are missed only when a branch of an `if` is taken."""
    waiting: list[tuple[Node, bool]] = [(parsed.body, False)]
    found: set[tuple[str, int]] = set()
    while waiting:
        node, late = waiting.pop()
        if late and node.kind in ("filter", "test"):
            found.add((str(node.value), node.at))
        elif late and node.kind == "call":
            found.add(("", node.at))
        for place, one in enumerate(node.items):
            if one is None:
                continue
            # the first test is always worked out: of `if` and of `a if test else b`
            if node.kind == "if":
                waiting += [(item, late or place + at > 0) for at, item in enumerate(one.items)]
                if one.kind != "elif" and one.kind in ("filter", "test"):
                    waiting.append((one, True))
            else:
                outside = late and not (one.kind == "body" and node.kind in _SCOPES)
                waiting.append((one, outside or (node.kind == "cond" and place > 0)))
    return frozenset(found)


def _lookup_name(call: Node) -> str:
    function, *arguments = call.items
    if function.kind != "name" or function.value not in ("lookup", "query", "q") or not arguments:
        return ""
    first = arguments[0]
    return first.value if first.kind == "const" and isinstance(first.value, str) else ""


def _excused(parsed: Parsed) -> frozenset[str]:
    """Return the variables that a text also handles when they are missing."""
    defaults = any(use.name.rpartition(".")[2] in ("default", "d") for use in parsed.filters)
    if not defaults and not parsed.tests:
        return frozenset()
    found: set[str] = set()
    for node in walk(parsed.body):
        excusing = node.kind == "filter" and str(node.value).rpartition(".")[2] in ("default", "d")
        asking = node.kind == "test" and node.value in ("defined", "undefined")
        if (excusing or asking) and node.items[0] is not None:
            found.update(one.value for one in walk(node.items[0]) if one.kind == "name")
    return frozenset(found)
