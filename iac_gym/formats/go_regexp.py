"""Regular expressions of Go (RE2): read as `regexp.Compile` does, and played without backtracking.

`go_regexp` reads a pattern or says why Go refuses it; `GoRegexp.fullmatch` tells whether a whole
text fits, in time linear in the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from iac_gym.formats.go_regexp_reader import (
    MOST_STEPS,
    MOST_TEXT,
    SIMPLE,
    GoRegexpError,
    Node,
    Reader,
)

__all__ = ["GoRegexp", "GoRegexpError", "go_regexp", "regexp_error"]


@lru_cache(maxsize=4096)
def go_regexp(pattern: str) -> GoRegexp:
    """Read a pattern. Raises `GoRegexpError`."""
    if len(pattern) > MOST_TEXT:
        raise GoRegexpError(f"it is longer than {MOST_TEXT} characters")
    if not SIMPLE.fullmatch(pattern):
        Reader(pattern).read()
    return GoRegexp(pattern)


def regexp_error(pattern: str) -> str:
    """Return why Go refuses a pattern, '' if it accepts it."""
    try:
        go_regexp(pattern)
    except GoRegexpError as error:
        return str(error)
    return ""


@dataclass(frozen=True, slots=True)
class GoRegexp:
    """A pattern that Go accepts."""

    pattern: str

    def fullmatch(self, text: str) -> bool:
        """Whether the whole text fits. A pattern too large to be played fits nothing."""
        steps = _program(self.pattern)
        return bool(steps) and _play(steps, text)


# --- playing -------------------------------------------------------------------------------------

#: A step: ("set", fits) goes on with the next one, ("split", targets), ("at", assertion), ("end",).
Step = tuple[Any, ...]


@lru_cache(maxsize=1024)
def _program(pattern: str) -> tuple[Step, ...]:
    """Return the steps of a pattern, none if they are too many."""
    steps: list[Step] = []
    queue: list[Any] = [Reader(pattern).read()]
    while queue:
        if len(steps) > MOST_STEPS or len(queue) > MOST_STEPS:
            return ()
        work = queue.pop()
        if callable(work):
            work()
        else:
            _emit(work, steps, queue)
    steps.append(("end",))
    return tuple(steps)


def _emit(node: Node, steps: list[Step], queue: list[Any]) -> None:
    """Write the steps of a node; what follows is put on the queue, the last first."""
    kind = node[0]
    if kind in ("set", "at"):
        steps.append(node)
    elif kind == "group":
        queue.append(node[1])
    elif kind == "all":
        queue.extend(reversed(node[1]))
    elif kind == "any":
        _emit_any(node[1], steps, queue)
    else:
        _, inner, least, most = node
        if most is None:
            queue.append(lambda: _emit_loop(inner, steps, queue))
        else:
            queue.extend(
                [lambda: _emit_option(inner, steps, queue)] * min(most - least, MOST_STEPS)
            )
        queue.extend([inner] * least)


def _emit_any(nodes: tuple[Node, ...], steps: list[Step], queue: list[Any]) -> None:
    split = len(steps)
    steps.append(("split", ()))
    targets: list[int] = []
    jumps: list[int] = []

    def begin() -> None:
        targets.append(len(steps))

    def leave() -> None:
        jumps.append(len(steps))
        steps.append(("split", ()))

    def finish() -> None:
        steps[split] = ("split", tuple(targets))
        for jump in jumps:
            steps[jump] = ("split", (len(steps),))

    queue.append(finish)
    for node in reversed(nodes):
        queue.extend([leave, node, begin])


def _emit_loop(inner: Node, steps: list[Step], queue: list[Any]) -> None:
    split = len(steps)
    steps.append(("split", ()))

    def finish() -> None:
        steps.append(("split", (split,)))
        steps[split] = ("split", (split + 1, len(steps)))

    queue.extend([finish, inner])


def _emit_option(inner: Node, steps: list[Step], queue: list[Any]) -> None:
    split = len(steps)
    steps.append(("split", ()))

    def finish() -> None:
        steps[split] = ("split", (split + 1, len(steps)))

    queue.extend([finish, inner])


def _play(steps: tuple[Step, ...], text: str) -> bool:
    """Run a program over a text: every state at once."""
    states = _follow(steps, [0], text, 0)
    for at, char in enumerate(text):
        moved = [one + 1 for one in states if steps[one][0] == "set" and steps[one][1](char)]
        if not moved:
            return False
        states = _follow(steps, moved, text, at + 1)
    return any(steps[one][0] == "end" for one in states)


def _follow(steps: tuple[Step, ...], states: list[int], text: str, at: int) -> list[int]:
    """Return the states that are reached without reading a character."""
    seen: set[int] = set()
    found: list[int] = []
    queue = states
    while queue:
        one = queue.pop()
        if one in seen:
            continue
        seen.add(one)
        step = steps[one]
        if step[0] == "split":
            queue.extend(step[1])
        elif step[0] == "at":
            if _holds(step[1], text, at):
                queue.append(one + 1)
        else:
            found.append(one)
    return found


def _holds(assertion: str, text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    if assertion in ("start", "line start"):
        return at == 0 or (assertion == "line start" and before == "\n")
    if assertion in ("end", "line end"):
        return at == len(text) or (assertion == "line end" and after == "\n")
    edge = _is_word(before) != _is_word(after)
    return edge if assertion == "word" else not edge


def _is_word(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())
