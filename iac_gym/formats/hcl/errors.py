"""The one error of the HCL parsers, with the place of what is wrong."""

from __future__ import annotations

#: How deep blocks, brackets, templates and operators may nest. The real parser knows no limit.
MAX_DEPTH = 100
#: Message and hint for what is deeper.
TOO_DEEP = (f"nested deeper than {MAX_DEPTH} levels", "split it with locals")


class HclError(Exception):
    """What makes a text no HCL: `message` says what, `hint` how to mend it.

    `at` is the offset of the place, base included. Only the first error of a text is reported.
    """

    def __init__(self, at: int, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.at = at
        self.message = message
        self.hint = hint


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1 and in characters, of an offset of the text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
