"""Go's fmt over template values: what each verb prints, Sprint and Sprintln."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from iac_gym.formats.gotemplate.errors import Unbounded
from iac_gym.formats.gotemplate.floats import format_float, show_float
from iac_gym.formats.gotemplate.quoting import quote
from iac_gym.formats.gotemplate.values import (
    INVALID,
    Duration,
    Struct,
    Uint8,
    encode,
    go_type,
    is_integer,
    sorted_keys,
)

#: How deep and how many values are printed, and the widest padding.
_DEPTH = 100
_NODES = 30_000
WIDEST = 1_000_000


def show(value: Any, run: Any = None) -> str:
    """Return what `{{ value }}` prints."""
    if type(value) is str:
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is INVALID or value is None:
        return "<no value>"
    if is_integer(value) and type(value) is not Duration:
        return int.__repr__(value)
    if type(value) is float:
        return show_float(value)
    return Printer(run).text(value, "v", PLAIN)


class Flags:
    """The flags, width and precision of one verb."""

    __slots__ = ("minus", "plus", "precision", "sharp", "space", "width", "zero")

    def __init__(self, marks: str = "") -> None:
        self.minus = "-" in marks
        self.plus = "+" in marks
        self.sharp = "#" in marks
        self.space = " " in marks
        self.zero = "0" in marks and not self.minus
        self.width: int | None = None
        self.precision: int | None = None

    def without_plus(self) -> Flags:
        """Return the flags as %+v has them: the plus is for structs."""
        other = Flags("-" if self.minus else "0" if self.zero else "")
        other.sharp, other.space = self.sharp, self.space
        other.width, other.precision = self.width, self.precision
        return other

    def pad(self, text: str, zero: bool = False) -> str:
        """Fill a text to the width."""
        width = self.width
        if width is None or len(text) >= width:
            return text
        if self.minus:
            return text.ljust(width)
        if self.zero and zero:
            sign = text[:1] if text[:1] in ("+", "-", " ") else ""
            return sign + text[len(sign) :].rjust(width - len(sign), "0")
        return text.rjust(width, "0" if self.zero else " ")


PLAIN = Flags()


class Printer:
    """Prints one operand; counts what it prints."""

    def __init__(self, run: Any = None) -> None:
        self.run = run
        self.nodes = 0

    def text(self, value: Any, verb: str, flags: Flags, depth: int = 0) -> str:
        """Return a value as a verb prints it."""
        self.nodes += 1
        if self.nodes > _NODES or depth > _DEPTH:
            raise Unbounded("the value is too large to print")
        if value is None or value is INVALID:
            if depth or verb == "v":
                return flags.pad("<nil>")
            return bad_verb(verb, value)
        if type(value) is Duration and verb in "vs":
            value = str_duration(value)
        printer = _BY_TYPE.get(type(value))
        if printer is not None:
            if verb == "v" and flags.plus:
                flags = flags.without_plus()
            return printer(value, verb, flags)
        if isinstance(value, dict | list):
            return self.collection(value, verb, flags, depth)
        if is_integer(value):
            return _any_integer(value, verb, flags)
        if isinstance(value, Struct):
            return self.struct(value, verb, flags, depth)
        return flags.pad(str(value)) if verb in "vs" else bad_verb(verb, value)

    def collection(self, value: Any, verb: str, flags: Flags, depth: int) -> str:
        """Return a list or map; each element has the verb."""
        if isinstance(value, dict):
            if flags.sharp and verb == "v":
                return self.go_syntax(value, depth)
            inner = (
                f"{self.text(key, verb, flags, depth + 1)}:"
                f"{self.text(value[key], verb, flags, depth + 1)}"
                for key in sorted_keys(value)
            )
            return f"map[{' '.join(inner)}]"
        if flags.sharp and verb == "v":
            return self.go_syntax(value, depth)
        return f"[{' '.join([self.text(item, verb, flags, depth + 1) for item in value])}]"

    def go_syntax(self, value: Any, depth: int) -> str:
        """Return a list or map as %#v prints it."""
        sharp = Flags("#")

        def inner(item: Any) -> str:
            if item is None:
                return "interface {}(nil)"
            return self.text(item, "v", sharp, depth + 1)

        if isinstance(value, dict):
            parts = [f"{inner(key)}:{inner(value[key])}" for key in sorted_keys(value)]
        else:
            parts = [inner(item) for item in value]
        return f"{go_type(value)}{{{', '.join(parts)}}}"

    def struct(self, value: Struct, verb: str, flags: Flags, depth: int) -> str:
        """Return an object of the host."""
        if value.printed is not None:
            return _string(value.printed, verb, flags)
        parts = []
        for name, field in value.fields.items():
            shown = self.text(field, verb, flags, depth + 1)
            parts.append(f"{name}:{shown}" if flags.plus else shown)
        pointer = "&" if value.go_type.startswith("*") else ""
        return f"{pointer}{{{' '.join(parts)}}}"


def bad_verb(verb: str, value: Any) -> str:
    """Return what fmt prints for a verb that does not fit."""
    if value is None or value is INVALID:
        return f"%!{verb}(<nil>)"
    return f"%!{verb}({go_type(value)}={Printer().text(value, 'v', PLAIN)})"


def _string(value: str, verb: str, flags: Flags) -> str:
    if verb in "vs":
        if flags.sharp and verb == "v":
            return flags.pad(quote(value))
        if flags.precision is not None:
            value = value[: flags.precision]
        return flags.pad(value)
    if verb == "q":
        if flags.precision is not None:
            value = value[: flags.precision]
        if flags.sharp and "`" not in value and value.isprintable():
            return flags.pad(f"`{value}`")
        return flags.pad(quote(value))
    if verb in "xX":
        return flags.pad(_hexadecimal(encode(value), verb, flags))
    return bad_verb(verb, value)


