"""Variables in texts: those that the file sets are replaced, the others stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Longest value of a variable with others in it.
MOST_VALUE = 2_000
#: Longest chain of variables that are replaced.
MOST_DEPTH = 8

_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})")


def replace(text: str, values: Mapping[str, str]) -> str:
    """Replace the variables of a text that are known, also in their own values."""
    if "$" not in text:
        return text
    return _VARIABLE.sub(Known(values).fill, text)[:MOST_VALUE]


class Known(dict[str, str]):
    """Variables as the shell sees them: those in a value are replaced when it is asked for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._done: set[str] = set()
        self._depth = 0

    def __getitem__(self, name: str) -> str:
        """Return the value of a variable."""
        value = super().__getitem__(name)
        if "$" in value and name not in self._done and self._depth < MOST_DEPTH:
            self._done.add(name)
            self._depth += 1
            value = _VARIABLE.sub(self.fill, value)[:MOST_VALUE]
            self._depth -= 1
            self[name] = value
        return value

    def fill(self, found: re.Match[str]) -> str:
        """Return the value of the variable that was found in a text, or the text."""
        name = found[1] or found[2]
        return self[name] if name in self else found[0]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a variable, or the default."""
        if name not in self:
            return default
        return self[name]
