"""Go's fmt.Sprintf over template values, mistakes in formats included."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.printing import PLAIN, WIDEST, Flags, Printer, bad_verb
from iac_gym.formats.gotemplate.values import INVALID, go_type, is_integer

_SIMPLE = re.compile(r"%([sdvq%])")


@lru_cache(maxsize=2048)
def _segments(pattern: str) -> tuple[list[str], list[str]] | None:
    """Return the texts and the verbs of a format that has only plain verbs."""
    pieces = _SIMPLE.split(pattern)
    if any("%" in text for text in pieces[::2]):
        return None
    return pieces[::2], pieces[1::2]


def sprintf(pattern: str, args: list[Any], run: Any = None) -> str:
    """Return fmt.Sprintf."""
    simple = _segments(pattern)
    if simple is not None:
        texts, verbs = simple
        if "%" not in verbs and len(verbs) == len(args):
            printer = Printer(run)
            parts = [texts[0]]
            for verb, value, text in zip(verbs, args, texts[1:], strict=True):
                if type(value) is str and verb in "sv":
                    parts.append(value)
                else:
                    parts.append(printer.text(value, verb, PLAIN))
                parts.append(text)
            return "".join(parts)
    return _Format(pattern, args, run).run_all()


class _Format:
    """One Sprintf over a format of any shape."""

    def __init__(self, pattern: str, args: list[Any], run: Any) -> None:
        self.pattern = pattern
        self.args = args
        self.printer = Printer(run)
        self.at = 0
        self.arg = 0
        self.reordered = False
        self.good = True

    def run_all(self) -> str:
        """Return the whole text."""
        parts: list[str] = []
        pattern = self.pattern
        size = 0
        while self.at < len(pattern):
            percent = pattern.find("%", self.at)
            if percent < 0:
                parts.append(pattern[self.at :])
                break
            parts.append(pattern[self.at : percent])
            self.at = percent + 1
            parts.append(self.verb())
            size += len(parts[-1])
            if size > 2 * WIDEST:
                raise Unbounded("the formatted text is too long")
        if not self.reordered and self.arg < len(self.args):
            extra = ", ".join(map(self.extra, self.args[self.arg :]))
            parts.append(f"%!(EXTRA {extra})")
        return "".join(parts)

    def extra(self, value: Any) -> str:
        """Return an argument that no verb has taken."""
        if value is None or value is INVALID:
            return "<nil>"
        return f"{go_type(value)}={self.printer.text(value, 'v', PLAIN)}"

    def verb(self) -> str:
        """Return what one verb prints."""
        found = re.compile(r"[-+# 0]*").match(self.pattern, self.at)
        flags = Flags(found[0] if found else "")
        self.at = found.end() if found else self.at
        before = self.index()
        trouble = self.width(flags, before)
        trouble += self.precision(flags)
        if self.at >= len(self.pattern):
            return trouble + "%!(NOVERB)"
        verb = self.pattern[self.at]
        self.at += 1
        if verb == "%":
            return trouble + "%"
        if not self.good:
            return f"{trouble}%!{verb}(BADINDEX)"
        if self.arg >= len(self.args):
            return f"{trouble}%!{verb}(MISSING)"
        value = self.args[self.arg]
        self.arg += 1
        return trouble + self.operand(value, verb, flags)

    def operand(self, value: Any, verb: str, flags: Flags) -> str:
        """Return one operand."""
        if verb == "T":
            return flags.pad(go_type(value))
        if verb == "p":
            return bad_verb(verb, value)
        return self.printer.text(value, verb, flags)

    def index(self) -> bool:
        """Read an argument index like [2]; tell whether there is one."""
        self.good = True
        if self.pattern[self.at : self.at + 1] != "[":
            return False
        end = self.pattern.find("]", self.at)
        self.reordered = True
        if end < 0:
            self.good = False
            self.at += 1
            return False
        number = self.pattern[self.at + 1 : end]
        self.at = end + 1
        if number.isdecimal() and len(number) < 7 and 1 <= int(number) <= len(self.args):
            self.arg = int(number) - 1
            return True
        self.good = False
        return False

    def number(self) -> int | None:
        """Read digits."""
        found = re.compile(r"[0-9]+").match(self.pattern, self.at)
        if found is None:
            return None
        self.at = found.end()
        value = int(found[0]) if len(found[0]) < 8 else WIDEST + 1
        return value if value <= WIDEST else None

    def star(self) -> int | None:
        """Take a width or precision from the arguments."""
        self.at += 1
        value = self.args[self.arg] if self.arg < len(self.args) else None
        self.arg += self.arg < len(self.args)
        if value is not None and is_integer(value) and abs(value) <= WIDEST:
            return int(value)
        return None

    def width(self, flags: Flags, indexed: bool) -> str:
        """Read the width."""
        if self.pattern[self.at : self.at + 1] == "*":
            width = self.star()
            if width is None:
                return "%!(BADWIDTH)"
            if width < 0:
                flags.minus, flags.zero, width = True, False, -width
            flags.width = width
            return ""
        flags.width = self.number()
        if indexed and flags.width is not None:
            self.good = False
        return ""

    def precision(self, flags: Flags) -> str:
        """Read the precision and an index behind it."""
        trouble = ""
        if self.pattern[self.at : self.at + 1] == ".":
            self.at += 1
            self.index()
            if self.pattern[self.at : self.at + 1] == "*":
                found = self.star()
                if found is None or found < 0:
                    trouble = "%!(BADPREC)"
                else:
                    flags.precision = found
            else:
                flags.precision = self.number() or 0
        if self.pattern[self.at : self.at + 1] == "[":
            self.index()
        return trouble
