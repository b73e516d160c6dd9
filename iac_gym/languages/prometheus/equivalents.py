"""Rewritings of Prometheus files that mean the same, for the contract's tests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.promql import PromqlError, parse
from iac_gym.formats.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Selector,
    Subquery,
    Text,
    Unary,
)
from iac_gym.formats.yaml import dump, load
from iac_gym.formats.yaml_scalars import PROMETHEUS, Spelled

Tree = Any


def plain(value: Tree) -> Tree:
    """Return a tree of plain values: numbers and booleans as such where their spelling is usual."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Spelled):
        usual = str(value.value).lower() == str.__str__(value).lower()
        return value.value if usual else str.__str__(value)
    return value


def _backwards(value: Tree) -> Tree:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _each_rule(change: Callable[[dict[str, Any]], None]) -> Callable[[Tree], Tree]:
    def apply(tree: Tree) -> Tree:
        for group in tree.get("groups") or ():
            for one in group.get("rules") or ():
                change(one)
        return tree

    return apply


def _each_expression(change: Callable[[str], str]) -> Callable[[Tree], Tree]:
    def apply(one: dict[str, Any]) -> None:
        if isinstance(one.get("expr"), str):
            one["expr"] = change(one["expr"])

    return _each_rule(apply)


# --- expressions ---------------------------------------------------------------------------------


def written(node: Node, late: bool = False) -> str:
    """Write an expression anew: fully in parentheses; `late` puts `by (...)` behind."""
    if isinstance(node, Number):
        return f"{node.value:.12g}" if node.value >= 0 else f"({node.value:.12g})"
    if isinstance(node, Text):
        return _quoted(node.value)
    if isinstance(node, Selector):
        return _selector(node)
    if isinstance(node, Paren):
        return written(node.expr, late)
    if isinstance(node, Unary):
        return f"({node.op}{written(node.expr, late)})"
    if isinstance(node, Call):
        return f"{node.name}({', '.join(written(arg, late) for arg in node.args)})"
    if isinstance(node, Subquery):
        step = "" if node.step is None else f"{node.step * 1000:.0f}ms"
        return f"{written(node.expr, late)}[{node.window * 1000:.0f}ms:{step}]{_shift(node)}"
    return _aggregation(node, late) if isinstance(node, Aggregation) else _binary(node, late)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _shift(node: Selector | Subquery) -> str:
    offset = f" offset {node.offset * 1000:.0f}ms" if node.offset else ""
    if node.at is None:
        return offset
    return offset + (f" @ {node.at}()" if isinstance(node.at, str) else f" @ {node.at}")


def _selector(node: Selector) -> str:
    parts = [f"{one.label}{one.op}{_quoted(one.value)}" for one in reversed(node.matchers)]
    simple = all(re.fullmatch(r"[A-Za-z_]\w*", one.label, re.ASCII) for one in node.matchers)
    if not simple:
        parts = [f"{_quoted(m.label)}{m.op}{_quoted(m.value)}" for m in node.matchers]
    window = "" if node.window is None else f"[{node.window * 1000:.0f}ms]"
    return f"{node.name}{{{', '.join(parts)}}}{window}{_shift(node)}"


def _labels(labels: tuple[str, ...]) -> str:
    return "(" + ", ".join(_quoted(one) for one in reversed(labels)) + ")"


def _aggregation(node: Aggregation, late: bool) -> str:
    args = [node.expr] if node.param is None else [node.param, node.expr]
    body = f"({', '.join(written(arg, late) for arg in args)})"
    grouping = f" {'without' if node.without else 'by'} {_labels(node.labels)} "
    if not node.grouped:
        return node.op + body
    return node.op + (body + grouping.rstrip() if late else grouping + body)


