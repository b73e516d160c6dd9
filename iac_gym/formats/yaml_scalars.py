"""What a plain YAML scalar means: one table of words and one reader of numbers per dialect.

A dialect is data: the words for booleans and null, how numbers are written, what happens to
merge keys and to keys that are no strings. Sources: `goyaml.v2/resolve.go` of sigs.k8s.io/yaml
(Kubernetes), `resolve.go` of go-yaml v3 (Compose), the YAML 1.2 core schema (GitHub),
`scalar_scanner.rb` of Ruby's Psych (GitLab).
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any, Literal

#: Prefix of the tags that YAML itself defines (`!!int` and so on).
CORE_TAG = "tag:yaml.org,2002:"

_TRUE_11 = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE_11 = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_TRUE_12 = ("true", "True", "TRUE")
_FALSE_12 = ("false", "False", "FALSE")
_NULL = ("", "~", "null", "Null", "NULL")
_NOT_FINITE = {
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}

_GO_INT = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_GO_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_GO_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2}))"
    r"| [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)
_INT_12 = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT_12 = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

#: Longest run of digits that is read as an integer; no real tool keeps more than 64 bits.
_MOST_DIGITS = 400


class ScalarError(ValueError):
    """A scalar that the real tool refuses: the message says why, `hint` what to write instead."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def _whole(text: str) -> int:
    """Read an integer with Go's prefixes: 0x, 0b, 0o, and a plain leading 0 for octal."""
    digits = text.lstrip("+-").lower()
    if digits[:2] in ("0x", "0b", "0o"):
        value = int(digits[2:], {"x": 16, "b": 2, "o": 8}[digits[1]])
    else:
        value = int(digits, 8 if len(digits) > 1 and digits[0] == "0" else 10)
    return -value if text.startswith("-") else value


def _go_number(text: str) -> int | float | None:
    """Read a number as go-yaml does, None if it is none (or a timestamp, which stays text)."""
    if text[0] == "." and not _GO_FLOAT.fullmatch(text):
        return None
    if text[4:5] == "-" and _GO_TIME.fullmatch(text):
        return None
    plain = text.replace("_", "")
    if len(plain) <= _MOST_DIGITS and _GO_INT.fullmatch(plain):
        value = _whole(plain)
        if -(2**63) <= value < 2**64:
            return value
    return _go_large(plain)


def _go_large(plain: str) -> int | float | None:
    if _GO_FLOAT.fullmatch(plain):
        number = float(plain)
        if abs(number) != float("inf"):
            return number
        if plain.isdecimal():
            raise ScalarError("this number is too large to be represented")
        return None  # 1e999 stays text, as in go-yaml
    if _GO_INT.fullmatch(plain) and plain[0] not in "-":
        if len(plain) > _MOST_DIGITS:
            raise ScalarError("this number is too large to be represented")
        return float(_whole(plain))
    return None


def _kubernetes_number(text: str) -> int | float | None:
    """Read a number as it stands after the conversion to JSON: 3.0 is 3, infinity is refused."""
    number = _go_number(text)
    if isinstance(number, float):
        return int(number) if abs(number) < 2**63 and number.is_integer() else number
    return float(number) if number is not None and number >= 2**63 else number


def _number_12(text: str) -> int | float | None:
    if _INT_12.fullmatch(text):
        if len(text) > _MOST_DIGITS:  # as a number of JavaScript
            return float("-inf" if text.startswith("-") else "inf")
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text if base == 10 else text[2:], base)
    return float(text) if _FLOAT_12.fullmatch(text) else None


#: What PyYAML reads as numbers (YAML 1.1): octals with a plain 0, base 60, `_` between digits.
_INT_11 = re.compile(r"[-+]?(?:0b[0-1_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*(?::[0-5]?[0-9])*)")
_FLOAT_11 = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
)


def _base_60(text: str) -> int:
    value = 0
    for part in text.split(":"):
        value = value * 60 + int(part)
    return value


def _number_11(text: str) -> int | float | None:
    """Read a number as YAML 1.1 and PyYAML do; what is none (`1e3`, `089`, a date) stays text."""
    if _INT_11.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise ScalarError("this number is too large to be represented")
        digits = text.lstrip("+-").replace("_", "")
        if ":" in digits:
            value = _base_60(digits)
        elif digits[:2] in ("0x", "0b"):
            if len(digits) == 2:
                return None
            value = int(digits[2:], 16 if digits[1] == "x" else 2)
        else:
            value = int(digits or "0", 8 if digits.startswith("0") else 10)
        return -value if text[0] == "-" else value
    if not _FLOAT_11.fullmatch(text):
        return None
    whole, _, rest = text.replace("_", "").rpartition(":")
    if not whole:
        return float(rest)
    number = _base_60(whole.lstrip("+-")) * 60 + float(rest or "0")
    return -number if text[0] == "-" else number


