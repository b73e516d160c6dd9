"""The tokens of one expression, and its smallest parts: labels, numbers, strings, durations."""

from __future__ import annotations

from iac_gym.formats.go_regexp import GoRegexpError, go_regexp
from iac_gym.formats.promql.literals import LiteralError, duration, number, unquote
from iac_gym.formats.promql.nodes import Matcher, Number

#: Deepest nesting of parentheses, calls and signs.
MOST_NESTING = 90
#: The largest number of seconds of a duration (64 bits of nanoseconds).
_MOST_SECONDS = float(1 << 63) / 1e9

#: Words that cannot be a label in `by (...)`, which otherwise takes any.
_NO_LABEL = frozenset(("without", "inf", "nan"))
_MATCH = frozenset(("=", "!=", "=~", "!~"))
LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_NAME_STARTS = LETTERS | {":"}
DIGITS = frozenset("0123456789.")
QUOTES = frozenset("\"'`")
_DURATIONS = frozenset(("step", "range", "max_of", "min_of"))
_ARITHMETIC = frozenset("+-*/%^")


class Refused(Exception):
    """The expression is refused: what is wrong, and the tokens where it is."""

    def __init__(self, message: str, start: int, end: int = -1) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end if end > start else start + 1


class Cursor:
    """Tokens and a place among them: `at` is the index of the next one."""

    __slots__ = ("at", "nesting", "tokens")

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0
        self.nesting = 0

    def unexpected(self, wanted: str) -> Refused:
        """Say that the next token does not belong here."""
        token = self.tokens[self.at]
        what = f"`{token[:40]}`" if token else "the end of the expression"
        return Refused(f"unexpected {what}{', expected ' + wanted if wanted else ''}", self.at)

    def take(self, wanted: str) -> None:
        """Pass a token that must be there."""
        if self.tokens[self.at] != wanted:
            raise self.unexpected(f"`{wanted}`")
        self.at += 1

    def enter(self) -> None:
        """Count one more level of nesting."""
        self.nesting += 1
        if self.nesting > MOST_NESTING:
            raise Refused("the expression is nested too deeply", self.at)

    def labels(self) -> tuple[str, ...]:
        """Read `(label, label)`."""
        self.take("(")
        found: list[str] = []
        while True:
            token = self.tokens[self.at]
            if token == ")":
                self.at += 1
                return tuple(found)
            if found:
                self.take(",")
                token = self.tokens[self.at]
                if token == ")":
                    continue
            found.append(self.label(token))

    def label(self, token: str) -> str:
        """Read one label of a list."""
        if token and token[0] in QUOTES:
            name = self.quoted()
            if not name:
                raise Refused("the name of a label is empty", self.at - 1)
            return name
        if not token or (token[0] not in LETTERS and token[0] != ":") or token.lower() in _NO_LABEL:
            raise self.unexpected("a label")
        self.at += 1
        return token

    def number(self, token: str) -> Number:
        """Read a number or a duration."""
        at = self.at
        self.at += 1
        try:
            if token[-1] in "smhdwy" and not token.startswith(("0x", "0X")):
                return Number(duration(token), True, at, self.at)
            return Number(float(token) if _plain(token) else number(token), False, at, self.at)
        except LiteralError as error:
            raise Refused(str(error), at) from None

    def quoted(self) -> str:
        """Read a string."""
        token = self.tokens[self.at]
        if len(token) < 2 or token[-1] != token[0] or token[0] not in QUOTES:
            raise Refused("the string is not closed" if token else "expected a string", self.at)
        self.at += 1
        try:
            return unquote(token)
        except LiteralError as error:
            raise Refused(str(error), self.at - 1) from None

    def matcher(self) -> Matcher:
        """Read one matcher, or a quoted name of a metric."""
        at = self.at
        token = self.tokens[at]
        if token and token[0] in QUOTES:
            label = self.quoted()
            if self.tokens[self.at] in (",", "}"):
                return Matcher("__name__", "=", label)
        elif token and token[0] in LETTERS and ":" not in token:
            label = token
            self.at += 1
        else:
            raise self.unexpected("a label or `}`")
        op = self.tokens[self.at]
        if op not in _MATCH:
            raise self.unexpected("`=`, `!=`, `=~` or `!~`")
        self.at += 1
        value = self.quoted()
        if op[-1] == "~":
            try:
                go_regexp(value)
            except GoRegexpError as error:
                raise Refused(f"the regular expression is invalid: {error}", at, self.at) from None
        return Matcher(label, op, value)

    def positive(self) -> float:
        """Read a duration or a number of seconds that is more than nothing."""
        at = self.at
        value = self.seconds()
        if value <= 0:
            raise Refused("a duration must be greater than 0", at)
        if self.tokens[self.at] in _ARITHMETIC:
            message = "arithmetic on durations is experimental and not enabled"
            raise Refused(message, at, self.at)
        return value

    def seconds(self) -> float:
        """Read a duration or a number of seconds, with signs."""
        at = self.at
        factor = 1
        while self.tokens[self.at] in ("+", "-"):
            factor = -factor if self.tokens[self.at] == "-" else factor
            self.at += 1
        token = self.tokens[self.at]
        if not token or token[0] not in DIGITS:
            if token == "(" or token.lower() in _DURATIONS:
                raise Refused("expressions for durations are experimental and not enabled", at)
            raise self.unexpected("a duration")
        value = self.number(token).value * factor
        if not -_MOST_SECONDS <= value <= _MOST_SECONDS:
            raise Refused("the duration is out of range", at, self.at)
        return value

    def time(self, word: str) -> float:
        """Read a time of `@`."""
        at = self.at
        sign = -1 if word == "-" else 1
        if word in ("+", "-"):
            self.at += 1
            word = self.tokens[self.at].lower()
        if word in ("inf", "nan"):
            raise Refused("this time is out of range", at)
        if not word or word[0] not in DIGITS:
            raise self.unexpected("a time")
        value = self.number(self.tokens[self.at]).value * sign
        if abs(value) >= float(1 << 63):
            raise Refused("this time is out of range", at, self.at)
        return value


def _plain(token: str) -> bool:
    """Tell whether a number is written with digits alone, and not in octal."""
    return token.isdigit() and (token[0] != "0" or token == "0") and len(token) < 300
