"""From answers to rules: keep exactly those guesses that the provider's answers bear out.

A guess is kept only if it refuses no value that the provider accepted. What the provider refused
and no kept rule refuses is returned as missed, so that the figure can be published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from iac_gym.languages.terraform.probe_messages import RuleData, claims
from iac_gym.languages.terraform.probe_patterns import python_pattern
from iac_gym.languages.terraform.value_checks import check_value, rule_from

Answers = Mapping[Any, Sequence[str]]
"""What was said about each value; nothing where it was accepted."""

Hints = Callable[[str], Iterable[RuleData]]
"""More guesses for a message."""

VARIANTS: Mapping[str, Sequence[str]] = {
    "json": ("iam_policy", "json_object", "json"),
    "cidr_network": (
        "ipv4_cidr_network", "ipv6_cidr_network", "cidr_network", "ipv4_cidr", "ipv6_cidr", "cidr",
    ),
    "cidr": (
        "ipv4_cidr_network", "ipv6_cidr_network", "cidr_network", "ipv4_cidr", "ipv6_cidr", "cidr",
    ),
    "ip": ("ipv4", "ipv6", "ip"),
    "ipv4": ("ipv4", "ip"),
    "ipv6": ("ipv6", "ip"),
    "arn": ("arn", "arn_loose"),
    "duration": ("duration_positive", "duration"),
    "base64": ("base64", "base64_loose"),
}  # fmt: skip
"""Formats that share a message, the narrowest first."""


_COMBINATIONS = (
    "Missing required argument",
    "Invalid combination of arguments",
    "Conflicting configuration arguments",
    "Invalid Attribute Combination",
)
"""What is said of arguments that must or must not be set together: see `probe_groups`."""

_FILLER = re.compile(r"""got example(?![\w.@-])|\(example\)|"example\"""")
_NAMED = re.compile(
    r'^(?:invalid value for|expected(?: length of| value of)?) "?([a-z_][a-z_0-9.]*)"? (?:\(|to )'
)
_INDEX = re.compile(r"\.\d+(?=\.|$)")
_GOT = re.compile(r"^expected .*, got (-?\d+(?:\.\d+)?)$")
_JSON = re.compile("json|invalid character|unmarshal", re.IGNORECASE)
_OF_NUMBERS = frozenset(("range", "above", "multiple", "enum", "enum_either", "none_of", "any"))
_OF_TEXTS = frozenset(
    "enum enum_either none_of range length chars pattern no_pattern go format any all".split()
)


class Fit(NamedTuple):
    """The rules of a path, and the values that the provider refuses and they do not."""

    rules: list[RuleData]
    missed: list[Any]


def active(answers: Answers, path: str = "") -> dict[Any, list[str]]:
    """Leave out what is said whatever the value is, and what is said about other paths.

    A check that refuses every odd text alike names its own path.
    """
    always = set.intersection(*map(set, answers.values())) if answers else set()
    always = {message for message in always if not _names(message, path)}
    return {
        value: [m for m in messages if m not in always and not _about_others(m, value, path)]
        for value, messages in answers.items()
    }


def _names(message: str, path: str) -> bool:
    """Tell whether a message is about a path: `a.0.b` for `a.b`."""
    name = re.escape(path.rstrip(".*#"))
    plain = re.sub(r"\.\d+(?=[.\" ])", "", message)
    return bool(name and re.match(rf'(?:"|invalid value for ){name}[" ]', plain))


def _about_others(message: str, value: Any, path: str) -> bool:
    """Tell messages about the fillers that the probe puts into required attributes."""
    named = _NAMED.search(message)
    if path and named:
        other = _INDEX.sub("", named.group(1)).rpartition(".")[2]
        if other and other != path.removesuffix(".*").removesuffix(".#").rpartition(".")[2]:
            return True
    if message.startswith(_COMBINATIONS):
        return True
    if value != "example" and _FILLER.search(message):
        return True
    got = None if isinstance(value, str) else _GOT.search(message)
    return got is not None and abs(float(got.group(1)) - value) > 1e-5 * max(1.0, abs(value))


def refuses(rule: RuleData, value: Any) -> bool:
    """Tell whether a rule refuses a value."""
    return bool(check_value(rule_from(rule), value))


