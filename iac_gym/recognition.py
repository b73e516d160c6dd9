"""Which language a file on disk is in: by its name, and where a name says too little, its text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from iac_gym.language import Language, language_names, load_language

#: The pattern of languages that take any YAML file which no other language claims.
_ANY_YAML = "*.yaml"


def matches(language: Language, path: str) -> bool:
    """Whether a path has a name of the language; patterns with `/` look at its folders too."""
    whole = Path(path).absolute().as_posix()
    name = whole.rpartition("/")[2]
    return any(
        fnmatchcase(whole if "/" in pattern else name, pattern) for pattern in language.patterns
    )


def recognise(path: str, text: str) -> str | None:
    """Return the name of the language of a file, None where neither name nor text tells.

    A language that knows its files by their text comes first, one that takes any YAML file last.
    """
    found = [
        language
        for language in map(load_language, language_names())
        if matches(language, path) and (not language.content or re.search(language.content, text))
    ]
    found.sort(key=lambda one: (_ANY_YAML in one.patterns and not one.content, not one.content))
    return found[0].name if found else None


def patterns_of(names: Iterable[str]) -> list[str]:
    """Return the patterns of the names of files, for an error message."""
    return sorted({pattern for name in names for pattern in load_language(name).patterns})
