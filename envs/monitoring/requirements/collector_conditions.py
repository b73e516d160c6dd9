"""Plays conditions of the collector's processors (OTTL) on one record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envs.monitoring.requirements.collector_reading import Record, fits

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"""
    r"""|(?P<op>==|!=|<=|>=|<|>)|(?P<mark>[()\[\],])|(?P<word>[A-Za-z_][\w.]*))"""
)
LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
#: `SEVERITY_NUMBER_WARN2` -> 14, ...
SEVERITIES = {
    f"SEVERITY_NUMBER_{level}{step or ''}": 4 * place + 1 + max(step - 1, 0)
    for place, level in enumerate(LEVELS)
    for step in (0, 2, 3, 4)
}
_ENUMS = {
    "SEVERITY_NUMBER_UNSPECIFIED": 0,
    "SPAN_KIND_INTERNAL": 1, "SPAN_KIND_SERVER": 2, "SPAN_KIND_CLIENT": 3, "SPAN_KIND_PRODUCER": 4,
    "SPAN_KIND_CONSUMER": 5, "STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2,
}  # fmt: skip
_MOST_TOKENS, _MOST_DEPTH = 300, 30
_CONTEXTS = ("span.", "metric.", "log.", "datapoint.")


class Unknown(Exception):
    """A condition that is not played here."""


class _Condition:
    """A reader of one condition that evaluates as it goes."""

    def __init__(self, text: str, record: Record, context: str) -> None:
        self.tokens = list(_tokens(text))
        self.context = context
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
        if text in SEVERITIES or text in _ENUMS:
            return float(SEVERITIES.get(text, _ENUMS.get(text, 0)))
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
            whole = name.startswith("resource") or self.context == "resource"
            return (self.record.resource if whole else self.record.attributes).get(key[1:-1])
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


def holds(text: str, record: Record, context: str = "") -> bool:
    """Play a condition on a record; `context` tells whose attributes `attributes` are.

    Raises `Unknown` where it cannot be played.
    """
    return _Condition(text, record, context).result()
