"""Files of unit tests for `promtool test rules`: their fields, expressions and series.

The tests are not run: whether they pass is no question of validity.
Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

from __future__ import annotations

import re

from iac_gym.formats.promql import PromqlError, Selector, parse
from iac_gym.formats.yaml import YamlMap
from iac_gym.languages.prometheus.config import mappings
from iac_gym.languages.prometheus.faults import mark_of, text_of
from iac_gym.languages.prometheus.schema import Check, Note

RULE = "tests-can-be-read"
_NUMBER = r"(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?(?i:inf|nan))"
_VALUE = re.compile(rf"(?:_|stale|{_NUMBER})(?:x[0-9]+)?|{_NUMBER}[+-]{_NUMBER}x[0-9]+", re.ASCII)


def check_series(tree: YamlMap, note: Note) -> None:
    """Check an entry of `input_series`."""
    series, values = text_of(tree.get("series")), text_of(tree.get("values"))
    if not _is_series(series):
        note(RULE, f"`{series[:80]}` is no series", mark_of(tree, "series"))
    if "{{" in values:
        return  # histograms
    for one in values.split():
        if not _VALUE.fullmatch(one):
            message = f"`{one[:40]}` is no value of a series, such as `1`, `_`, `0+10x5`"
            note(RULE, message, mark_of(tree, "values"))
            return


def _is_series(text: str) -> bool:
    try:
        found = parse(text).root
    except PromqlError:
        return text.strip() in ("", "{}")
    if not isinstance(found, Selector) or found.window is not None:
        return False
    return all(one.op == "=" for one in found.matchers) and not found.offset and found.at is None


def check_test_case(tree: YamlMap, note: Note) -> None:
    """Check an entry of `promql_expr_test`."""
    try:
        parse(text_of(tree.get("expr")))
    except PromqlError as error:
        note(RULE, f"the expression is refused: {error.message}", mark_of(tree, "expr"))
    for one, mark in mappings(tree, "exp_samples"):
        labels = text_of(one.get("labels"))
        if labels and not _is_series(labels):
            note(RULE, f"`{labels[:80]}` is no series", one.marks.get("labels", mark))


def check_file(tree: YamlMap, note: Note) -> None:
    """Check a whole file."""
    seen: set[str] = set()
    order = tree.get("group_eval_order")
    for one, mark in zip(order or (), getattr(order, "marks", ()), strict=False):
        if text_of(one) in seen:
            note(RULE, f"the group `{text_of(one)[:60]}` is repeated", mark)
        seen.add(text_of(one))


CHECKS: dict[str, Check] = {
    "promtool.promqlTestCase": check_test_case,
    "promtool.series": check_series,
    "promtool.unitTestFile": check_file,
}
