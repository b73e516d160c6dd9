"""Plays the conditions of the filter processor (OTTL, and the older lists) on one record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from envs.monitoring.requirements.collector_reading import Record, changed, fits, items, texts
from iac_gym.languages.otel_collector.model import Component

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"""
    r"""|(?P<op>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])|(?P<word>[A-Za-z_][\w.]*))"""
)
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
#: `SEVERITY_NUMBER_WARN2` -> 14, ...
SEVERITIES = {
    f"SEVERITY_NUMBER_{level}{step or ''}": 4 * place + 1 + max(step - 1, 0)
    for place, level in enumerate(_LEVELS)
    for step in (0, 2, 3, 4)
}
_MOST_TOKENS, _MOST_DEPTH = 300, 30
_CONTEXTS = ("span.", "metric.", "log.", "datapoint.")


class Unknown(Exception):
    """A condition that is not played here."""


class _Condition:
    """A reader of one condition that evaluates as it goes."""

    def __init__(self, text: str, record: Record) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.record = record

    def result(self) -> bool:
        found = self._either(0)
        if self.at != len(self.tokens):
            raise Unknown
        return found

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Unknown
        self.at += 1
        return self.tokens[self.at - 1]

    def _take(self, text: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][1] == text:
            self.at += 1
            return True
        return False

    def _must(self, text: str) -> None:
        if not self._take(text):
            raise Unknown

    def _either(self, depth: int) -> bool:
        if depth > _MOST_DEPTH:
            raise Unknown
        found = self._both(depth)
        while self._take("or"):
            found = self._both(depth) or found
        return found

    def _both(self, depth: int) -> bool:
        found = self._one(depth)
        while self._take("and"):
            found = self._one(depth) and found
        return found

    def _one(self, depth: int) -> bool:
        if self._take("not"):
            return not self._one(depth + 1) if depth < _MOST_DEPTH else False
        if self._take("("):
            found = self._either(depth + 1)
            self._must(")")
            return found
        left = self._value()
        if self.at < len(self.tokens) and self.tokens[self.at][0] == "op":
            return _compared(left, self._next()[1], self._value())
        if left.__class__ is not bool:
            raise Unknown
        return bool(left)

    def _value(self) -> Any:
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text)
        if kind != "word":
            raise Unknown
        if text in ("true", "false", "nil"):
            return {"true": True, "false": False, "nil": None}[text]
        if text in SEVERITIES:
            return float(SEVERITIES[text])
        return self._call(text) if self._take("(") else self._path(text)

    def _call(self, name: str) -> bool:
        subject = self._value()
        self._must(",")
        wanted = self._value()
        self._must(")")
        if not isinstance(wanted, str) or name not in ("IsMatch", "HasPrefix", "HasSuffix"):
            raise Unknown
        if not isinstance(subject, str):
            return False
        if name == "IsMatch":
            return fits(wanted, subject)
        return subject.startswith(wanted) if name == "HasPrefix" else subject.endswith(wanted)

    def _path(self, name: str) -> Any:
        for context in _CONTEXTS:
            name = name.removeprefix(context)
        if name in ("attributes", "resource.attributes"):
            self._must("[")
            kind, key = self._next()
            self._must("]")
            if kind != "text":
                raise Unknown
            own = self.record.resource if name.startswith("resource") else self.record.attributes
            return own.get(key[1:-1])
        if name not in self.record.fields:
            raise Unknown
        return self.record.fields[name]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.strip()
    for _ in range(_MOST_TOKENS):
        if at == len(text):
            return
        found = _TOKEN.match(text, at)
        if found is None:
            raise Unknown
        at = found.end()
        yield str(found.lastgroup), found[str(found.lastgroup)]
    raise Unknown


def _compared(left: Any, op: str, right: Any) -> bool:
    if op in ("==", "!="):
        return (left == right) is (op == "==")
    if not isinstance(left, float) or not isinstance(right, float):
        return False
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[op]


# --- the filter processor -------------------------------------------------------------------------

_KINDS = {
    "traces": ("traces", "span", "trace_conditions"),
    "metrics": ("metrics", "metric", "metric_conditions"),
    "logs": ("logs", "log_record", "log_conditions"),
}


def dropped(record: Record, processors: Iterable[Component], signal: str) -> bool | None:
    """Whether a record is dropped on its way; None where a condition cannot be played."""
    passed: list[Component] = []
    for one in processors:
        if one.type == "filter":
            gone = _filtered(one, changed(record, passed, signal), signal)
            if gone is not False:
                return gone
        passed.append(one)
    return False


def _filtered(one: Component, record: Record, signal: str) -> bool | None:
    try:
        return any(_played(text, record) for text in _conditions(one, signal)) or _listed(
            one, record, signal
        )
    except Unknown:
        return None


def _played(text: str, record: Record) -> bool:
    return _Condition(text, record).result()


def _conditions(one: Component, signal: str) -> Iterator[str]:
    section, part, flat = _KINDS[signal]
    yield from texts(one.tree, section, part)
    yield from texts(one.tree, flat)
    for entry in items(one.tree, flat):
        yield from texts(entry, "conditions")


def _listed(one: Component, record: Record, signal: str) -> bool:
    """Whether the older lists of names, attributes and levels drop a record."""
    given = one.tree.get("spans" if signal == "traces" else signal)
    for key in ("include", "exclude") if isinstance(given, Mapping) else ():
        listed = given.get(key)
        if isinstance(listed, Mapping) and _matches(listed, record) is (key == "exclude"):
            return True
    return False


def _matches(listed: Mapping[str, Any], record: Record) -> bool:
    strict = listed.get("match_type") == "strict"

    def fit(wanted: Any, value: Any) -> bool:
        return value == wanted if strict else fits(str(wanted), str(value))

    known: list[bool] = []
    for key in ("metric_names", "span_names"):
        if key in listed:
            known.append(any(fit(one, record.fields.get("name")) for one in texts(listed, key)))
    for key in ("attributes", "record_attributes"):
        for one in items(listed, key):
            known.append(
                one.get("key") in record.attributes
                and ("value" not in one or fit(one["value"], record.attributes[str(one["key"])]))
            )
    level = listed.get("severity_number")
    if isinstance(level, Mapping):
        least = _LEVELS.index(str(level.get("min"))) * 4 + 1 if level.get("min") in _LEVELS else 0
        known.append(float(record.fields.get("severity_number") or 0) >= least)
    if not known:
        raise Unknown
    return all(known)
