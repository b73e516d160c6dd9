"""Find the pattern behind a check whose message does not show it, by asking character by character.

Given a text that the provider accepts, every printable character is tried in the first, a middle
and the last place, doubled, and alone; and the length is searched. The result is a guess like any
other: it is kept only as far as random texts made from it bear it out.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from iac_gym.languages.terraform.probe_messages import RuleData

PRINTABLE = "".join(map(chr, range(32, 127)))
MARKS = "".join(c for c in PRINTABLE if not c.isalnum())
CHARACTERS = "azmAZQ059" + MARKS + "\n\té世"
"""What is tried: a few letters and digits stand for all of their kind."""

_WORDS = re.compile(r"[A-Za-z0-9]+\Z")

Accepts = Callable[[str], bool]


def exemplars(accepted: Iterable[str]) -> list[str]:
    """Choose accepted texts to start from: middling length, plain, of different kinds."""
    texts = [text for text in accepted if 3 <= len(text) <= 300]
    texts.sort(key=lambda t: (not _WORDS.match(t), abs(len(t) - 6), t))
    kinds: dict[tuple[bool, bool, bool], str] = {}
    for text in texts:
        kind = (text.islower(), text.isupper(), any(c.isdigit() for c in text))
        kinds.setdefault(kind, text)
    return list(kinds.values())[:3]


def questions(example: str) -> list[str]:
    """List the variations of an accepted text that tell which characters may stand where."""
    half = len(example) // 2
    out = [c + example[1:] for c in CHARACTERS]
    out += [example[:half] + c + example[half + 1 :] for c in CHARACTERS]
    out += [example[:-1] + c for c in CHARACTERS]
    out += list(CHARACTERS)
    marks = [c for c in PRINTABLE if not c.isalnum()]
    if len(example) >= 4:
        out += [example[: half - 1] + c + c + example[half + 1 :] for c in marks]
    return out


_SIZES = (
    (1, 2, 3, 4, 5, 6, 8, 10, 16, 20, 25, 30, 32, 36, 38, 40, 48, 50, 55, 60, 63, 64, 80, 100, 120),
    (128, 140, 150, 200, 230, 250, 255, 256, 300, 350, 400, 500, 512, 600, 768, 1000, 1024, 1500),
    (1600, 2000, 2048, 3000, 4000, 4096),
)
"""Limits that are common; each is asked together with its neighbours."""


def lengths(example: str) -> list[str]:
    """List texts of many lengths made of the example's own characters."""
    body = example[len(example) // 2]
    sizes = sorted({size + by for row in _SIZES for size in row for by in (-1, 0, 1)} - {0})
    return [(example[0] + body * (n - 2) + example[-1])[:n] for n in sizes]


def _class(characters: Sequence[str]) -> str:
    """Write a set of characters as a class."""
    left = sorted(set(characters))
    out = []
    while left:
        run = 1
        while run < len(left) and ord(left[run]) == ord(left[0]) + run:
            run += 1
        first, last = left[0], left[run - 1]
        if run > 3:
            out.append(f"{_plain(first)}-{_plain(last)}")
        else:
            out += map(_plain, left[:run])
        del left[:run]
    return "".join(out)


def _plain(char: str) -> str:
    return "\\" + char if char in "]^[\\-" else {"\n": r"\n", "\t": r"\t"}.get(char, char)


_KINDS = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")


def _set(characters: Iterable[str]) -> str | None:
    """Write the class of accepted characters, None where too much is accepted to say so.

    Only a few letters and digits are tried: where one is accepted, all of its kind may be.
    """
    found = set(characters)
    for kind in _KINDS:
        if not found.isdisjoint(kind):
            found.update(kind)
    if "é" in found and "世" in found:
        barred = [c for c in PRINTABLE + "\n\t" if c not in found]
        return f"[^{_class(barred)}]" if barred else None
    written = _class([c for c in found if c in PRINTABLE + "\n\t"])
    return f"[{written}]" if written else None


def guesses(example: str, answers: Mapping[str, bool]) -> list[RuleData]:
    """Make guesses from the answers to `questions` and `lengths` of one example."""
    half = len(example) // 2
    first = [c for c in CHARACTERS if answers.get(c + example[1:])]
    middle = [c for c in CHARACTERS if answers.get(example[:half] + c + example[half + 1 :])]
    last = [c for c in CHARACTERS if answers.get(example[:-1] + c)]
    out: list[RuleData] = []
    for characters, form in ((middle, "^{}*\\Z"), (first, "^{}"), (last, "{}\\Z")):
        written = _set(characters)
        if written:
            out.append(["pattern", form.format(written)])
    union = _set({*first, *middle, *last})
    if union:
        out.append(["pattern", f"^{union}*\\Z"])
    if first and middle and last:
        f, m, z = _set(first), _set(middle), _set(last)
        if f and m and z:
            out.append(["pattern", f"^{f}(?:{m}*{z})?\\Z"])
    out += _doubles(example, answers, middle)
    out += _sizes(example, answers)
    return out


def _doubles(example: str, answers: Mapping[str, bool], middle: Sequence[str]) -> list[RuleData]:
    half = len(example) // 2
    out: list[RuleData] = []
    for char in PRINTABLE:
        text = example[: half - 1] + char + char + example[half + 1 :]
        if char in middle and not char.isalnum() and answers.get(text) is False:
            out.append(["no_pattern", re.escape(char * 2)])
    return out


def _sizes(example: str, answers: Mapping[str, bool]) -> list[RuleData]:
    """Read the limits of the length, where the answers show both sides of them."""
    sizes = {len(text): answers[text] for text in lengths(example) if text in answers}
    fine = sorted(size for size, accepted in sizes.items() if accepted)
    if not fine:
        return []
    out: list[RuleData] = []
    if sizes.get(fine[0] - 1) is False:
        out.append(["length", fine[0], None])
    if sizes.get(fine[-1] + 1) is False:
        out.append(["length", None, fine[-1]])
    return out


def samples(example: str, answers: Mapping[str, bool], seed: str, count: int = 40) -> list[str]:
    """Make random texts of the characters accepted somewhere, to test a guess with."""
    draw = random.Random(seed)
    half = len(example) // 2
    first = [c for c in CHARACTERS if answers.get(c + example[1:])] or [example[0]]
    middle = [c for c in CHARACTERS if answers.get(example[:half] + c + example[half + 1 :])]
    last = [c for c in CHARACTERS if answers.get(example[:-1] + c)] or [example[-1]]
    marks = [c for c in middle if not c.isalnum()] or middle
    out = []
    for _ in range(count):
        size = draw.choice((1, 2, 3, 4, 5, 8, 13, 20))
        pool: Sequence[Any] = middle if draw.random() < 0.6 or not marks else middle + marks * 6
        body = "".join(draw.choice(pool) for _ in range(size)) if pool else ""
        out.append(draw.choice(first) + body + draw.choice(last))
    return out
