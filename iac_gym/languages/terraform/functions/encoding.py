"""Functions that encode text."""

from __future__ import annotations

import base64
import codecs
import re
from urllib.parse import quote_plus

from iac_gym.languages.terraform.functions.registry import FunctionError, implements
from iac_gym.languages.terraform.values import STRING, Unknown, Value

#: Registered names (of IANA) that the real tool supports, besides the families below.
_NAMES = frozenset(
    """utf-8 csutf8 utf-16 utf-16be utf-16le us-ascii ascii latin1 latin2 latin3 latin4 latin5
    latin6 big5 euc-jp euc-kr gbk gb18030 hz-gb-2312 iso-2022-jp shift_jis koi8-r koi8-u macintosh
    tis-620 cp437 cp850 cp852 cp855 cp858 cp862 cp865 cp866 ibm437 ibm850 ibm852 ibm855 ibm862
    ibm865 ibm866""".split()
)
_FAMILIES = re.compile(r"iso-8859-(?:[1-9]|1[03456])|windows-125[0-8]")
#: What Python calls them, where it has names of its own.
_PYTHON_NAMES = {"csutf8": "utf-8", "macintosh": "mac-roman", "latin6": "iso-8859-10"}


def decoded(text: str, argument: int | None = None) -> bytes:
    """Return the bytes of a text in base64."""
    plain = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(plain.encode("ascii"), validate=True)
    except ValueError:
        raise FunctionError("this is not valid base64", argument) from None


@implements("base64encode")
def _base64encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "replace")).decode()


@implements("base64decode")
def _base64decode(text: str) -> str:
    try:
        return decoded(text).decode("utf-8")
    except UnicodeDecodeError:
        raise FunctionError("the result is no text in UTF-8") from None


@implements("base64gzip")
def _base64gzip(text: str) -> Value:
    return Unknown(STRING)  # the bytes depend on the compressor


@implements("urlencode")
def _urlencode(text: str) -> str:
    return quote_plus(text, errors="replace")


def _codec(name: str) -> codecs.CodecInfo:
    lowered = name.lower()
    if lowered not in _NAMES and not _FAMILIES.fullmatch(lowered):
        raise FunctionError(f'"{name[:80]}" is no supported encoding', 1)
    return codecs.lookup(_PYTHON_NAMES.get(lowered, lowered))


@implements("textencodebase64")
def _textencodebase64(text: str, encoding: str) -> str:
    try:
        encoded = _codec(encoding).encode(text)[0]
        if encoding.lower() == "utf-16":  # the real tool writes the big-endian form
            encoded = b"\xfe\xff" + text.encode("utf-16-be")
    except UnicodeError:
        raise FunctionError("the text has characters that this encoding lacks", 0) from None
    return base64.b64encode(encoded).decode()


@implements("textdecodebase64")
def _textdecodebase64(text: str, encoding: str) -> str:
    codec = _codec(encoding)
    source = decoded(text, 0)
    try:
        return str(codec.decode(source)[0])
    except UnicodeError:
        raise FunctionError("the text has symbols that this encoding lacks", 0) from None
