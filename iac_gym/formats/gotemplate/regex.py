"""RE2's regular expressions: by Python's matcher where it cannot run away, else by simulation.

Both find the leftmost match, the first alternative first, as RE2 does. The simulation takes time
linear in the text; how much of it there may be is bounded too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.regex_tree import Node, RegexError, parse_regex

__all__ = ["Pattern", "RegexError", "compile_regex"]

#: The steps that Python's matcher may need at worst, and those of a simulation.
_STEPS = 2_000_000
_SIMULATED = 200_000
_LARGEST_PROGRAM = 20_000
_MOST_MATCHES = 20_000
_ASSERTIONS = {
    "start": r"\A",
    "end": r"\Z",
    "line start": r"(?m:^)",
    "line end": r"(?m:$)",
    "word": r"\b",
    "not word": r"\B",
}


def _python(node: Node) -> str:
    """Return a tree as Python writes it."""
    kind = node[0]
    if kind == "set":
        return _set(node[1])
    if kind == "cat":
        return "".join(map(_python, node[1]))
    if kind == "alt":
        return f"(?:{'|'.join(map(_python, node[1]))})"
    if kind == "group":
        return f"({_python(node[2])})"
    if kind == "repeat":
        _, inner, least, most, greedy = node
        bounds = f"{{{least},{'' if most is None else most}}}"
        return f"(?:{_python(inner)}){bounds}{'' if greedy else '?'}"
    return _ASSERTIONS[kind]


def _set(ranges: Any) -> str:
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return re.escape(chr(ranges[0][0]))
    if not ranges:
        return "(?!)"
    parts = "".join(
        f"\\U{low:08x}" if low == high else f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges
    )
    return f"[{parts}]"


def _danger(node: Node, last: bool) -> int:
    """Return how many repeats Python may have to try against each other; 99: no bound."""
    kind = node[0]
    if kind == "cat":
        items = node[1]
        return sum(_danger(item, last and n == len(items) - 1) for n, item in enumerate(items))
    if kind == "alt":
        return sum(_danger(item, last) for item in node[1])
    if kind == "group":
        return _danger(node[2], last)
    if kind != "repeat":
        return 0
    _, inner, _, most, _ = node
    nested = _danger(inner, False)
    if most is not None and most <= 1:
        return nested + (0 if last else 1)
    if nested or inner[0] == "alt":
        return 99
    return 0 if last and inner[0] == "set" else 1


class _Program:
    """A tree as instructions: (`set`, ranges), (`split`, a, b), (`save`, n), (`assert`, kind)."""

    def __init__(self, node: Node) -> None:
        self.code: list[tuple[Any, ...]] = []
        self.emit(("group", 0, node))
        self.code.append(("match",))

    def emit(self, node: Node) -> None:
        if len(self.code) > _LARGEST_PROGRAM:
            raise Unbounded("the regular expression is too large")
        kind = node[0]
        if kind == "set":
            self.code.append(("set", node[1]))
        elif kind == "cat":
            for item in node[1]:
                self.emit(item)
        elif kind == "alt":
            self.alternatives(node[1])
        elif kind == "group":
            self.code.append(("save", node[1] * 2))
            self.emit(node[2])
            self.code.append(("save", node[1] * 2 + 1))
        elif kind == "repeat":
            self.repeat(node)
        else:
            self.code.append(("assert", kind))

    def alternatives(self, options: tuple[Node, ...]) -> None:
        jumps = []
        for number, option in enumerate(options):
            if number == len(options) - 1:
                self.emit(option)
                break
            split = len(self.code)
            self.code.append(())
            self.emit(option)
            jumps.append(len(self.code))
            self.code.append(())
            self.code[split] = ("split", split + 1, len(self.code))
        for jump in jumps:
            self.code[jump] = ("split", len(self.code), len(self.code))

    def repeat(self, node: Node) -> None:
        _, inner, least, most, greedy = node
        for _ in range(least):
            self.emit(inner)
        if most is None:
            split = len(self.code)
            self.code.append(())
            self.emit(inner)
            self.code.append(("split", split, split))
            self.code[split] = self.choice(split + 1, len(self.code), greedy)
            return
        splits = []
        for _ in range(most - least):
            splits.append(len(self.code))
            self.code.append(())
            self.emit(inner)
        for split in splits:
            self.code[split] = self.choice(split + 1, len(self.code), greedy)

    def choice(self, inside: int, behind: int, greedy: bool) -> tuple[Any, ...]:
        return ("split", inside, behind) if greedy else ("split", behind, inside)


def _holds(kind: str, text: str, at: int) -> bool:
    if kind == "start":
        return at == 0
    if kind == "end":
        return at == len(text)
    if kind == "line start":
        return at == 0 or text[at - 1] == "\n"
    if kind == "line end":
        return at == len(text) or text[at] == "\n"
    before = at > 0 and _is_word(text[at - 1])
    after = at < len(text) and _is_word(text[at])
    return (before != after) is (kind == "word")


def _is_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter == "_")


def _inside(ranges: Any, code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


class _Simulation:
    """Pike's simulation of one search."""

    def __init__(self, program: _Program, groups: int, text: str) -> None:
        self.code = program.code
        self.size = (groups + 1) * 2
        self.text = text
        self.steps = 0

    def add(
        self, threads: list[Any], seen: set[int], at: int, start: int, saved: tuple[int, ...]
    ) -> None:
        """Add a thread and what follows from it without a character."""
        stack = [(start, saved)]
        while stack:
            place, kept = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            self.steps += 1
            instruction = self.code[place]
            kind = instruction[0]
            if kind == "split":
                stack.append((instruction[2], kept))
                stack.append((instruction[1], kept))
            elif kind == "save":
                slot = instruction[1]
                stack.append((place + 1, (*kept[:slot], at, *kept[slot + 1 :])))
            elif kind == "assert":
                if _holds(instruction[1], self.text, at):
                    stack.append((place + 1, kept))
            else:
                threads.append((place, kept))

    def search(self, start: int) -> tuple[int, ...] | None:
        """Return the places of the leftmost match from a place on."""
        text, found = self.text, None
        threads: list[Any] = []
        empty = (-1,) * self.size
        seen: set[int] = set()
        for at in range(start, len(text) + 1):
            if found is None:
                self.add(threads, seen, at, 0, empty)
            code = ord(text[at]) if at < len(text) else -1
            following: list[Any] = []
            seen = set()
            for place, kept in threads:
                instruction = self.code[place]
                if instruction[0] == "match":
                    found = kept
                    break
                if _inside(instruction[1], code):
                    self.add(following, seen, at + 1, place + 1, kept)
            threads = following
            if self.steps > _SIMULATED:
                raise Unbounded("the regular expression takes too many steps")
            if not threads and found is not None:
                break
        return found


