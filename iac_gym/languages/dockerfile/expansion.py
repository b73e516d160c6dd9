"""Expanding the words of instructions, within limits; what is wrong becomes a fault of a rule."""

from __future__ import annotations

import re
from collections.abc import Mapping

from iac_gym.languages.dockerfile.instruction import Instruction
from iac_gym.languages.dockerfile.lexer import MARKED, BadSubstitution, Budget, expand, expand_words
from iac_gym.verdict import Finding

#: Limits on expansion: of one value, and of all together, in characters.
MOST_VALUE = 16384
MOST_EXPANDED = 1 << 20

_NAME = re.compile(r"[^/.\\][^/\\]*")


def absolute(path: str, workdir: str) -> str:
    """Return a container path cleaned, relative ones under `workdir`; a final slash stays.

    `workdir` is clean itself, or empty.
    """
    if path[:1] == "/" and path != "/" and not ("//" in path or "/." in path or "\\" in path):
        return path  # clean already: no part is empty or begins with a dot
    if _NAME.fullmatch(path):
        return f"{workdir.rstrip('/')}/{path}"
    if path in (".", "./"):
        return f"{workdir.rstrip('/')}/"
    path = path.replace("\\", "/") if path[1:3] == ":\\" else path
    joined = path if path.startswith("/") else f"{workdir or '/'}/{path}"
    parts: list[str] = []
    for part in joined.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    folder = "/" if parts and (path.endswith(("/", "/.")) or path == ".") else ""
    return "/" + "/".join(parts) + folder


class Expander:
    """Expands the words of one file. `faults` collects, by rule name, what is wrong."""

    def __init__(self, escape: str, faults: dict[str, list[Finding]]) -> None:
        self._escape = escape
        self._expanded = 0
        self._faults = faults
        self.budget = Budget()

    def fault(self, rule: str, at: Instruction, message: str, hint: str = "") -> None:
        """Note what is wrong for the rule that reports it."""
        self._faults.setdefault(rule, []).append(at.finding(message, hint))

    def expand(self, text: str, env: Mapping[str, str], at: Instruction) -> str:
        """Expand a word; a fault gives the text as it stands."""
        if not MARKED.search(text) or self._expanded > MOST_EXPANDED:
            return text
        try:
            value = expand(text, env, self._escape, self.budget)
        except BadSubstitution as error:
            self.fault("variable-substitution", at, str(error))
            return text
        if len(value) > MOST_VALUE and len(value) > len(text):
            message = f"a value grows beyond {MOST_VALUE} characters by its variables"
            self.fault("variable-substitution", at, message)
            return text
        self._expanded += len(value)
        return value

    def words(self, text: str, env: Mapping[str, str], at: Instruction) -> list[str]:
        """Expand a text and split it into words; a fault gives no words."""
        try:
            return expand_words(text, env, self._escape, self.budget)
        except BadSubstitution as error:
            self.fault("variable-substitution", at, str(error))
            return []
