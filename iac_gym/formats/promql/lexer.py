"""PromQL text -> tokens: plain strings, whose places are worked out when they are asked for."""

from __future__ import annotations

import re
from itertools import islice

from iac_gym.formats.promql.literals import scan_number

#: Longest expression that is read.
MOST_TEXT = 1 << 16

#: White space and comments, and then one token, "" at the end. The last alternative is a character
#: that begins none of the others: a number of a rare form, or a mistake.
_TOKEN = re.compile(
    r"""(?:[ \t\r\n]+|\#[^\r\n]*)*(
      :(?=[0-9.])
    | [A-Za-z_:][A-Za-z0-9_:]*
    | [0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z_.])
    | (?:[0-9]+(?:ms|[smhdwy]))+(?![0-9A-Za-z_.])
    | "[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"
    | '[^'\\\n]*(?:\\[^\n][^'\\\n]*)*'
    | `[^`]*`
    | [=!<>]=|[=!]~|[<>]/
    | .|\Z)""",
    re.VERBOSE | re.DOTALL,
)
#: A number or duration that the expression above does not know as one.
_RARE = re.compile(r"[0-9]|\.[0-9]")
_REST_OF_MISTAKE = re.compile(r"[0-9A-Za-z_.]*")
_REST_OF_DURATION = re.compile(r"[smhdwy]s?(?:[0-9]+[smhdw]s?)*(?![0-9A-Za-z_])")


def tokenize(text: str) -> list[str]:
    """Return the tokens of a text; the last is ""."""
    tokens: list[str] = _TOKEN.findall(text)
    if any(token in _FIRST for token in tokens):
        return [text[start:end] for start, end in _slowly(text)]
    return tokens


#: Tokens of one character that may begin a number of a rare form.
_FIRST = frozenset(".0123456789")


def places(text: str, most: int) -> list[tuple[int, int]]:
    """Return where the first tokens of a text begin and end, in characters."""
    found = [one.span(1) for one in islice(_TOKEN.finditer(text), most)]
    if any(end - start == 1 and text[start] in _FIRST for start, end in found):
        return _slowly(text)
    return found


def _slowly(text: str) -> list[tuple[int, int]]:
    """Find the tokens one by one, with every form of number."""
    found: list[tuple[int, int]] = []
    at = 0
    while not found or found[-1][0] < len(text):
        one = _TOKEN.match(text, at)
        start, end = one.span(1) if one else (len(text), len(text))
        if end - start <= 1 and _RARE.match(text, start):
            end, good = scan_number(text, start)
            if not good:
                rest = _REST_OF_DURATION.match(text, end) or _REST_OF_MISTAKE.match(text, end)
                end = rest.end() if rest else end
        found.append((start, end))
        at = max(end, start)
    return found