def _hexadecimal(data: bytes, verb: str, flags: Flags) -> str:
    if flags.precision is not None:
        data = data[: flags.precision]
    mark = "0x" if flags.sharp else ""
    if flags.space:
        text = " ".join(mark + f"{byte:02x}" for byte in data)
    else:
        text = (mark if data else "") + data.hex()
    return text.upper() if verb == "X" else text


def _bool(value: bool, verb: str, flags: Flags) -> str:
    return flags.pad("true" if value else "false") if verb in "tv" else bad_verb(verb, value)


_BASES: dict[str, Callable[[int], str]] = {
    "d": str,
    "v": str,
    "b": lambda number: f"{number:b}",
    "o": lambda number: f"{number:o}",
    "O": lambda number: f"{number:o}",
    "x": lambda number: f"{number:x}",
    "X": lambda number: f"{number:X}",
}
_MARKS = {"b": "0b", "o": "0", "x": "0x", "X": "0X", "O": "0o"}


def _integer(value: int, verb: str, flags: Flags) -> str:
    value = int(value)
    if verb in _BASES:
        digits = _BASES[verb](abs(value))
        return _number(value, digits, verb, flags)
    if verb in "cqU":
        return _character(value, verb, flags)
    return ""


def _number(value: int, digits: str, verb: str, flags: Flags) -> str:
    sign = "-" if value < 0 else "+" if flags.plus else " " if flags.space else ""
    if flags.precision is not None:
        digits = digits.rjust(flags.precision, "0")
        if flags.precision == 0 and value == 0:
            return " " * (flags.width or 0)
    elif flags.zero and flags.width is not None:
        digits = digits.rjust(flags.width - len(sign), "0")
    if (flags.sharp or verb == "O") and verb in _MARKS:
        digits = _MARKS[verb] + digits
    text = sign + digits
    width = flags.width or 0
    return text.ljust(width) if flags.minus else text.rjust(width)


def _character(value: int, verb: str, flags: Flags) -> str:
    fine = 0 <= value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF
    letter = chr(value) if fine else "\ufffd"
    if verb == "c":
        return flags.pad(letter)
    if verb == "q":
        return flags.pad(quote(letter, "'"))
    text = f"U+{value:04X}"
    return flags.pad(f"{text} '{letter}'" if flags.sharp else text)


def _any_integer(value: Any, verb: str, flags: Flags) -> str:
    if type(value) is Uint8 and verb == "v" and flags.sharp:
        return hex(value)
    return _integer(value, verb, flags) if verb in "dvboOxXcqU" else bad_verb(verb, value)


def _float(value: float, verb: str, flags: Flags) -> str:
    if verb not in "veEfFgG":
        return bad_verb(verb, value)
    shown = "g" if verb == "v" else verb
    text = format_float(value, shown, flags.precision)
    if text[0] not in "+-" and (flags.plus or flags.space):
        text = ("+" if flags.plus else " ") + text
    if text == "+Inf" and not flags.plus:
        text = "+Inf"
    return flags.pad(text, zero=text[-1] not in "fN")


def _bytes(value: bytes, verb: str, flags: Flags) -> str:
    if verb in "vd":
        return f"[{' '.join(map(str, value))}]"
    return _string(value.decode("utf-8", "surrogateescape"), verb, flags)


def _complex(value: complex, verb: str, flags: Flags) -> str:
    inner = Flags("+")
    return f"({_float(value.real, verb, flags)}{_float(value.imag, verb, inner)}i)"


_BY_TYPE: dict[type, Callable[[Any, str, Flags], str]] = {
    str: _string,
    bool: _bool,
    int: _any_integer,
    float: _float,
    bytes: _bytes,
    complex: _complex,
}


def str_duration(value: int) -> str:
    """Return a time.Duration as its String method does."""
    if value == 0:
        return "0s"
    sign, size = ("-", -value) if value < 0 else ("", int(value))
    for unit, name in ((1, "ns"), (1_000, "µs"), (1_000_000, "ms")):
        if size < unit * 1000 and unit < 1_000_000_000:
            return f"{sign}{_fraction(size, unit)}{name}"
    seconds, rest = divmod(size, 60_000_000_000)
    text = f"{_fraction(rest, 1_000_000_000)}s"
    if seconds:
        hours, minutes = divmod(seconds, 60)
        text = f"{minutes}m{text}"
        if hours:
            text = f"{hours}h{text}"
    return sign + text


def _fraction(size: int, unit: int) -> str:
    whole, rest = divmod(size, unit)
    if not rest:
        return str(whole)
    return f"{whole}.{str(rest).rjust(len(str(unit)) - 1, '0').rstrip('0')}"


def sprint(args: list[Any], run: Any = None) -> str:
    """Return fmt.Sprint: spaces only between operands that are both no strings."""
    parts: list[str] = []
    before = True
    for number, value in enumerate(args):
        text = isinstance(value, str)
        if number and not text and not before:
            parts.append(" ")
        parts.append(value if text else _operand(value, run))
        before = text
    return "".join(parts)


def _operand(value: Any, run: Any) -> str:
    if value is None or value is INVALID:
        return "<nil>"
    return show(value, run)


def sprintln(args: list[Any], run: Any = None) -> str:
    """Return fmt.Sprintln."""
    return " ".join(v if isinstance(v, str) else _operand(v, run) for v in args) + "\n"
