"""Where a fault of a template stands in the file."""

from __future__ import annotations

from collections.abc import Sequence


def place(offset: int, text: str, mark: tuple[int, int], lines: Sequence[str]) -> tuple[int, int]:
    """Return line and column in the file of an offset in a scalar that starts at `mark`.

    Quotes, escapes and folding make the text differ from the source, so that what stands at the
    offset is looked for in the source, word by word; the scalar's own place is the last resort.
    """
    start, column = mark
    if not 0 < start <= len(lines):
        return mark
    row, position = start - 1, max(column - 1, 0)
    wanted = text[: offset + 1].count("\n")
    rest = text[offset:].split("\n", 1)[0].strip()[:24] or text[offset : offset + 1]
    if not rest:
        return mark
    skip = 0 if wanted == 0 and text.split("\n", 1)[0] in lines[row] else 1
    for shift in (wanted, wanted + skip):
        line = row + shift
        if line < len(lines):
            before = text[:offset].rsplit("\n", 1)[-1]
            at = _find(lines[line], before, rest, position if line == row else 0)
            if at >= 0:
                return line + 1, at + 1
    return mark


def _find(line: str, before: str, rest: str, start: int) -> int:
    """Return where `rest` stands in a line, behind `before` where that is there too."""
    at = line.find(before + rest, start)
    if at >= 0:
        return at + len(before)
    return line.find(rest, start)
