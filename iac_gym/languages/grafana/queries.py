"""Queries of panels: PromQL with Grafana's variables, in a form that can be parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from iac_gym.formats import promql
from iac_gym.languages.grafana.variables import Use, uses

#: Durations that stand for Grafana's variables, where a query uses them as durations: a window of
#: `$__rate_interval` is read as a window of 241 s.
DURATIONS: Mapping[str, str] = {
    "__rate_interval": "241s",
    "__interval": "61s",
    "__range": "3601s",
}
#: What any other variable stands for as a duration, as a number and as a word.
DURATION, NUMBER, WORD = "301s", "31", "grafana_variable_"
_NUMBERS: Mapping[str, str] = {
    "__interval_ms": "61000",
    "__rate_interval_ms": "241000",
    "__range_s": "3601",
    "__range_ms": "3601000",
    "__from": "1700000000000",
    "__to": "1700003600000",
    "__interval_s": "61",
}
#: Most variables that one query may use.
MOST_USES = 200
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|#[^\n]*', re.DOTALL)
_BEFORE_DURATION = re.compile(r"(?:\[|\[[^\[\]]*:|\boffset\s*-?)\s*([0-9]*)\Z")
_BEFORE_NUMBER = re.compile(
    r"(?:[=!<>]=|[<>]|[-+*/%^]|\b(?:topk|bottomk|quantile|histogram_quantile|quantile_over_time"
    r"|limitk|limit_ratio|count_values|clamp_min|clamp_max|round)\s*\(|\bbool)\s*\Z"
)
_AFTER_UNIT = re.compile(r"(?:ms|[smhdwy])\b")


@dataclass(frozen=True, slots=True)
class Promql:
    """A query of PromQL as Grafana sends it, with something in the place of every variable.

    `expression` is None where it cannot be read: `problem` says why. It is '' where variables stand
    for parts of the syntax, so that only Grafana could tell (`judged` is False then).
    """

    text: str
    expression: promql.Expression | None
    problem: str = ""
    at: int = 0
    judged: bool = True


@lru_cache(maxsize=2048)
def read_promql(text: str) -> Promql:
    """Read a query of PromQL."""
    found = list(islice(uses(text), MOST_USES + 1))
    if len(found) > MOST_USES:
        return Promql(text, None, judged=False)
    outside = _outside(text, found) if found else frozenset()
    first: promql.PromqlError | None = None
    for favoured in (None, WORD, NUMBER) if outside else (None,):
        made = _substitute(text, found, outside, favoured) if found else text
        try:
            return Promql(made, promql.parse(made))
        except promql.PromqlError as error:
            first = first or error
    if first is None or any(not use.name.startswith("__") for use in outside):
        return Promql(text, None, judged=False)
    return Promql(text, None, first.message, first.start)


def _outside(text: str, found: list[Use]) -> frozenset[Use]:
    """Return the uses that stand outside of quotes and comments."""
    quoted = [(one.start(), one.end()) for one in _QUOTED.finditer(text)]
    made, at = [], 0
    for use in found:
        while at < len(quoted) and quoted[at][1] <= use.start:
            at += 1
        if at == len(quoted) or use.start < quoted[at][0]:
            made.append(use)
    return frozenset(made)


def _substitute(text: str, found: list[Use], outside: frozenset[Use], favoured: str | None) -> str:
    """Put something in the place of variables; in quotes they stay, in one spelling: `$name`."""
    pieces, at = [], 0
    for use in found:
        pieces.append(text[at : use.start])
        after = text[use.end : use.end + 3]
        if use in outside:
            before = text[max(0, use.start - 60) : use.start]
            pieces.append(_stands_for(use, before, after, favoured))
        else:
            braces = after[:1].isalnum() or after[:1] == "_"
            pieces.append("${" + use.name + "}" if braces else "$" + use.name)
        at = use.end
    return "".join([*pieces, text[at:]])


def _stands_for(use: Use, before: str, after: str, favoured: str | None) -> str:
    if (duration := _BEFORE_DURATION.search(before)) is not None:
        if duration[1]:
            return "m"
        return "5" if _AFTER_UNIT.match(after) else DURATIONS.get(use.name, DURATION)
    if use.name in _NUMBERS:
        return _NUMBERS[use.name]
    if use.name in DURATIONS:
        return DURATIONS[use.name]
    if favoured is None:
        favoured = NUMBER if _BEFORE_NUMBER.search(before) else WORD
    return NUMBER if favoured == NUMBER else WORD + use.name
