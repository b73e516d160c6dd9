"""What is wrong with a YAML text, in words a person can act on."""

from __future__ import annotations

import re

import yaml


class YamlError(Exception):
    """The text is no YAML that the tool accepts: what, where (line and column from 1), a hint."""

    def __init__(self, message: str, line: int = 0, column: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.hint = hint


_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Part of libyaml's problem -> (message, hint). The first that fits is used.
_EXPLAINED = (
    (
        "mapping values are not allowed",
        "a `:` stands where no key can be",
        "check the indentation of this line and of the one above; quote a text that contains `: `",
    ),
    (
        "found character that cannot start any token",
        "this character cannot start a value",
        "indent with spaces, not tabs; quote a text that starts with `@`, a backquote or `%`",
    ),
    ("could not find expected ':'", "a `:` is missing after this key", "write `key: value`"),
    (
        "did not find expected key",
        "this line does not fit the mapping around it",
        "keys of one mapping start in the same column; a quoted text ends at its closing quote",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list around it",
        "items of one list start with `- ` in the same column",
    ),
    ("block sequence entries are not allowed", "a list cannot start here", "begin a new line"),
    ("did not find expected ',' or", "a `,` or the closing bracket is missing", ""),
    ("found unexpected end of stream", "the text ends inside a quoted text", ""),
    ("while scanning a quoted scalar", "a quoted text is never closed", ""),
    (
        "did not find expected <document start>",
        "something follows the end of the document",
        "separate documents with a line `---`",
    ),
    ("tab character", "a tab is used as indentation", "indent with spaces"),
    ("unknown escape", "this `\\` escape is not known", "use single quotes, or write `\\\\`"),
    ("undefined tag handle", "this tag has no known prefix", "quote a text that starts with `!`"),
)


def explain(error: yaml.MarkedYAMLError) -> YamlError:
    """Put what libyaml says into words that tell what to change."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = f"{error.problem or ''} {error.context or ''}"
    for part, message, hint in _EXPLAINED:
        if part in problem:
            return YamlError(message, line, column, hint)
    return YamlError(f"this is no valid YAML: {problem.strip()}", line, column)


def unreadable(text: str) -> YamlError:
    """Say which character of the text libyaml does not read, and where it stands."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return YamlError("this is no valid YAML")
    before = text[: found.start()]
    line = before.count("\n") + 1
    column = found.start() - (before.rfind("\n") + 1) + 1
    return YamlError(
        f"the character U+{ord(found[0]):04X} is not allowed in YAML",
        line,
        column,
        "leave it out, or write it as an escape in double quotes",
    )
