"""Functions of hashes and identifiers. What the real tool makes anew each time is unknown."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable

from iac_gym.languages.terraform.functions.registry import FunctionError, implements
from iac_gym.languages.terraform.values import STRING, Unknown, Value

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def digest(text: str, algorithm: str, *, encoded: bool) -> str:
    """Return the hash of a text, in base64 (`encoded`) or hexadecimal."""
    made = hashlib.new(algorithm, text.encode("utf-8", "replace"), usedforsecurity=False)
    return base64.b64encode(made.digest()).decode() if encoded else made.hexdigest()


def _hash(algorithm: str, *, encoded: bool) -> Callable[[str], str]:
    return lambda text: digest(text, algorithm, encoded=encoded)


for _name in ("md5", "sha1", "sha256", "sha512"):
    implements(_name)(_hash(_name, encoded=False))
for _name in ("sha256", "sha512"):
    implements("base64" + _name)(_hash(_name, encoded=True))


@implements("bcrypt", "timestamp", "uuid", "plantimestamp", takes="all")
def _made_anew(*_: Value) -> Value:
    return Unknown(STRING)


@implements("uuidv5")
def _uuidv5(namespace: str, name: str) -> str:
    space = _NAMESPACES.get(namespace)
    if space is None:
        try:
            space = uuid.UUID(namespace)
        except ValueError:
            raise FunctionError(f'"{namespace[:80]}" is no namespace', 0) from None
    return str(uuid.uuid5(space, name))


@implements("rsadecrypt")
def _rsadecrypt(ciphertext: str, key: str) -> Value:
    try:
        base64.b64decode(ciphertext, validate=True)
    except ValueError:
        raise FunctionError("the ciphertext is not in base64", 0) from None
    if "PRIVATE KEY" not in key:
        raise FunctionError("this is no private key", 1)
    return Unknown(STRING)
