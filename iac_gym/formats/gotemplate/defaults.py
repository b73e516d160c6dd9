"""Sprig's functions of defaults, types, paths and encodings."""

from __future__ import annotations

import base64
import binascii
import hashlib
import posixpath
import zlib
from typing import Any

from iac_gym.formats.gotemplate.casts import heavy, strval
from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.json_text import from_json, to_json
from iac_gym.formats.gotemplate.sameness import deep_equal
from iac_gym.formats.gotemplate.values import decode, encode, go_kind, go_type


def default(fallback: Any, *given: Any) -> Any:
    """`default fallback x`."""
    return given[0] if given and given[0] else fallback


def coalesce(*values: Any) -> Any:
    """`coalesce x...`: the first that is not empty."""
    for value in values:
        if value:
            return value
    return None


def ternary(yes: Any, no: Any, chosen: bool) -> Any:
    """`ternary yes no bool`."""
    return yes if chosen else no


def fail(message: str) -> str:
    """`fail message`."""
    raise FunctionError(message)


def type_is_like(target: str, value: Any) -> bool:
    """`typeIsLike type x`."""
    name = go_type(value)
    return target == name or "*" + target == name


def _swallowed(value: Any, html: bool = True, indent: str | None = None) -> str:
    try:
        return to_json(value, html, indent)
    except FunctionError:
        return ""


def must_from_json(text: str) -> Any:
    """`mustFromJson x`."""
    try:
        return from_json(text)
    except ValueError as error:
        raise FunctionError(str(error)) from None


def _loose_from_json(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return None


def b64dec(text: str) -> str:
    """`b64dec x`: Go's message where it is no base64."""
    cleaned = text.replace("\n", "").replace("\r", "")
    try:
        return decode(base64.b64decode(encode(cleaned), validate=True))
    except (binascii.Error, ValueError):
        return f"illegal base64 data at input byte {_bad_byte(cleaned, _BASE64)}"


def b32dec(text: str) -> str:
    """`b32dec x`: Go's message where it is no base32."""
    cleaned = text.replace("\n", "").replace("\r", "")
    try:
        return decode(base64.b32decode(encode(cleaned)))
    except (binascii.Error, ValueError):
        return f"illegal base32 data at input byte {_bad_byte(cleaned, _BASE32)}"


_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _bad_byte(text: str, alphabet: str) -> int:
    for at, letter in enumerate(encode(text)):
        if chr(letter) not in alphabet:
            return at
    return len(text) // 4 * 4


def _hash(name: str) -> Any:
    def digest(text: str) -> str:
        return hashlib.new(name, encode(text), usedforsecurity=False).hexdigest()

    return digest


def _base(path: str) -> str:
    if not path:
        return "."
    stripped = path.rstrip("/")
    return posixpath.basename(stripped) if stripped else "/"


def clean(path: str) -> str:
    """`clean path`: path.Clean."""
    if not path:
        return "."
    cleaned = posixpath.normpath(path)
    return "/" + cleaned.lstrip("/") if cleaned.startswith("//") else cleaned


def _dir(path: str) -> str:
    head = path[: path.rfind("/") + 1]
    return clean(head)


def _ext(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


FUNCTIONS: dict[str, Function] = {
    "hello": function(lambda: "Hello!"),
    "default": function(default, "any any..."),
    "empty": function(lambda value: not value, "any"),
    "coalesce": function(coalesce, "any..."),
    "all": function(lambda *values: all(values), "any..."),
    "any": function(lambda *values: any(values), "any..."),
    "ternary": function(ternary, "any any bool"),
    "fail": function(fail, "string"),
    "typeOf": function(go_type, "any"),
    "typeIs": function(lambda target, value: target == go_type(value), "string any"),
    "typeIsLike": function(type_is_like, "string any"),
    "kindOf": function(go_kind, "any"),
    "kindIs": function(lambda target, value: target == go_kind(value), "string any"),
    "deepEqual": heavy(deep_equal, "any any"),
    "toPrettyJson": heavy(lambda value: _swallowed(value, indent="  "), "any"),
    "toRawJson": heavy(lambda value: to_json(value, html=False), "any"),
    "mustToPrettyJson": heavy(lambda value: to_json(value, indent="  "), "any"),
    "mustToRawJson": heavy(lambda value: to_json(value, html=False), "any"),
    "toJson": heavy(_swallowed, "any"),
    "mustToJson": heavy(to_json, "any"),
    "mustFromJson": heavy(must_from_json, "string"),
    "fromJson": heavy(_loose_from_json, "string"),
    "b64enc": heavy(lambda text: base64.b64encode(encode(text)).decode(), "string"),
    "b64dec": heavy(b64dec, "string"),
    "b32enc": heavy(lambda text: base64.b32encode(encode(text)).decode(), "string"),
    "b32dec": heavy(b32dec, "string"),
    "sha1sum": heavy(_hash("sha1"), "string"),
    "sha256sum": heavy(_hash("sha256"), "string"),
    "sha512sum": heavy(_hash("sha512"), "string"),
    "adler32sum": heavy(lambda text: str(zlib.adler32(encode(text))), "string"),
    "base": function(_base, "string"),
    "dir": function(_dir, "string"),
    "clean": function(clean, "string"),
    "ext": function(_ext, "string"),
    "isAbs": function(lambda path: path.startswith("/"), "string"),
    "osBase": function(_base, "string"),
    "osDir": function(_dir, "string"),
    "osClean": function(clean, "string"),
    "osExt": function(_ext, "string"),
    "osIsAbs": function(lambda path: path.startswith("/"), "string"),
}

__all__ = ["FUNCTIONS", "strval"]
