"""Matches a parameter's default against its `AllowedPattern`, where that takes little time.

CloudFormation uses Java's expressions; what Python reads otherwise, or what may take long, is not
judged.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

#: Most steps that a match may be estimated to take, and the longest pattern.
_MOST_STEPS = 20_000
_MOST_PATTERN = 600
_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[:=!]|[()]|[*+?]|\{\d*,?\d*\}|.", re.DOTALL
)
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")


def refuses(pattern: str, text: str) -> bool:
    """Whether a pattern certainly does not match the beginning of a text."""
    if len(pattern) > _MOST_PATTERN or _steps(pattern, len(text)) > _MOST_STEPS:
        return False
    compiled = _compiled(pattern)
    return compiled is not None and compiled.match(text) is None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            return None


def _steps(pattern: str, length: int) -> float:
    """Estimate the steps that backtracking takes at worst: the product of all repetitions."""
    groups: list[float] = [1.0]
    last = 1.0  # what the token before costs
    for token in _TOKEN.findall(pattern):
        if token[0] == "(":
            if len(groups) > 40:
                return float("inf")
            groups.append(1.0)
        elif token == ")":
            last = groups.pop() if len(groups) > 1 else 1.0
            groups[-1] *= last
        elif token == "|":
            groups[-1] *= 2
            last = 1.0
        elif token in ("*", "+", "?") or (token[0] == "{" and _COUNT.fullmatch(token)):
            low, most = _counts(token, length)
            if last > 1 and most > 1:
                last = last ** min(most, 40) if most <= 12 or length > 12 else last**12
            groups[-1] *= max(last, 1.0) * (most - low + 1)
        else:
            last = 1.0
        if groups[-1] > 1e12:
            return float("inf")
    return groups[-1]


def _counts(token: str, length: int) -> tuple[int, int]:
    """Return the least and the most repetitions of a quantifier on a text of a length."""
    if token in "*+?":
        return (0, 1) if token == "?" else (0, length)
    found = _COUNT.fullmatch(token)
    low_text, comma, high_text = found.groups() if found else ("", "", "")
    low = min(int(low_text[:6] or 0), length)
    if not comma:
        return low, low
    return low, min(int(high_text[:6]), length) if high_text else length