class Pattern:
    """A compiled expression; `names` gives the numbers of named groups."""

    def __init__(self, text: str) -> None:
        node, self.groups, self.names = parse_regex(text)
        self.danger = _danger(node, True)
        self.node = node
        self.program: _Program | None = None
        self.python: re.Pattern[str] | None = None

    def _fast(self, size: int) -> re.Pattern[str] | None:
        """Return Python's matcher where it cannot run away on a text of a size."""
        if self.danger and (self.danger > 20 or (size + 1) ** (self.danger + 1) > _STEPS):
            return None
        if self.python is None:
            try:
                self.python = re.compile(_python(self.node), re.ASCII)
            except (re.error, OverflowError, RecursionError):
                return None
        return self.python

    def search(self, text: str, start: int = 0) -> tuple[int, ...] | None:
        """Return the places of the leftmost match and of its groups (-1: none)."""
        fast = self._fast(len(text))
        if fast is not None:
            found = fast.search(text, start)
            if found is None:
                return None
            return tuple(place for pair in found.regs for place in pair)
        if self.program is None:
            self.program = _Program(self.node)
        return _Simulation(self.program, self.groups, text).search(start)

    def every(self, text: str, count: int) -> list[tuple[int, ...]]:
        """Return the matches one behind the other, at most `count` where that is not negative."""
        matches: list[tuple[int, ...]] = []
        at, before = 0, -1
        while at <= len(text) and (count < 0 or len(matches) < count):
            found = self.search(text, at)
            if found is None:
                break
            empty_again = found[1] == at and found[0] == before
            at = at + 1 if found[1] == at else found[1]
            before = found[1]
            if not empty_again:
                matches.append(found)
                if len(matches) > _MOST_MATCHES:
                    raise Unbounded("the regular expression has too many matches")
        return matches


@lru_cache(maxsize=512)
def compile_regex(text: str) -> Pattern:
    """Return a compiled expression; raises `RegexError` where RE2 refuses it."""
    return Pattern(text)
