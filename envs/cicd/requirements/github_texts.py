"""Texts of workflows: expressions written without spaces, lists and paths in one form."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

#: Longest text that is kept in its compact form.
_MOST_KEPT = 400
#: Longest pattern of file names, and most of them, that are tried.
_MOST_PATTERN, _MOST_PATTERNS = 200, 50
_QUOTED_OR_END = re.compile(r"'[^']*'|\}\}")


def put_in(text: str, put: Callable[[str], str]) -> str:
    """Replace each `${{ ... }}` of a text by what a function makes of it, braces and all."""
    parts: list[str] = []
    done, start = 0, text.find("${{")
    while start >= 0:
        hits = _QUOTED_OR_END.finditer(text, start + 3)
        end = next((hit.end() for hit in hits if hit.group() == "}}"), -1)
        if end < 0:
            break
        parts += [text[done:start], put(text[start:end])]
        done, start = end, text.find("${{", end)
    return "".join([*parts, text[done:]])


def sole_expression(text: str) -> str | None:
    """Return what stands in `${{ }}` where that is the whole text, else None."""
    text = text.strip()
    whole = text.startswith("${{") and put_in(text, lambda found: "") == ""
    return text[3:-2].strip() if whole and text.count("${{") == 1 else None


def compact(text: str) -> str:
    """Return a text with its expressions written without spaces."""
    if "${{" not in text:
        return text
    return _kept_compact(text) if len(text) <= _MOST_KEPT else _compact(text)


def _compact(text: str) -> str:
    return put_in(text, lambda found: f"${{{{{_squeezed(found[3:-2])}}}}}")


_kept_compact = lru_cache(maxsize=2048)(_compact)


@lru_cache(maxsize=1024)
def _squeezed(expression: str) -> str:
    parts = re.split(r"('[^']*')", expression)
    text = "".join(part if part[:1] == "'" else re.sub(r"\s+", "", part) for part in parts)
    text = re.sub(r"(?<=[\w\]])\['([A-Za-z_][\w-]*)'\]", r".\1", text)
    return text.replace("github.event.inputs.", "inputs.")


def same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for the spaces in expressions."""
    return compact(one).strip() == compact(other).strip()


def fits_one(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name is one of some, or fits one of the patterns among them."""
    known = list(patterns)
    wild = [one for one in known if set(one) & set("*?[") and len(one) < _MOST_PATTERN]
    return name in known or any(fnmatchcase(name, one) for one in wild[:_MOST_PATTERNS])


def lines_of(text: str) -> list[str]:
    """Split an input that holds a list, one item to a line or between commas."""
    return [item.strip() for item in re.split(r"[\n,]", text) if item.strip()]


def clean_path(path: str) -> str:
    """Return a path without `./` in front and `/` behind."""
    return _kept_path(path) if len(path) <= _MOST_KEPT else _clean_path(path)


def _clean_path(path: str) -> str:
    path = compact(path).removeprefix("${{github.workspace}}/")
    return posixpath.normpath(path).rstrip("/") if path else "."


_kept_path = lru_cache(maxsize=2048)(_clean_path)
