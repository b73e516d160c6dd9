"""Matchers of labels, `severity=~"page|ticket"`: read in Alertmanager's two syntaxes, and applied.

As Alertmanager does by default, a text is read in the new syntax (`matcher/parse`) and in the
classic one (`pkg/labels`); the classic meaning counts where both read it differently or the new
one does not read it at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.yaml import Mark

#: Most characters of one text of matchers that are read.
MOST_TEXT = 20_000


class MatcherError(ValueError):
    """A text that is no list of matchers; the message says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. `op` is `=`, `!=`, `=~` or `!~`; a label that is absent is ''.

    Equal when name, operator and value are, wherever they stand.
    """

    name: str
    op: str
    value: str
    mark: Mark = field(default=(0, 0), compare=False)

    def accepts(self, value: str) -> bool:
        """Whether a value of the label fits. Expressions are anchored at both ends."""
        if self.op in ("=", "!="):
            return (value == self.value) == (self.op == "=")
        try:
            found = go_regexp(self.value).fullmatch(value)
        except GoRegexpError:
            return False
        return found == (self.op == "=~")

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels fits."""
        return self.accepts(labels.get(self.name, ""))

    @property
    def always(self) -> bool:
        """Whether every alert fits, as with `job=~".*"`."""
        return (self.op == "=~" and self.value in _EVERYTHING) or (
            self.op == "!~" and self.value in _NOTHING
        )

    def __str__(self) -> str:
        """Write the matcher as Alertmanager prints it."""
        return f'{self.name}{self.op}"{self.value}"'


_EVERYTHING = frozenset((".*", "(.*)", "(?:.*)", "^.*$", ".*?", "|.+", ".+|", "[^\\n]*"))
_NOTHING = frozenset(("[^\\s\\S]", "$^x", "a^"))


def implies(known: Iterable[Matcher], wanted: Matcher) -> bool:
    """Whether labels that fit all of `known` surely fit `wanted` too."""
    if wanted.always:
        return True
    for one in known:
        if one == wanted:
            return True
        if one.name != wanted.name:
            continue
        if one.op == "=" and wanted.accepts(one.value):
            return True
        options = alternatives(one) if one.op == "=~" else ()
        if options and all(wanted.accepts(option) for option in options):
            return True
    return False


def contradict(matchers: Iterable[Matcher]) -> bool:
    """Whether no alert at all can fit all matchers, as with `a="x"` and `a="y"`."""
    by_name: dict[str, list[Matcher]] = {}
    for one in matchers:
        by_name.setdefault(one.name, []).append(one)
    return any(len(group) > 1 and _group_contradicts(group) for group in by_name.values())


def _group_contradicts(group: list[Matcher]) -> bool:
    for one in group:
        values = (one.value,) if one.op == "=" else alternatives(one) if one.op == "=~" else ()
        if values and not any(all(m.accepts(value) for m in group) for value in values):
            return True
    return False


_PLAIN = re.compile(r"[\w\-/:, @=%#~]*(?:\|[\w\-/:, @=%#~]*)*")


def alternatives(matcher: Matcher) -> tuple[str, ...]:
    """Return the values that `a|b|c` stands for; none if the expression stands for more."""
    value = matcher.value
    for opening in ("^(?:", "^(", "(?:", "("):
        closing = ")$" if opening[0] == "^" else ")"
        if value.startswith(opening) and value.endswith(closing):
            value = value[len(opening) : -len(closing)]
            break
    return tuple(value.split("|")) if _PLAIN.fullmatch(value) else ()


# --- reading -------------------------------------------------------------------------------------

_CLASSIC = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(code) for code in range(0x2000, 0x200B)
)
_TOKEN = re.compile(
    rf'[{_SPACE}]*(?:([{{}},]|=~|=|!=|!~)|("(?:[^"\\]|\\.)*")|([^{_SPACE}{{}}!=~,\\"\'`]+)|\Z)',
    re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.|\Z))",
    re.DOTALL,
)
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

#: Name, operator and value.
Parts = tuple[str, str, str]


@lru_cache(maxsize=4096)
def parse_matchers(text: str) -> tuple[Parts, ...]:
    """Read matchers separated by commas, in braces or without. Raises `MatcherError`."""
    if len(text) > MOST_TEXT:
        raise MatcherError(f"the text of matchers is longer than {MOST_TEXT} characters")
    modern = classic = None
    problem = ""
    with suppress(MatcherError):
        modern = _checked(_modern(text))
    try:
        classic = _checked(_classic(text))
    except MatcherError as error:
        problem = str(error)
    found = classic if classic is not None else modern
    if found is None:
        raise MatcherError(problem)
    return found