def _binary(node: Binary, late: bool) -> str:
    flag = " bool" if node.bool else ""
    matching = node.matching
    if matching is not None:
        flag += f" {'on' if matching.on else 'ignoring'} {_labels(matching.labels)}"
        if matching.group:
            flag += f" group_{matching.group} {_labels(matching.include)}"
    return f"({written(node.left, late)} {node.op}{flag} {written(node.right, late)})"


def _anew(late: bool) -> Callable[[str], str]:
    def change(text: str) -> str:
        try:
            return written(parse(text).root, late)
        except PromqlError:
            return text

    return change


def _spread(text: str) -> str:
    """Write an expression over several lines, with a comment."""
    try:
        inner = written(parse(text).root)
    except PromqlError:
        return text
    return f"# what is looked at\n{inner}\n"


# --- durations and settings ----------------------------------------------------------------------

_DURATION = re.compile(r"([0-9]+)([smhd])")
_SMALLER = {"s": ("ms", 1000), "m": ("s", 60), "h": ("m", 60), "d": ("h", 24)}
_KEYS = frozenset(
    """evaluation_interval for interval keep_firing_for query_offset refresh_interval remote_timeout
    scrape_interval scrape_timeout timeout""".split()
)


def _smaller(value: Tree, key: str = "") -> Tree:
    """Write durations in the next smaller unit."""
    if isinstance(value, dict):
        return {name: _smaller(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_smaller(item) for item in value]
    found = _DURATION.fullmatch(value) if key in _KEYS and isinstance(value, str) else None
    if found is None:
        return value
    unit, factor = _SMALLER[found[2]]
    return f"{int(found[1]) * factor}{unit}"


_STEP_DEFAULTS = {"action": "replace", "separator": ";", "regex": "(.*)", "replacement": "$1"}
_NO_DEFAULTS = frozenset(("labeldrop", "labelkeep", "keepequal", "dropequal"))


def _spelled_out(value: Tree) -> Tree:
    """Write the defaults of steps of relabeling out, and actions in upper case."""
    if isinstance(value, dict):
        found = {key: _spelled_out(item) for key, item in value.items()}
        for key in value:
            if key.endswith("relabel_configs") and isinstance(value[key], list):
                found[key] = [_full_step(step) for step in value[key]]
        return found
    return [_spelled_out(item) for item in value] if isinstance(value, list) else value


def _full_step(step: Tree) -> Tree:
    if not isinstance(step, dict) or step.get("action", "replace").lower() in _NO_DEFAULTS:
        return step
    made = {**_STEP_DEFAULTS, **step}
    return {**made, "action": made["action"].capitalize()}


def _defaults(tree: Tree) -> Tree:
    """Write the defaults of jobs out."""
    general = tree.get("global") or {}
    for job in tree.get("scrape_configs") or ():
        for key, value in (
            ("metrics_path", "/metrics"), ("scheme", "http"), ("honor_timestamps", True),
            ("scrape_interval", general.get("scrape_interval", "1m")),
        ):  # fmt: skip
            job.setdefault(key, value)
    return tree


_CHANGES: Mapping[str, Callable[[Tree], Tree]] = {
    "keys in the opposite order": _backwards,
    "expressions in parentheses, matchers in the opposite order": _each_expression(_anew(False)),
    "grouping behind the expression": _each_expression(_anew(True)),
    "expressions over several lines": _each_expression(_spread),
    "durations in smaller units": _smaller,
    "steps with their defaults": _spelled_out,
    "jobs with their defaults": _defaults,
}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if not path.endswith((".yaml", ".yml")):
            continue
        for change, rewrite in _CHANGES.items():
            tree = plain(load(text, PROMETHEUS).value)
            if isinstance(tree, dict):
                yield change, {**files, path: dump([rewrite(tree)])}
        tree = plain(load(text, PROMETHEUS).value)
        yield "JSON", {**files, path: json.dumps(tree, indent=2, ensure_ascii=False)}
        flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=80)
        yield "flow style", {**files, path: flow}
        yield "a comment", {**files, path: f"# written by hand\n{text.rstrip()}\n# the end\n"}
