"""Groups of alerting and recording rules: read once, checked as Prometheus checks rule files.

`read_groups` takes the list under `groups` of a rule file, or of the `spec` of a PrometheusRule,
whose own fields are `extra`. What is wrong goes to `faults` under the names of the rules in
`rules.groups`; the groups that come back leave out what could not be read.

Source: https://github.com/prometheus/prometheus/blob/v3.14.0/model/rulefmt/rulefmt.go
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.promql import Expression, Fires, PromqlError, parse
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.prometheus.faults import (
    Faults,
    is_scalar,
    mark_of,
    number_of,
    said,
    seconds_of,
    text_of,
    texts_of,
)
from iac_gym.languages.prometheus.templates import template_error

#: Most groups of a file and rules of a group.
MOST = 500

_GROUP = {
    "name": "text", "interval": "duration", "query_offset": "duration", "limit": "whole number",
    "rules": "list", "labels": "texts",
}  # fmt: skip
_RULE = {
    "record": "text", "alert": "text", "expr": "text", "for": "duration",
    "keep_firing_for": "duration", "labels": "texts", "annotations": "texts",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """What alerts and recorded series share.

    `expr` is None where the expression is missing or invalid, `text` its text as written. `labels`
    contain those of the group. `interval` is that of the group in seconds, None for the global one.
    `tree` and `marks` tell where things stand.
    """

    name: str
    text: str
    expr: Expression | None
    labels: Mapping[str, str]
    group: str
    interval: float | None
    file: str
    tree: YamlMap
    mark: Mark

    def mark_of(self, key: str) -> Mark:
        """Return the place of one of its fields, or of the rule."""
        return mark_of(self.tree, key)


@dataclass(frozen=True)
class Alert(Rule):
    """An alerting rule: durations in seconds, templates as they are written."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    for_: float = 0.0
    keep_firing_for: float = 0.0

    @property
    def fires(self) -> Fires:
        """Whether it can fire at all, and whether it always does."""
        return self.expr.fires if self.expr else Fires.NEVER


@dataclass(frozen=True)
class Record(Rule):
    """A recording rule: `name` is the metric that it makes."""


