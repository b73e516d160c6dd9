"""Plain objects as block YAML, as a person writes it: used for references and shown files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

#: Words that some dialect reads as something else than text, in any case.
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
#: What some dialect reads as a number or a time.
_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_,]*(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?0[xX][0-9a-fA-F_]+|[-+]?0[oObB][0-7_]+"
    r"|[-+]?[0-9][0-9_]*(?::[0-9]+)+(?:\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
    r"|[-+]?\.(?:inf|nan)",
    re.IGNORECASE,
)
#: A longer key needs the `? ` form.
_LONGEST_KEY = 1000
#: Text that may stand without quotes as far as its characters go.
_PLAIN = re.compile(r"(?:[\w./$(\\^;+]|-(?=[^\s-])|--(?=[^\s-]))(?:[^:#]|:(?=\S)|(?<=\S)#)*")


def dump(documents: Iterable[Any]) -> str:
    """Write documents as YAML, joined by `---`; reading the text gives the same values."""
    roots = [documents] if isinstance(documents, Mapping) else documents
    return "---\n".join("\n".join(_block(root, 0)) + "\n" for root in roots)


def _block(value: Any, indent: int) -> list[str]:
    """Return the lines of a value that stands on lines of its own."""
    pad = " " * indent
    lines: list[str] = []
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            text = _scalar(key)
            long = len(text) > _LONGEST_KEY
            head = f"{pad}? {text}\n{pad}:" if long else f"{pad}{text}:"
            lines += _entry(head, item, indent + 2)
        return lines
    if isinstance(value, Sequence) and not isinstance(value, str) and value:
        for item in value:
            lines += _item(item, indent)
        return lines
    return [pad + _scalar(value)]


def _entry(head: str, value: Any, indent: int) -> list[str]:
    """Return the lines of `head value`, where nested lines are indented by `indent`."""
    if isinstance(value, (Mapping, list, tuple)) and value:
        return [head, *_block(value, indent)]
    if isinstance(value, str) and _fits_block(value):
        pad = " " * indent
        body, end = value, "-"
        if value.endswith("\n"):
            body, end = value[:-1], "+" if value.endswith("\n\n") else ""
        return [f"{head} |{end}", *(pad + line if line else "" for line in body.split("\n"))]
    return [f"{head} {_scalar(value)}"]


def _item(value: Any, indent: int) -> list[str]:
    """Return the lines of one list item."""
    pad = " " * indent
    if isinstance(value, (Mapping, list, tuple)) and value:
        first, *rest = _block(value, indent + 2)
        return [f"{pad}- {first[indent + 2 :]}", *rest]
    return _entry(f"{pad}-", value, indent + 2)


def _fits_block(text: str) -> bool:
    """Whether a text can stand as a literal block without an indentation indicator."""
    if "\n" not in text or text[0] in " \t\n" or not text.replace("\n", "").isprintable():
        return False
    return not any(line.isspace() for line in text.split("\n"))


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return value if _stands_plain(value) else quote(value)
    if isinstance(value, int):
        return str(value)
    return "{}" if isinstance(value, Mapping) else "[]"


def _float(value: float) -> str:
    text = repr(value)
    if text in ("inf", "-inf", "nan"):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}{'' if '.' in mantissa or not e else '.0'}{e}{exponent}"


def _stands_plain(text: str) -> bool:
    """Whether every dialect reads the text as itself when it has no quotes."""
    return (
        text.isprintable()
        and _PLAIN.fullmatch(text) is not None
        and text[-1] not in " :"
        and text.lower() not in _WORDS
        and _NUMBER.fullmatch(text) is None
        and not text.startswith(("...", "---"))
    )


def quote(text: str) -> str:
    """Write a text in double quotes."""
    written = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(char) for char in written)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
