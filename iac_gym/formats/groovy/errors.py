"""The one error of the Groovy parser, with the place of what is wrong."""

from __future__ import annotations

#: How deep brackets, statements and operators may nest. The real parser's limit is its stack.
MOST_DEPTH = 50
#: Most tokens of a text: a Jenkinsfile of 1,000 lines has about 10,000.
MOST_TOKENS = 20_000
#: Most statements of one block: the JVM refuses methods of more than 64 KB ("Method too large"),
#: which a script with fewer calls than these already makes.
MOST_STATEMENTS = 2_000


class GroovyError(Exception):
    """What Groovy would refuse: `message` says what, `hint` how to mend it.

    `at` is the offset of the place, `line` and `column` count from 1.
    """

    def __init__(self, at: int, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.at = at
        self.message = message
        self.hint = hint
        self.line = 0
        self.column = 0


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1 and in characters, of an offset of the text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