@dataclass(frozen=True)
class Group:
    """A group of rules. Durations are in seconds; `limit` 0 means none."""

    name: str
    interval: float | None
    query_offset: float | None
    limit: int
    labels: Mapping[str, str]
    rules: tuple[Alert | Record, ...]
    file: str
    tree: YamlMap
    mark: Mark

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Its alerting rules, in order."""
        return tuple(one for one in self.rules if isinstance(one, Alert))

    @property
    def records(self) -> tuple[Record, ...]:
        """Its recording rules, in order."""
        return tuple(one for one in self.rules if isinstance(one, Record))


def read_groups(
    tree: Any, file: str, faults: Faults, mark: Mark = (0, 0), extra: Collection[str] = ()
) -> tuple[Group, ...]:
    """Read and check the list under `groups`. `extra` are further fields that a group may have."""
    if tree is None:
        return ()
    if tree.__class__ is not YamlList:
        faults.add(
            "fields-have-their-types", f"`groups` must be a list, not {said(tree)}", file, mark
        )
        return ()
    found: list[Group] = []
    names: set[str] = set()
    for one, place in zip(tree[:MOST], tree.marks, strict=False):
        if one is None:
            continue  # the decoder leaves such entries out
        if one.__class__ is not YamlMap:
            message = f"a group must be a mapping, not {said(one)}"
            faults.add("fields-have-their-types", message, file, place)
            continue
        group = _Reader(file, faults).group(one, place, extra)
        if group.name in names:
            message = f"the group `{group.name}` exists twice in this file"
            faults.add("groups-have-unique-names", message, file, mark_of(one, "name"))
        names.add(group.name)
        found.append(group)
    return tuple(found)


class _Reader:
    """Reads groups of one file."""

    __slots__ = ("faults", "file")

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults

    def wrong(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        self.faults.add(rule, message, self.file, mark, hint)

    def group(self, tree: YamlMap, mark: Mark, extra: Collection[str]) -> Group:
        """Read one group."""
        self.fields(tree, _GROUP, "a group", extra)
        name = text_of(tree.get("name"))
        if not name:
            self.wrong("groups-have-unique-names", "a group needs a `name`", mark)
        labels = texts_of(tree.get("labels"))
        if labels:
            self.labels(tree["labels"], "label")
        interval = seconds_of(tree.get("interval")) or None
        rules = tree.get("rules")
        made = []
        if rules.__class__ is YamlList:
            for one, place in zip(rules[:MOST], rules.marks, strict=False):
                if one is None:
                    continue
                if one.__class__ is not YamlMap:
                    message = f"a rule must be a mapping, not {said(one)}"
                    self.wrong("fields-have-their-types", message, place)
                    continue
                made.append(self.rule(one, place, name, interval, labels))
        return Group(
            name,
            interval,
            seconds_of(tree.get("query_offset")),
            _whole(tree.get("limit")),
            labels,
            tuple(one for one in made if one is not None),
            self.file,
            tree,
            mark,
        )

    def rule(
        self, tree: YamlMap, mark: Mark, group: str, interval: float | None, outer: dict[str, str]
    ) -> Alert | Record | None:
        """Read one rule; None where it is neither an alert nor a recording rule."""
        self.fields(tree, _RULE, "a rule", ())
        record, alert = text_of(tree.get("record")), text_of(tree.get("alert"))
        self.kind(record, alert, tree, mark)
        text, expr = self.expression(tree, mark)
        own = texts_of(tree.get("labels"))
        if own:
            self.labels(tree["labels"], "label")
        labels = {**outer, **own} if outer else own
        if record:
            self.recording(record, tree)
            if not alert:
                return Record(record, text, expr, labels, group, interval, self.file, tree, mark)
        if not alert:
            return None
        annotations = texts_of(tree.get("annotations"))
        if annotations:
            self.labels(tree["annotations"], "annotation")
        self.templates(alert, tree)
        return Alert(
            alert,
            text,
            expr,
            labels,
            group,
            interval,
            self.file,
            tree,
            mark,
            annotations,
            seconds_of(tree.get("for")) or 0.0,
            seconds_of(tree.get("keep_firing_for")) or 0.0,
        )

    def kind(self, record: str, alert: str, tree: YamlMap, mark: Mark) -> None:
        """Check that a rule is an alert or a recording rule."""
        if record and alert:
            message = "a rule has `record` or `alert`, not both"
            self.wrong("rules-record-or-alert", message, mark_of(tree, "record"))
        elif not record and not alert:
            message = "a rule needs `alert` or `record`"
            self.wrong("rules-record-or-alert", message, mark)

    def expression(self, tree: YamlMap, mark: Mark) -> tuple[str, Expression | None]:
        """Read the expression of a rule."""
        text = text_of(tree.get("expr"))
        if not text:
            self.wrong("rules-have-expressions", "a rule needs `expr`", mark_of(tree, "expr"))
            return text, None
        try:
            return text, parse(text)
        except PromqlError as error:
            line, column = mark_of(tree, "expr")
            piece = text.encode()[error.start : error.end].decode("utf-8", "replace")
            near = f" at `{piece[:60]}`" if piece.strip() else ""
            message = f"the expression is refused: {error.message}{near}"
            self.wrong("rules-have-expressions", message, (line, column))
            return text, None

    def recording(self, record: str, tree: YamlMap) -> None:
        """Check what a recording rule alone may not have."""
        for key in ("annotations", "for", "keep_firing_for"):
            value = tree.get(key)
            if value is None or (key != "annotations" and not seconds_of(value)) or value == {}:
                continue
            message = f"a recording rule cannot have `{key}`"
            self.wrong("records-have-no-fields-of-alerts", message, mark_of(tree, key))
        if "{" in record or "}" in record:
            message = f"`{record[:80]}` is no name of a metric: it contains braces"
            self.wrong("records-have-valid-names", message, mark_of(tree, "record"))

    def labels(self, tree: Any, what: str) -> None:
        """Check the names of labels or annotations."""
        for key in tree:
            name = text_of(key)
            if not name or (name == "__name__" and what == "label"):
                message = f"`{name}` cannot be the name of a {what}"
                self.wrong("labels-have-valid-names", message, tree.key_marks.get(key, tree.mark))

    def templates(self, alert: str, tree: YamlMap) -> None:
        """Check the templates of an alert's labels and annotations."""
        for section in ("labels", "annotations"):
            values = tree.get(section)
            if values.__class__ is not YamlMap:
                continue
            for key, value in values.items():
                text = text_of(value)
                if "{{" in text and (error := template_error(text)):
                    message = f"the template of `{text_of(key)}` is refused: {error}"
                    self.wrong("templates-can-be-read", message, values.marks.get(key, values.mark))

    def fields(
        self, tree: YamlMap, known: Mapping[str, str], what: str, extra: Collection[str]
    ) -> None:
        """Check the names and types of the fields of a mapping."""
        for key, value in tree.items():
            kind = known.get(key)
            if kind is None:
                if key not in extra:
                    message = f"{what} has no field `{text_of(key)[:60]}`"
                    mark = tree.key_marks.get(key, tree.mark)
                    self.wrong("fields-are-known", message, mark)
            elif value is not None and (kind != "text" or value.__class__ is not str):
                problem = _mistyped(kind, value)
                if problem:
                    message = f"`{key}` must be {problem}"
                    self.wrong("fields-have-their-types", message, tree.marks.get(key, tree.mark))


def _whole(value: Any) -> int:
    """Return a number as Go's decoder puts it into a whole one: cut off."""
    number = number_of(value)
    return int(number) if number is not None and abs(number) < 1 << 63 else 0


def _mistyped(kind: str, value: Any) -> str:
    """Say what a field should be, "" where it is that."""
    if kind == "text":
        return "" if is_scalar(value) else f"text, not {said(value)}"
    if kind == "duration":
        if not is_scalar(value):
            return f"a duration, not {said(value)}"
        good = seconds_of(value) is not None
        return "" if good else f"a duration such as `5m`, not `{text_of(value)[:40]}`"
    if kind == "whole number":
        number = number_of(value)
        if number is None or not abs(number) < 1 << 63:
            return f"a whole number, not `{text_of(value)[:40] or said(value)}`"
        return ""
    if kind == "list":
        return "" if value.__class__ is YamlList else f"a list, not {said(value)}"
    if value.__class__ is not YamlMap:
        return f"a mapping of text to text, not {said(value)}"
    wrong = [key for key, item in value.items() if item is not None and not is_scalar(item)]
    return f"a mapping of text to text (`{text_of(wrong[0])[:40]}` is none)" if wrong else ""