@dataclass(frozen=True)
class Dialect:
    """How one tool reads plain scalars, tags, merge keys and keys.

    `words` maps plain scalars to their values, `number` reads those that start like a number.
    `merge`: "no" (`<<` is an ordinary key), "explicit" (keys written in the map win) or "last"
    (the later of merge and key wins, as in go-yaml v2). `text_keys`: keys become strings, as JSON
    needs. `finite`: infinity and NaN are refused as values. `loose_tags`: unknown tags are ignored
    (the scalar stays text); otherwise they are refused. `wraps` maps local tags (`!Ref`) to keys:
    the tagged value becomes the only value of a mapping with that key, as in the long form.
    `repeats`: the last of equal keys wins; otherwise they are refused.
    """

    name: str
    words: dict[str, Any]
    number: Callable[[str], int | float | None]
    merge: Literal["no", "explicit", "last"] = "explicit"
    text_keys: bool = False
    finite: bool = False
    loose_tags: bool = True
    wraps: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False
    #: Local tags of scalars (`!vault`) and what they make of the text; others are refused.
    local: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    #: Values of short plain scalars met before (never `<<`).
    seen: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    #: What lines met before say, for `yaml_lines`.
    lines: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def plain(self, text: str) -> Any:
        """Return the value of a plain scalar. Raises `ScalarError`."""
        seen = self.seen
        if text in seen:
            return seen[text]
        value = self._resolve(text)
        if len(text) < 40 and text != "<<":
            if len(seen) > 20_000:
                seen.clear()
            seen[text] = value
        return value

    def _resolve(self, text: str) -> Any:
        if text in self.words:
            value = self.words[text]
            if self.finite and isinstance(value, float):
                raise ScalarError(
                    f"`{text}` cannot be written as JSON, which the API server is sent",
                    "quote it if it is text",
                )
            return value
        if text[0] in "+-.0123456789":
            number = self.number(text)
            return text if number is None else number
        return text

    def tagged(self, tag: str, text: str) -> Any:
        """Return the value of a scalar with an explicit tag. Raises `ScalarError`."""
        kind = tag.removeprefix(CORE_TAG) if tag.startswith(CORE_TAG) else ""
        if kind == "binary":
            return _binary(text)
        if kind in ("str", "timestamp"):
            return text
        if kind in _TAG_TYPES:
            value = self.plain(text)
            if kind == "float" and type(value) is int:
                return value if self.text_keys else float(value)
            if type(value) in _TAG_TYPES[kind]:
                return value
            raise ScalarError(f"`{text[:40]}` cannot be read as !!{kind}")
        if tag in self.local:
            return self.local[tag](text)
        if self.loose_tags and not self.local:
            return text
        raise ScalarError(f"the tag `{tag[:60]}` is not known here")

    def key(self, value: Any) -> Any:
        """Return a key as the tool keeps it. Raises `ScalarError`."""
        if not self.text_keys or isinstance(value, str):
            return value
        if value is None:
            raise ScalarError("a key cannot be null", 'quote it if the name is meant: "null"')
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, int) else _short_float(value)


_TAG_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "bool": (bool,),
    "null": (type(None),),
}


def _binary(text: str) -> str:
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except ValueError:
        raise ScalarError("this !!binary value is not valid base64") from None


def _short_float(value: float) -> str:
    """Write a key that is a float: the shortest text that a 32-bit float reads back, as Go's %g."""
    try:
        target = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return "-.inf" if value < 0 else ".inf"
    for digits in range(9):
        text = f"{target:.{digits}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == target:
            break
    exponent = int(text.partition("e")[2])
    if -4 <= exponent < 6:
        return f"{float(text):.{max(digits - exponent, 0)}f}"
    return text


def _words(true: tuple[str, ...], false: tuple[str, ...]) -> dict[str, Any]:
    return {
        **dict.fromkeys(true, True),
        **dict.fromkeys(false, False),
        **dict.fromkeys(_NULL, None),
        **_NOT_FINITE,
    }


#: kubectl, Helm: sigs.k8s.io/yaml over go-yaml v2, then JSON.
KUBERNETES = Dialect(
    "Kubernetes",
    _words(_TRUE_11, _FALSE_11),
    _kubernetes_number,
    merge="last",
    text_keys=True,
    finite=True,
)
#: docker compose: go-yaml v3 (`yes` and `on` are text, octals as in YAML 1.1 and 1.2).
COMPOSE = Dialect("Compose", _words(_TRUE_12, _FALSE_12), _go_number)


# --- Ruby's Psych, as GitLab calls it (`YAML.safe_load`) ------------------------------------------

_RUBY_INT = re.compile(
    r"[-+]?(?:0b[01_,]+|0[0-7_,]+|0x[0-9a-fA-F_,]+|(?:0|[1-9](?:[0-9]|,[0-9]|_[0-9])*))"
)
_RUBY_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][+-][0-9]+)?")
_RUBY_SIXTIES = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(?:\.[0-9_]*)?")
_RUBY_DATE = re.compile(
    r"[0-9]{4}-(?:1[012]|0[0-9]|[0-9])-(?:[12][0-9]|3[01]|0[0-9]|[0-9])"
    r"|-?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|\s+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:\s*(?:Z|[-+][0-9]{1,2}:?(?:[0-9]{2})?))?"
)


