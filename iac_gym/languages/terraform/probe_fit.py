"""From answers to rules: keep exactly those guesses that the provider's answers bear out.

A guess is kept only if it refuses no value that the provider accepted. What the provider refused
and no kept rule refuses is returned as missed, so that the figure can be published.
"""

from __future__ import annotations

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


class Fit(NamedTuple):
    """The rules of a path, and the values that the provider refuses and they do not."""

    rules: list[RuleData]
    missed: list[Any]


def active(answers: Answers) -> dict[Any, list[str]]:
    """Leave out what is said whatever the value is: it is about something else."""
    always = set.intersection(*map(set, answers.values())) if answers else set()
    return {
        value: [m for m in messages if m not in always and not _about_others(m, value)]
        for value, messages in answers.items()
    }


def _about_others(message: str, value: Any) -> bool:
    """Tell messages about the fillers that the probe puts into required attributes."""
    if isinstance(value, str) and "example" in value:
        return False
    return "got example" in message or "(example)" in message or '"example"' in message


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


def _forms(claim: RuleData, number: bool, empty: bool) -> list[RuleData]:
    """List the rules that a claim may stand for, the strictest first.

    `empty` tells whether the empty text is accepted, which many checks let pass.
    """
    kind = claim[0]
    if kind == "enum_either":
        words = [float(word) for word in claim[1]] if number else claim[1]
        return [["enum", [int(w) if number and w == int(w) else w for w in words]]]
    if kind == "enum" and number:
        return []
    if kind == "enum":
        values = ["", *claim[1]] if empty and "" not in claim[1] else claim[1]
        return [["enum", values], ["enum_nocase", values]]
    if kind == "go":
        return _with_empty(_patterns(claim[1]), empty)
    if kind in ("length", "chars"):
        forms = [["length", *claim[1:]], ["chars", *claim[1:]]]
    elif kind == "format" and len(claim) == 2:
        forms = [["format", name] for name in VARIANTS.get(claim[1], (claim[1],))]
    else:
        forms = [claim]
    return _with_empty(forms, empty and not number)


def _with_empty(forms: list[RuleData], empty: bool) -> list[RuleData]:
    """Let the empty text pass where it is accepted and a form refuses it."""
    return [
        ["any", ["enum", [""]], form] if empty and refuses(form, "") else form for form in forms
    ]


def _patterns(go: str) -> list[RuleData]:
    """List what a Go pattern in a message may be: as it stands, or with `\\` for a backslash."""
    spellings = dict.fromkeys((go, go.replace("\\\\", "\\")))
    found = [pattern for text in spellings if (pattern := python_pattern(text)) is not None]
    whole: list[RuleData] = [["pattern", f"^(?:{pattern})\\Z"] for pattern in found]
    return whole + [["pattern", pattern] for pattern in found]


def _guesses(said: Mapping[Any, Sequence[str]], hints: Hints) -> list[RuleData]:
    """List what the messages claim, each once, in a fixed order."""
    found: dict[str, RuleData] = {}
    for messages in said.values():
        for message in messages:
            for claim in (*claims(message), *hints(message)):
                found.setdefault(repr(claim), claim)
    return [found[key] for key in sorted(found)]


def fit(answers: Answers, number: bool, hints: Hints = lambda message: ()) -> Fit:
    """Find the rules that the answers prove."""
    said = active(answers)
    accepted = [value for value, messages in said.items() if not messages]
    refused = [value for value, messages in said.items() if messages]
    kept: list[RuleData] = []
    loose: list[list[RuleData]] = []
    for claim in _guesses(said, hints):
        forms = _forms(claim, number, "" in accepted)
        best = _best(forms, accepted, refused)
        if best is not None:
            kept.append(best)
        elif forms:
            loose.append(forms)
    joined = _joined(loose, accepted, refused)
    if joined:
        kept.append(joined)
    covered = set().union(*(_caught(rule, refused) for rule in kept))
    missed = [value for place, value in enumerate(refused) if place not in covered]
    return Fit(_needed(kept, refused), missed)


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
    if form[0] == "any" and form[1] == ["enum", [""]]:
        form = form[-1]
    if form[0] not in ("format", "pattern"):
        return True
    rule = rule_from(form)
    return any(value != "" and not check_value(rule, value) for value in accepted)


def _joined(
    loose: Sequence[Sequence[RuleData]], accepted: Sequence[Any], refused: Sequence[Any]
) -> RuleData | None:
    """Try the guesses that fail alone as alternatives of each other."""
    if len(loose) < 2:
        return None
    rules: list[RuleData] = []
    for pick in (0, 1, 2):
        parts = {repr(form): form for forms in loose for form in forms[pick:][:1] or forms[-1:]}
        rules.append(["any", *(parts[name] for name in sorted(parts))])
    return _best(rules, accepted, refused)


def _needed(kept: Sequence[RuleData], refused: Sequence[Any]) -> list[RuleData]:
    """Leave out rules that add nothing to the others, the loosest first."""
    caught = {repr(rule): _caught(rule, refused) for rule in kept}
    rules = sorted(kept, key=lambda rule: (len(caught[repr(rule)]), repr(rule)))
    for rule in list(rules):
        others: set[int] = set()
        for other in rules:
            if other is not rule:
                others |= caught[repr(other)]
        if rule[0] != "multiple" and caught[repr(rule)] <= others:
            rules.remove(rule)
    return sorted(rules, key=lambda rule: (-len(caught[repr(rule)]), repr(rule)))
