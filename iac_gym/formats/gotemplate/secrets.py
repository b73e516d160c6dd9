"""Sprig's functions of chance and cryptography: placeholders of the right shape.

A rendering must be the same each time, and no key that it holds may be a real one: what Go draws
by chance is derived here from its length and kind.
"""

from __future__ import annotations

import base64
import hashlib
import string
from typing import Any

from iac_gym.formats.gotemplate.casts import LONGEST, heavy
from iac_gym.formats.gotemplate.errors import FunctionError, Unbounded
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.values import Struct, encode

_PRINTABLE = "".join(chr(code) for code in range(32, 127))


def _bytes(seed: str, size: int) -> bytes:
    """Return bytes that depend on a seed alone."""
    if size < 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    if size > LONGEST // 8:
        raise Unbounded("the text is too long")
    return hashlib.shake_128(encode(seed)).digest(size)


def _drawn(alphabet: str) -> Any:
    def draw(count: int) -> str:
        data = _bytes(alphabet, max(0, count))
        return "".join([alphabet[byte % len(alphabet)] for byte in data])

    return draw


def _pem(kind: str, seed: str, size: int = 1190) -> str:
    """Return a PEM block of a plausible size."""
    body = base64.b64encode(_bytes(kind + seed, size)).decode()
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


_KEYS = {
    "": "RSA PRIVATE KEY",
    "rsa": "RSA PRIVATE KEY",
    "dsa": "DSA PRIVATE KEY",
    "ecdsa": "EC PRIVATE KEY",
    "ed25519": "PRIVATE KEY",
}


def private_key(kind: str) -> str:
    """`genPrivateKey type`."""
    if kind not in _KEYS:
        return "Unknown type " + kind
    return _pem(_KEYS[kind], "")


def _certificate(name: str) -> Struct:
    return Struct(
        "sprig.certificate",
        {"Cert": _pem("CERTIFICATE", name), "Key": _pem("RSA PRIVATE KEY", name)},
        value={"Cert": _pem("CERTIFICATE", name), "Key": _pem("RSA PRIVATE KEY", name)},
    )


def authority(name: str, days: int) -> Struct:
    """`genCA name days`."""
    return _certificate(name)


def authority_with_key(name: str, days: int, key: str) -> Struct:
    """`genCAWithKey name days key`."""
    return _certificate(name)


def self_signed(name: str, addresses: list[Any], names: list[Any], days: int, *rest: Any) -> Struct:
    """`genSelfSignedCert name ips names days`."""
    for value in (*(addresses or ()), *(names or ())):
        if not isinstance(value, str):
            raise FunctionError("error parsing ip or name: it is not a string")
    return _certificate(name)


def custom(certificate: str, key: str) -> Struct:
    """`buildCustomCert cert key`: from base64."""
    try:
        parts = [base64.b64decode(encode(text), validate=True) for text in (certificate, key)]
    except ValueError:
        raise FunctionError("unable to decode base64 certificate") from None
    texts = [part.decode("utf-8", "surrogateescape") for part in parts]
    fields = {"Cert": texts[0], "Key": texts[1]}
    return Struct("sprig.certificate", fields, value=fields)


def bcrypt(password: str) -> str:
    """`bcrypt password`: sixty characters, as a hash has."""
    if len(encode(password)) > 72:
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
    body = base64.b64encode(_bytes(password, 40)).decode().replace("+", ".").replace("=", "")
    return "$2a$10$" + body[:53]


def htpasswd(user: str, password: str) -> str:
    """`htpasswd user password`."""
    if ":" in user:
        return f"invalid username: {user}"
    return f"{user}:{bcrypt(password)}"


def derive(counter: Any, kind: str, password: str, user: str, site: str) -> str:
    """`derivePassword counter type password user site`."""
    lengths = {"maximum": 20, "long": 14, "medium": 8, "short": 4, "basic": 8, "pin": 4}
    if kind not in lengths:
        return f"cannot find password template {kind}"
    seed = f"{counter}{kind}{password}{user}{site}"
    alphabet = string.digits if kind == "pin" else string.ascii_letters + string.digits
    data = _bytes(seed, lengths[kind])
    return "".join([alphabet[byte % len(alphabet)] for byte in data])


def encrypt(password: str, text: str) -> str:
    """`encryptAES password text`: base64 of as many blocks."""
    size = 16 + (len(encode(text)) // 16 + 1) * 16
    return base64.b64encode(_bytes(password + text, size)).decode()


def rand_bytes(count: int) -> str:
    """`randBytes n`: base64."""
    return base64.b64encode(_bytes("bytes", count)).decode()


FUNCTIONS: dict[str, Function] = {
    "randAlphaNum": heavy(_drawn(string.ascii_letters + string.digits), "int"),
    "randAlpha": heavy(_drawn(string.ascii_letters), "int"),
    "randAscii": heavy(_drawn(_PRINTABLE), "int"),
    "randNumeric": heavy(_drawn(string.digits), "int"),
    "randBytes": heavy(rand_bytes, "int"),
    "uuidv4": function(lambda: "6f3c1e52-9a4b-4d7e-8c21-5b0a9d3e7f16"),
    "bcrypt": heavy(bcrypt, "string"),
    "htpasswd": heavy(htpasswd, "string string"),
    "genPrivateKey": heavy(private_key, "string"),
    "derivePassword": heavy(derive, "any string string string string"),
    "buildCustomCert": heavy(custom, "string string"),
    "genCA": heavy(authority, "string int"),
    "genCAWithKey": heavy(authority_with_key, "string int string"),
    "genSelfSignedCert": heavy(self_signed, "string list list int"),
    "genSelfSignedCertWithKey": heavy(self_signed, "string list list int string"),
    "genSignedCert": heavy(self_signed, "string list list int any"),
    "genSignedCertWithKey": heavy(self_signed, "string list list int any string"),
    "encryptAES": heavy(encrypt, "string string"),
    "decryptAES": heavy(lambda password, text: "", "string string"),
}
