"""Strings that are put together from pieces, some of them unknown."""

from __future__ import annotations

from itertools import groupby

from iac_gym.languages.terraform.values import STRING, Joined, Unknown, Value

#: Longest text, and most pieces.
MOST_TEXT = 1 << 17
MOST_PIECES = 1_000


def join_texts(texts: list[str | Unknown]) -> Value:
    """Join pieces of a string, `Joined` where some are unknown."""
    if all(text.__class__ is str for text in texts):
        if sum(map(len, texts)) > MOST_TEXT:  # type: ignore[arg-type]
            return Unknown(STRING)
        return "".join(texts)  # type: ignore[arg-type]
    pieces = [
        piece for text in texts for piece in (text.parts if isinstance(text, Joined) else (text,))
    ]
    if len(pieces) > MOST_PIECES or sum(len(p) for p in pieces if isinstance(p, str)) > MOST_TEXT:
        return Unknown(STRING)
    parts: list[str | Unknown] = []
    for is_text, group in groupby(pieces, lambda piece: isinstance(piece, str)):
        if is_text:
            parts.append("".join(group))  # type: ignore[arg-type]
        else:
            parts += group
    return Joined(tuple([part for part in parts if part != ""]))
