"""Damages texts in HCL in the ways in which people and models do, and a few more."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

_TOKEN = re.compile(r'[A-Za-z_][\w-]*|\d+|"(?:[^"\\\n]|\\.)*"|<<-?\w+|\S|\s+')
_SPECIAL = "{}[]()\"'\\$%~#/*=,.:;?!<>&|+-^`@\r\n\t \u00e9\u00a0\u201c\ufeff\x00\x07_0e"
_PIECES = (
    "${", "%{", "~}", "$${", "%%{", "...", "=>", "==", "::", "<<EOT\n", "<<-EOT\n", "EOT\n", "/*",
    "*/", "//", "\r\n", "\\u12", "\\x", ".0", ".*", "[*]", ".0.1", "[0]", "for ", " if ", "true",
    "null", "1e5", "1.", "0x1F", "-", "!", " ? 1 : 2", "{}", "[]", "()", '""', "a = 1", "b {}",
    'b "x" {}', "(a.b)", "\n\n",
)  # fmt: skip
_DIRECTIVES = ("%{if a}", "%{else}", "%{endif}", "%{for x in y}", "%{endfor}", "%{~ if a ~}", "%{")


def _cut(text: str, start: int, end: int, new: str = "") -> str:
    return text[:start] + new + text[end:]


def _at(rng: random.Random, text: str) -> int:
    return rng.randrange(len(text) + 1)


def delete_character(rng: random.Random, text: str) -> str:
    """One character less."""
    place = rng.randrange(len(text))
    return _cut(text, place, place + 1)


def insert_character(rng: random.Random, text: str) -> str:
    """One special character more."""
    place = _at(rng, text)
    return _cut(text, place, place, rng.choice(_SPECIAL))


def replace_character(rng: random.Random, text: str) -> str:
    """One character is another."""
    place = rng.randrange(len(text))
    return _cut(text, place, place + 1, rng.choice(_SPECIAL))


def insert_piece(rng: random.Random, text: str) -> str:
    """A piece of syntax more, anywhere."""
    place = _at(rng, text)
    return _cut(text, place, place, rng.choice(_PIECES))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def delete_token(rng: random.Random, text: str) -> str:
    """One token less."""
    tokens = _tokens(text)
    del tokens[rng.randrange(len(tokens))]
    return "".join(tokens)


def double_token(rng: random.Random, text: str) -> str:
    """One token twice."""
    tokens = _tokens(text)
    place = rng.randrange(len(tokens))
    tokens.insert(place, tokens[place])
    return "".join(tokens)


def swap_tokens(rng: random.Random, text: str) -> str:
    """Two tokens near each other change places."""
    tokens = _tokens(text)
    first = rng.randrange(len(tokens))
    second = min(len(tokens) - 1, first + rng.randrange(1, 4))
    tokens[first], tokens[second] = tokens[second], tokens[first]
    return "".join(tokens)


def foreign_token(rng: random.Random, text: str) -> str:
    """One token is another of the same text."""
    tokens = _tokens(text)
    tokens[rng.randrange(len(tokens))] = rng.choice(tokens)
    return "".join(tokens)


def join_lines(rng: random.Random, text: str) -> str:
    """A newline is a blank, or nothing."""
    places = [match.start() for match in re.finditer("\n", text)]
    if not places:
        return text + text
    place = rng.choice(places)
    return _cut(text, place, place + 1, rng.choice((" ", "")))


def split_line(rng: random.Random, text: str) -> str:
    """A blank is a newline."""
    places = [match.start() for match in re.finditer("[ ,]", text)] or [0]
    place = rng.choice(places)
    return _cut(text, place, place + rng.choice((0, 1)), "\n")


def move_line(rng: random.Random, text: str) -> str:
    """A line doubled, dropped, or moved."""
    lines = text.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    line = lines[place]
    if rng.random() < 0.6:
        del lines[place]
    if rng.random() < 0.6:
        lines.insert(rng.randrange(len(lines) + 1), line)
    return "".join(lines)


def carriage_return(rng: random.Random, text: str) -> str:
    """A bare carriage return, or DOS line ends throughout."""
    if rng.random() < 0.3:
        text = text.replace("\n", "\r\n")
    place = _at(rng, text)
    return _cut(text, place, place, rng.choice(("\r", "\r\n", "")))


def _damage(rng: random.Random, text: str, pattern: str, others: str) -> str:
    places = [match.start() for match in re.finditer(pattern, text)]
    if not places:
        return insert_character(rng, text)
    place = rng.choice(places)
    return _cut(text, place, place + rng.randrange(2), rng.choice((*others, "")))


def quotes(rng: random.Random, text: str) -> str:
    """A quote gone, doubled or of another kind."""
    return _damage(rng, text, '"', "\"'`\u201d\\")


def brackets(rng: random.Random, text: str) -> str:
    """A bracket gone, doubled or of another kind."""
    return _damage(rng, text, r"[\[\](){}]", "[](){}<>")


def operators(rng: random.Random, text: str) -> str:
    """An operator or separator gone, doubled or another."""
    return _damage(rng, text, r"[=,.:?!<>&|+*/-]", "=,.:?!<>&|+*/-%")


def heredoc(rng: random.Random, text: str) -> str:
    """A heredoc damaged, or put in place of a value."""
    places = [match.span() for match in re.finditer(r"<<-?\w+|^[ \t]*EO\w+", text, re.M)]
    if places and rng.random() < 0.7:
        start, end = rng.choice(places)
        new = rng.choice(("<<EOT", "<<-EOT", "<<EOT ", "<< EOT", "EOT x", "x EOT", "$EOT", "\rEOT"))
        return _cut(text, start, end, new)
    values = [match.span() for match in re.finditer(r"(?<== )\S.*", text)]
    if not values:
        return insert_piece(rng, text)
    start, end = rng.choice(values)
    body = rng.choice(("", "a\n", " a $ b\n", "${a}\n", "  ${~ a ~}\n x\n", "$${\n", "\\\n", '"\n'))
    close = rng.choice(("EOT", "  EOT", "EOT,", "EOT\r", "EOT)", "\tEOT "))
    return _cut(text, start, end, f"{rng.choice(('<<EOT', '<<-EOT'))}\n{body}{close}")


def directive(rng: random.Random, text: str) -> str:
    """Directives in a string or heredoc, closed or not."""
    places = [match.end() for match in re.finditer(r'(?<== )"|<<-?\w+\n', text)]
    if not places:
        return insert_piece(rng, text)
    place = rng.choice(places)
    if rng.random() < 0.4:
        new = rng.choice(("%{if a}x%{else}y%{endif}", "%{ for k, v in y ~}${k}%{ endfor }"))
        new = delete_character(rng, new) if rng.random() < 0.6 else new
    else:
        new = "".join(rng.choices((*_DIRECTIVES, "x"), k=rng.randrange(1, 4)))
    return _cut(text, place, place, new)


def truncate(rng: random.Random, text: str) -> str:
    """The text ends early."""
    return text[: _at(rng, text)]


MUTATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    delete_character,
    insert_character,
    replace_character,
    insert_piece,
    delete_token,
    double_token,
    swap_tokens,
    foreign_token,
    join_lines,
    split_line,
    move_line,
    carriage_return,
    quotes,
    brackets,
    operators,
    heredoc,
    directive,
    truncate,
)


def mutant(rng: random.Random, text: str) -> tuple[str, str]:
    """A damaged text and the name of the damage."""
    mutation = rng.choice(MUTATIONS)
    changed = mutation(rng, text) if text else text
    return changed, mutation.__name__
