"""Go's strconv for strings: quoting, unquoting, and how runes are shown in messages."""

from __future__ import annotations

import re
import unicodedata

_SHORT = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
}
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"])|([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))"
)
_LETTERS = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))


def printable(character: str) -> bool:
    """Tell whether Go prints a character as it is (unicode.IsPrint)."""
    if character.isascii():
        return " " <= character <= "~"
    return unicodedata.category(character)[0] in "LMNPS"


def quote(text: str, mark: str = '"') -> str:
    """Return a text as strconv.Quote writes it (with another mark: as QuoteRune does)."""
    if mark == '"' and _PLAIN.fullmatch(text):
        return f'"{text}"'
    parts = [mark]
    for character in text:
        if character == mark:
            parts.append("\\" + mark)
        elif character in _SHORT:
            parts.append(_SHORT[character])
        elif printable(character):
            parts.append(character)
        else:
            parts.append(_hex(character))
    parts.append(mark)
    return "".join(parts)


def _hex(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def go_rune(character: str) -> str:
    """Return a character as %#U shows it."""
    code = f"U+{ord(character):04X}"
    return f"{code} '{character}'" if printable(character) else code


def unquote(written: str) -> str | None:
    """Return the text of a Go string literal, or None where its syntax is wrong."""
    mark, body = written[0], written[1:-1]
    if mark == "`":
        return body.replace("\r", "")
    if "\\" not in body:
        return body
    return _unescape(body, mark)


def _unescape(body: str, mark: str) -> str | None:
    parts: list[bytes] = []
    at = 0
    while at < len(body):
        slash = body.find("\\", at)
        if slash < 0:
            parts.append(body[at:].encode("utf-8", "surrogatepass"))
            break
        parts.append(body[at:slash].encode("utf-8", "surrogatepass"))
        found = _ESCAPE.match(body, slash)
        piece = None if found is None else _escaped(found, mark)
        if found is None or piece is None:
            return None
        parts.append(piece)
        at = found.end()
    return b"".join(parts).decode("utf-8", "surrogateescape")


def _escaped(found: re.Match[str], mark: str) -> bytes | None:
    letter, octal, byte, short, long = found.groups()
    if letter is not None:
        if letter in "'\"" and letter != mark:
            return None
        return _LETTERS.get(letter, letter).encode()
    if octal is not None:
        return bytes([int(octal, 8)]) if int(octal, 8) < 256 else None
    if byte is not None:
        return bytes([int(byte, 16)])
    code = int(short or long, 16)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code).encode()


def unquote_rune(written: str) -> int | None:
    """Return the code of a character constant, or None where its syntax is wrong."""
    body = written[1:-1]
    if len(body) == 1 and body not in "\\'\n":
        return ord(body)
    found = _ESCAPE.fullmatch(body)
    if found is None:
        return None
    letter, *codes = found.groups()
    if letter is not None:
        return None if letter == '"' else ord(_LETTERS.get(letter, letter))
    code = int(codes[0], 8) if codes[0] else int(next(c for c in codes[1:] if c), 16)
    if codes[0] or codes[1]:
        return code if code < 256 else None
    return None if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else code