def _ruby_number(text: str) -> int | float | None:
    """Read a number as Ruby's Psych does. Dates become objects there, which GitLab refuses."""
    if _RUBY_DATE.fullmatch(text):
        raise ScalarError(
            f"`{text}` is read as a date, which is refused here", "quote it if it is text"
        )
    if _RUBY_INT.fullmatch(text):
        digits = text.replace(",", "").replace("_", "")
        if not digits.lstrip("+-") or len(digits) > _MOST_DIGITS:
            return None
        return _whole(digits)
    if _RUBY_SIXTIES.fullmatch(text):
        return _ruby_sixties(text.replace("_", ""))
    if _RUBY_FLOAT.fullmatch(text) and any(char.isdigit() for char in text):
        return float(text.replace(",", "").replace("_", ""))
    return None


def _ruby_sixties(text: str) -> int | float:
    """Read `1:30:00`. Psych weighs the parts from the left, so `1:30` is an hour and a half."""
    if len(text) > _MOST_DIGITS:
        raise ScalarError("this number is too large to be represented")
    weighed: int | float = 0
    for part, weight in zip(text.split(":"), (3600, 60, 1), strict=False):
        weighed += (float(part) if "." in part else int(part)) * weight
    return weighed


def _any_case(*names: str) -> tuple[str, ...]:
    """Return names in every mixture of upper and lower case."""
    return tuple(
        "".join(chars)
        for name in names
        for chars in product(*(sorted({char.lower(), char.upper()}) for char in name))
    )


_RUBY_WORDS: dict[str, Any] = {
    **dict.fromkeys(_any_case("yes", "true", "on"), True),
    **dict.fromkeys(_any_case("no", "false", "off"), False),
    **dict.fromkeys(("", "~", *_any_case("null")), None),
    **dict.fromkeys(_any_case(".inf", "+.inf"), float("inf")),
    **dict.fromkeys(_any_case("-.inf"), float("-inf")),
    **dict.fromkeys(_any_case(".nan"), float("nan")),
}
#: GitLab CI: Ruby's Psych (YAML 1.1 with its own numbers); `!reference` is GitLab's own tag.
PSYCH = Dialect(
    "Psych",
    _RUBY_WORDS,
    _ruby_number,
    merge="last",
    wraps={"!reference": "!reference"},
    repeats=True,
)

#: GitHub Actions: the core schema of YAML 1.2.
YAML_12 = Dialect("YAML 1.2", _words(_TRUE_12, _FALSE_12), _number_12, merge="no")

#: The short forms of CloudFormation's intrinsic functions: tag -> key of the long form.
_SHORT_FORMS = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{
        f"!{name}": f"Fn::{name}"
        for name in (
            "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals",
            "FindInMap", "ForEach", "GetAZs", "GetAtt", "GetStackOutput", "If", "ImportValue",
            "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub", "ToJsonString",
            "Transform", "ValueOf", "ValueOfAll",
        )
    },
}  # fmt: skip
#: CloudFormation: YAML 1.1 with the short forms of its functions; dates stay text.
CLOUDFORMATION = Dialect(
    "CloudFormation",
    {
        word: value
        for word, value in _words(_TRUE_11, _FALSE_11).items()
        if word not in ("y", "Y", "n", "N", "+.nan", "+.NaN", "+.NAN")
    },
    _number_11,
    text_keys=True,
    loose_tags=False,
    wraps=_SHORT_FORMS,
)


class Untemplated(str):
    """A text of Ansible that is never read as a template (`!unsafe`)."""

    __slots__ = ()


class Vaulted(str):
    """A text of Ansible that is encrypted (`!vault`): its value is not known."""

    __slots__ = ()


#: Ansible: YAML 1.1 as PyYAML reads it (`y` and `n` are text). Equal keys are refused here, but
#: only warned of by ansible-core: see `ANSIBLE_REPEATS`.
ANSIBLE = Dialect(
    "Ansible",
    {
        word: value
        for word, value in _words(_TRUE_11, _FALSE_11).items()
        if word not in ("y", "Y", "n", "N")
    },
    _number_11,
    local={"!unsafe": Untemplated, "!vault": Vaulted, "!vault-encrypted": Vaulted},
)


class Spelled(str):
    """A plain scalar that is no text, as it is written (`1.10`); `value` is what it stands for."""

    __slots__ = ("value",)
    value: bool | int | float

    def __new__(cls, text: str, value: bool | int | float) -> Spelled:
        """Make one from its text and its value."""
        made = str.__new__(cls, text)
        made.value = value
        return made


def _spelled_number(text: str) -> Any:
    number = _go_number(text)
    return None if number is None else Spelled(text, number)


#: Prometheus: go-yaml v2 into typed fields. A field of text takes `5` and `yes` as they are
#: written, so such scalars keep their spelling.
PROMETHEUS = Dialect(
    "Prometheus",
    {
        word: value if value is None else Spelled(word, value)
        for word, value in _words(_TRUE_11, _FALSE_11).items()
    },
    _spelled_number,
    merge="last",
)
#: The same where the last of equal keys wins.
ANSIBLE_REPEATS = replace(ANSIBLE, repeats=True)