def _caught(data: RuleData, values: Sequence[Any]) -> set[int]:
    """Return the places of the values that a rule refuses."""
    rule = rule_from(data)
    return {place for place, value in enumerate(values) if check_value(rule, value)}


def _wrong(data: RuleData, accepted: Sequence[Any]) -> bool:
    """Tell whether a rule refuses an accepted value."""
    rule = rule_from(data)
    return any(check_value(rule, value) for value in accepted)


_EMPTY: RuleData = ["enum", [""]]
_BLANK: RuleData = ["pattern", r"^[ \t\r\n]*\Z"]


def _lets_pass(accepted: Sequence[Any]) -> RuleData | None:
    """Tell what is let pass whatever a check says: empty text, white space alone, or nothing."""
    if "" not in accepted:
        return None
    return _BLANK if any(isinstance(v, str) and v and not v.strip() for v in accepted) else _EMPTY


def _forms(claim: RuleData, number: bool, empty: RuleData | None) -> list[RuleData]:
    """List the rules that a claim may stand for, the strictest first.

    `empty` is what is let pass whatever the check says.
    """
    kind = claim[0]
    if kind == "enum_either":
        words = [float(word) for word in claim[1]] if number else claim[1]
        return [["enum", [int(w) if number and w == int(w) else w for w in words]]]
    if kind == "range" and not number:  # a number written as text
        return _with_empty([["format", "integer_between", claim[1], claim[2]]], empty)
    if kind == "enum" and number:
        return [claim] if all(isinstance(value, int) for value in claim[1]) else []
    if kind == "enum":
        values = ["", *claim[1]] if empty is not None and "" not in claim[1] else claim[1]
        return [["enum", values], ["enum_nocase", values]]
    if kind == "go":
        return _with_empty(_patterns(claim[1]), empty)
    if kind in ("length", "chars"):
        forms = [["length", *claim[1:]], ["chars", *claim[1:]]]
    elif kind == "format" and len(claim) == 2:
        forms = [["format", name] for name in VARIANTS.get(claim[1], (claim[1],))]
    else:
        forms = [claim]
    return _with_empty(forms, None if number else empty)


def _with_empty(forms: list[RuleData], empty: RuleData | None) -> list[RuleData]:
    """Let pass what is let pass, where a form refuses it."""
    if empty is None:
        return forms
    blanks = ("", " ", "\n") if empty is _BLANK else ("",)
    return [
        ["any", empty, form] if any(refuses(form, b) for b in blanks) else form for form in forms
    ]


def _bare(form: RuleData) -> RuleData:
    """Return a form without what it lets pass."""
    return form[-1] if form[0] == "any" and form[1] in (_EMPTY, _BLANK) else form


def _patterns(go: str) -> list[RuleData]:
    """List what a Go pattern in a message may be: as it stands, or with `\\` for a backslash."""
    spellings = dict.fromkeys((go, go.replace("\\\\", "\\")))
    found = [pattern for text in spellings if (pattern := python_pattern(text)) is not None]
    whole: list[RuleData] = [["pattern", f"^(?:{pattern})\\Z"] for pattern in found]
    return whole + [["pattern", pattern] for pattern in found]


class _Guess(NamedTuple):
    """A guess, and the places of the refused values whose messages make it."""

    claim: RuleData
    places: set[int]


def _guesses(refused: Sequence[Sequence[str]], hints: Hints, number: bool) -> list[_Guess]:
    """List what the messages about refused values claim, each once, in a fixed order."""
    found: dict[str, _Guess] = {}
    for place, messages in enumerate(refused):
        for message in messages:
            for claim in (*claims(message), *hints(message)):
                if claim[0] in (_OF_NUMBERS if number else _OF_TEXTS):
                    found.setdefault(repr(claim), _Guess(claim, set())).places.add(place)
    return [found[key] for key in sorted(found)]


def fit(
    answers: Answers,
    number: bool,
    hints: Hints = lambda message: (),
    more: Sequence[RuleData] = (),
    path: str = "",
) -> Fit:
    """Find the rules that the answers about a path prove; `more` are guesses of no message.

    Such guesses are taken only if nearly all that the provider refuses is explained then: else
    they describe some of the answers and not the check.
    """
    said = active(answers, path)
    accepted = [value for value, messages in said.items() if not messages]
    refused = [value for value, messages in said.items() if messages]
    claimed = _guesses([said[value] for value in refused], hints, number)
    found = _fit(claimed, accepted, refused, number)
    if found.missed and more:
        # JSON is no matter of characters.
        text = not any(_JSON.search(m) for messages in said.values() for m in messages)
        better = _fit([*claimed, *(_Guess(m, set()) for m in more)], accepted, refused, number)
        if text and len(better.missed) <= 0.3 * len(refused):
            return better
    return found