def matchers_at(text: str, mark: Mark) -> tuple[Matcher, ...]:
    """Return the matchers of a text that stands at a place. Raises `MatcherError`."""
    return tuple(Matcher(*parts, mark) for parts in parse_matchers(text))


def _checked(parts: tuple[Parts, ...]) -> tuple[Parts, ...]:
    for _, op, value in parts:
        if op in ("=~", "!~"):
            try:
                go_regexp(value)
            except GoRegexpError as error:
                raise MatcherError(f"`{value[:60]}` is no regular expression: {error}") from None
    return parts


def _classic(text: str) -> tuple[Parts, ...]:
    return tuple(_classic_one(token) for token in _split(text.removeprefix("{").removesuffix("}")))


def _split(text: str) -> list[str]:
    """Return the parts between the commas that stand outside of quotes."""
    tokens, start, quoted, escaped = [], 0, False, False
    for at, char in enumerate(text):
        if char == "," and not quoted:
            tokens.append(text[start:at])
            start = at + 1
            continue
        if char == '"':
            quoted ^= not escaped
            escaped = False
        else:
            escaped = char == "\\" and not escaped
    last = text[start:].strip()
    return [*tokens, last] if last else tokens


def _classic_one(text: str) -> Parts:
    found = _CLASSIC.fullmatch(text)
    if found is None:
        raise MatcherError(f'`{text.strip()[:60]}` is no matcher: write `label="value"`')
    name, op, raw = found.groups()
    quoted = raw.startswith('"')
    if quoted:
        raw = raw[1:]
    made: list[str] = []
    at = 0
    while at < len(raw):
        char = raw[at]
        if char == "\\" and at < len(raw) - 1:
            at += 1
            made.append({"n": "\n", '"': '"', "\\": "\\"}.get(raw[at], "\\" + raw[at]))
        elif char == '"':
            if not quoted or at < len(raw) - 1:
                raise MatcherError(f"`{text.strip()[:60]}` has a quote in its value")
            quoted = False
        else:
            made.append(char)
        at += 1
    if quoted:
        raise MatcherError(f"the quote in `{text.strip()[:60]}` is never closed")
    return name, op, "".join(made)


def _modern(text: str) -> tuple[Parts, ...]:
    """Read the new syntax: names and values may be quoted, and hold any characters."""
    tokens = _tokens(text)
    braced = tokens[0] == ("{", "")
    at = 1 if braced else 0
    made: list[Parts] = []
    while tokens[at][0] == "text":
        name, (op, _), (what, value) = tokens[at][1], tokens[at + 1], tokens[at + 2]
        if op not in ("=", "!=", "=~", "!~") or what != "text":
            raise MatcherError("this is no matcher")
        made.append((name, op, value))
        at += 3
        if tokens[at][0] != ",":
            break
        at += 1
    if braced:
        if tokens[at][0] != "}":
            raise MatcherError("a `}` is missing")
        at += 1
    if tokens[at][0] != "end":
        raise MatcherError("something follows the matchers")
    return tuple(made)


def _tokens(text: str) -> list[tuple[str, str]]:
    """Return (kind, text); three ends follow, so that the reader may look ahead."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while found := _TOKEN.match(text, at):
        sign, quoted, plain = found.groups()
        if sign:
            tokens.append((sign, ""))
        elif quoted:
            tokens.append(("text", _unquoted(quoted[1:-1])))
        elif plain:
            tokens.append(("text", plain))
        else:
            return [*tokens, *[("end", "")] * 3]
        at = found.end()
    raise MatcherError("a character is not expected here")


def _unquoted(text: str) -> str:
    if "\n" in text:
        raise MatcherError("a line ends inside a quoted text")
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def _escaped(found: re.Match[str]) -> str:
    control, byte, short, long, octal, _ = found.groups()
    if control:
        return _CONTROLS.get(control, control)
    code = int(octal, 8) if octal else int(byte or short or long or "0", 16)
    beyond = code > 0x10FFFF or 0xD800 <= code < 0xE000 or (code > 127 and not (short or long))
    if found[6] is not None or beyond:
        raise MatcherError(f"the escape `{found[0][:12]}` is not known")
    return chr(code)
