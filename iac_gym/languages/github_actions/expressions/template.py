"""Text with `${{ }}`: cut into pieces and checked against what is allowed at a key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from iac_gym.languages.github_actions.expressions.functions import ANY_NUMBER, EVERYWHERE
from iac_gym.languages.github_actions.expressions.nodes import Call, Context, Node, walk
from iac_gym.languages.github_actions.expressions.parser import ExpressionError, parse_expression

OPEN, CLOSE = "${{", "}}"
#: Longest text whose reading is kept for the next file that holds the same.
MOST_KEPT = 2048
#: Most faults that are reported of one text, and most of its expressions that are read.
_MOST_FAULTS = 12
_MOST_PIECES = 1000

#: The rules that faults of templates belong to.
SYNTAX = "expressions-are-well-formed"
ALLOWED = "expressions-are-allowed"
CONTEXTS = "contexts-are-available"
FUNCTIONS = "functions-are-available"
ARITY = "functions-have-their-arguments"


class Fault(NamedTuple):
    """One thing that the service rejects; `offset` counts in the template's text."""

    offset: int
    rule: str
    message: str
    hint: str = ""


class Piece(NamedTuple):
    """One `${{ text }}` of a template; `offset` is that of `text`, without its blanks."""

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text, read. `trees` are its expressions with the offsets that they start at.

    `kind` is "text" without `${{`, "literal" where `${{ 'x' }}` is the plain text x (`literal`),
    "insert" for the directive `${{ insert }}`, "expression" otherwise. With `faults` the service
    takes the text as it is written. `alone` says that one expression is the whole text: it keeps
    its type, while more than one, or text around it, makes a string.
    """

    text: str
    kind: str
    literal: str = ""
    trees: tuple[tuple[int, Node], ...] = ()
    faults: tuple[Fault, ...] = ()
    alone: bool = False


def split_template(text: str) -> list[str | Piece]:
    """Cut a text into literal parts and pieces. Raises `ExpressionError` for an unclosed one."""
    if _ONE_PIECE.fullmatch(text) is not None:
        raw = text[len(OPEN) : -len(CLOSE)]
        return [Piece(raw.strip(), len(OPEN) + len(raw) - len(raw.lstrip()))]
    parts: list[str | Piece] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        if start > position:
            parts.append(text[position:start])
        inner = start + len(OPEN)
        end = _end_of_piece(text, inner)
        if end < 0:
            raise ExpressionError(
                "the expression is not closed: there is no `}}` behind this `${{`", start
            )
        raw = text[inner:end]
        blanks = len(raw) - len(raw.lstrip())
        parts.append(Piece(raw.strip(), inner + blanks))
        position = end + len(CLOSE)
    if position < len(text):
        parts.append(text[position:])
    return parts


#: A text that is one expression, without strings.
_ONE_PIECE = re.compile(r"\$\{\{[^'}]*\}\}")
#: What may hide `}}`: a string. The last alternative is a quote that nothing closes.
_QUOTED_OR_END = re.compile(r"'[^']*(?:'|\Z)|\}\}")


def _end_of_piece(text: str, start: int) -> int:
    """Return the offset of the `}}` that ends an expression, -1 where none does."""
    for match in _QUOTED_OR_END.finditer(text, start):
        if match.group() == CLOSE:
            return match.start()
    return -1


# --- what is allowed at a key ---------------------------------------------------------------------


class Allowed(NamedTuple):
    """The contexts and functions that may stand at a key, in lower case."""

    contexts: frozenset[str]
    functions: dict[str, tuple[str, int, int]]


_FUNCTION = re.compile(r"([A-Za-z0-9_]+)\((\d+),(\d+|MAX)\)")


@lru_cache(maxsize=512)
def allowed_by(items: tuple[str, ...]) -> Allowed:
    """Read the `context` items of the schema: `github`, `hashFiles(1,255)`."""
    functions = dict(EVERYWHERE)
    contexts = set()
    for item in items:
        match = _FUNCTION.fullmatch(item)
        if match is None:
            contexts.add(item.lower())
        else:
            name, least, most = match.groups()
            bound = ANY_NUMBER if most == "MAX" else int(most)
            functions[name.lower()] = (name, int(least), bound)
    return Allowed(frozenset(contexts), functions)


def _near(name: str, known: Sequence[str]) -> str:
    """Say which name may be meant: one of about the same length with an end in common."""
    lower = name[:40].lower()
    ends = {lower[:2], lower[-2:]}
    likely = [
        one
        for one in known
        if abs(len(one) - len(lower)) < 4
        and not ends.isdisjoint((one[:2].lower(), one[-2:].lower()))
    ]
    close = difflib.get_close_matches(lower, likely, n=1) if likely else []
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known here: {', '.join(sorted(known))}" if known else ""


def _written(node: Context | Call, piece: Piece) -> str:
    """Return a name as it is written: trees hold it in lower case."""
    return piece.text[node.offset : node.offset + min(len(node.name), 40)]


def _context_fault(node: Context, allowed: Allowed, piece: Piece) -> Fault:
    known = sorted(allowed.contexts)
    message = f"`{_written(node, piece)}` is not available here"
    return Fault(piece.offset + node.offset, CONTEXTS, message, _near(node.name, known))


def _call_fault(node: Call, allowed: Allowed, piece: Piece) -> Fault | None:
    signature = allowed.functions.get(node.name)
    where = piece.offset + node.offset
    if signature is None:
        known = [name for name, _, _ in allowed.functions.values()]
        message = f"there is no function `{_written(node, piece)}` here"
        return Fault(where, FUNCTIONS, message, _near(node.name, known))
    name, least, most = signature
    given = len(node.args)
    if not least <= given <= most:
        return Fault(where, ARITY, f"{name}() takes {_count(least, most)}, not {given}")
    if node.name == "case" and given % 2 == 0:
        return Fault(where, ARITY, f"case() takes an odd number of arguments, not {given}")
    return None


def _count(least: int, most: int) -> str:
    if least == most:
        return f"{least} argument{'s' * (least != 1)}" if least else "no arguments"
    return f"{least} or more arguments" if most > 1000 else f"{least} to {most} arguments"


def _tree_faults(tree: Node, allowed: Allowed, piece: Piece) -> Iterator[Fault]:
    for node in walk(tree):
        if isinstance(node, Context):
            if node.name not in allowed.contexts:
                yield _context_fault(node, allowed, piece)
        elif isinstance(node, Call) and (fault := _call_fault(node, allowed, piece)) is not None:
            yield fault


# --- templates ------------------------------------------------------------------------------------


def check_template(
    text: str, allowed: tuple[str, ...], condition: bool = False
) -> tuple[Fault, ...]:
    """Return what the service rejects in a text at a key with these contexts and functions."""
    if OPEN not in text and not condition:
        return ()
    return read_template(text, allowed, condition).faults


class Reading(NamedTuple):
    """A text cut and parsed, whatever is allowed: what `read_template` and rules share.

    `pieces` hold each expression with its tree, or with the fault that keeps it from having one.
    """

    parts: int
    pieces: tuple[tuple[Piece, Node | None, Fault | None], ...]
    unclosed: Fault | None = None


def read_text(text: str, condition: bool) -> Reading:
    """Cut and parse a text; a condition without `${{ }}` is one expression."""
    return (_kept_reading if len(text) <= MOST_KEPT else _read_text)(text, condition)


def _read_text(text: str, condition: bool) -> Reading:
    if OPEN not in text:
        if not condition or not text.strip():
            return Reading(1, ())
        return Reading(1, (_parsed(Piece(text.strip(), len(text) - len(text.lstrip()))),))
    try:
        parts = split_template(text)
    except ExpressionError as error:
        fault = Fault(error.offset, SYNTAX, error.message, "write `${{ '${{' }}` for the text")
        return Reading(1, (), fault)
    pieces = [part for part in parts if isinstance(part, Piece)][:_MOST_PIECES]
    return Reading(len(parts), tuple(map(_parsed, pieces)))


def _parsed(piece: Piece) -> tuple[Piece, Node | None, Fault | None]:
    if _is_insert(piece.text):
        return piece, None, None
    try:
        return piece, parse_expression(piece.text), None
    except ExpressionError as error:
        offset = piece.offset + error.offset
        return piece, None, Fault(offset, SYNTAX, error.message, error.hint)


_kept_reading = lru_cache(maxsize=8192)(_read_text)


def read_template(text: str, allowed: tuple[str, ...], condition: bool = False) -> Template:
    """Read a text as a template; with `condition`, as the value of an `if:` key.

    A condition is an expression with or without `${{ }}`; an empty one is no fault.
    """
    read = _kept_template if len(text) <= MOST_KEPT else _read_template
    return read(text, allowed, condition)


def _read_template(text: str, allowed: tuple[str, ...], condition: bool) -> Template:
    reading = read_text(text, condition)
    if reading.unclosed is not None:
        return Template(text, "text", text, faults=(reading.unclosed,))
    if not reading.pieces:
        return Template(text, "text", text)
    if reading.parts == 1 and OPEN in text:
        plain = _plain_string(reading.pieces[0][0].text)
        if plain is not None:
            return Template(text, "literal", plain, alone=True)
    faults = tuple(islice(_faults(reading, allowed), _MOST_FAULTS))
    trees = tuple([(piece.offset, tree) for piece, tree, _ in reading.pieces if tree is not None])
    kind = "expression" if trees or faults else "insert"
    return Template(text, kind, "", trees, faults, reading.parts == 1)


_kept_template = lru_cache(maxsize=8192)(_read_template)


def _faults(reading: Reading, items: tuple[str, ...]) -> Iterator[Fault]:
    allowed = allowed_by(items)
    none = True
    for piece, tree, fault in reading.pieces:
        found = [fault] if fault is not None else []
        if tree is not None:
            found.extend(_tree_faults(tree, allowed, piece))
        elif fault is None:
            found.extend(_insert_faults(piece, reading.parts))
        none = none and not found
        yield from found
    if none and not items:
        where = reading.pieces[0][0].offset
        yield Fault(where, ALLOWED, "an expression is not allowed here", "write the value itself")


def _plain_string(text: str) -> str | None:
    """Return the text that `'text'` stands for when an expression is nothing else."""
    if len(text) < 2 or text[0] != "'" or text[-1] != "'":
        return None
    inner = text[1:-1]
    return inner.replace("''", "'") if "'" not in inner.replace("''", "") else None


def _is_insert(text: str) -> bool:
    return text == "insert" or (text.startswith("insert") and text[6:7].isspace())


def _insert_faults(piece: Piece, parts: int) -> Iterator[Fault]:
    if piece.text != "insert":
        yield Fault(piece.offset, SYNTAX, "`insert` takes no parameter")
    elif parts > 1:
        message = "the directive `insert` stands alone, not inside of text"
        yield Fault(piece.offset, SYNTAX, message)