def _fit(
    guesses: Sequence[_Guess], accepted: Sequence[Any], refused: Sequence[Any], number: bool
) -> Fit:
    """Keep the guesses that the answers bear out."""
    kept: list[RuleData] = []
    exact: set[str] = set()
    loose: list[RuleData] = []
    empty = _lets_pass(accepted)
    for guess in guesses:
        forms = _forms(guess.claim, number, empty)
        best = _best(forms, accepted, refused)
        if best is not None:
            kept.append(best)
            if guess.places == _caught(best, refused):
                exact.add(repr(best))
        if forms and best != forms[0]:  # a stricter form may hold together with others
            loose += forms
    joined = _joined(loose, accepted, refused)
    if joined is not None:
        kept.append(joined)
    covered = set().union(*(_caught(rule, refused) for rule in kept))
    missed = [value for place, value in enumerate(refused) if place not in covered]
    return Fit(_needed(kept, refused, exact), missed)


def _best(
    forms: Sequence[RuleData], accepted: Sequence[Any], refused: Sequence[Any]
) -> RuleData | None:
    """Choose the form that catches most and refuses nothing accepted; the loosest of equals."""
    found: tuple[int, RuleData] | None = None
    for form in forms:
        if _supported(form, accepted) and not _wrong(form, accepted):
            caught = len(_caught(form, refused))
            if caught and (found is None or caught >= found[0]):
                found = (caught, form)
    return found[1] if found else None


def _supported(form: RuleData, accepted: Sequence[Any]) -> bool:
    """Tell whether a text that a format or pattern is about was seen to be accepted."""
    form = _bare(form)
    if form[0] not in ("format", "pattern"):
        return True
    rule = rule_from(form)
    return any(value != "" and not check_value(rule, value) for value in accepted)


def _joined(
    loose: Sequence[RuleData], accepted: Sequence[Any], refused: Sequence[Any]
) -> RuleData | None:
    """Join guesses that fail alone as alternatives: as few as let all accepted values pass."""
    plain = {repr(bare): bare for bare in map(_bare, loose)}
    wrongs = {name: _caught(form, accepted) for name, form in plain.items()}
    caughts = {name: _caught(form, refused) for name, form in plain.items()}
    left = {p for p, v in enumerate(accepted) if not isinstance(v, str) or v.strip()}
    caught = set(range(len(refused)))
    chosen: list[RuleData] = []
    while left:
        able = [n for n in plain if left - wrongs[n] and plain[n] not in chosen]
        if not able or not caught:
            return None
        name = min(able, key=lambda n: (len(left & wrongs[n]) - len(caught & caughts[n]), n))
        chosen.append(plain[name])
        left &= wrongs[name]
        caught &= caughts[name]
    if len(chosen) < 2 or not caught:
        return None
    blanks = [v for v in accepted if isinstance(v, str) and not v.strip()]
    if any(all(refuses(form, blank) for form in chosen) for blank in blanks):
        chosen.insert(0, _lets_pass(accepted) or _BLANK)
    return ["any", *chosen]


def _needed(kept: Sequence[RuleData], refused: Sequence[Any], exact: set[str]) -> list[RuleData]:
    """Leave out rules that add nothing to the others, the loosest first.

    A rule that refuses `exact`ly what its message is about is a check of its own and stays.
    """
    kept = list({repr(rule): rule for rule in kept}.values())
    caught = {repr(rule): _caught(rule, refused) for rule in kept}
    rules = sorted(kept, key=lambda rule: (len(caught[repr(rule)]), repr(rule)))
    for rule in list(rules):
        others: set[int] = set()
        for other in rules:
            if other is not rule:
                others |= caught[repr(other)]
        if repr(rule) not in exact and caught[repr(rule)] <= others:
            rules.remove(rule)
    return sorted(rules, key=lambda rule: (-len(caught[repr(rule)]), repr(rule)))
