"""Which names and values of an Ansible project are secrets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from iac_gym.formats.yaml_scalars import Vaulted

#: Names that hold a secret, and endings that make something else of them.
_SECRET = re.compile(
    r"(?:^|[_.-])(?:password|passwd|passphrase|passwort|pass|pwd|secret|secret_?key|api_?key"
    r"|apikey|auth_?key|access_?token|auth_?token|api_?token|token|private_?key"
    r"|become_pass|ssh_pass|sudo_pass)$",
    re.IGNORECASE,
)
#: Values that show that the secret is elsewhere, or that there is none.
_NO_SECRET = re.compile(
    r"\s*|[*!x]|\$\d\w?\$.*|\$2[aby]\$.*|SCRAM-SHA-256\$.*|md5[0-9a-f]{32}|/[\w./-]+|~/.*|file://.*"
    r"|true|false|yes|no|none|null|present|absent|always|on_create|never|ask|prompt|\{SSHA\}.*",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Say whether a variable or an option of this name holds a secret."""
    return _SECRET.search(name) is not None


def is_plain_secret(value: Any) -> bool:
    """Say whether a value of a secret stands there for everyone to read."""
    if value.__class__ is Vaulted or not isinstance(value, str):
        return type(value) is int
    return "{{" not in value and _NO_SECRET.fullmatch(value) is None


@lru_cache(maxsize=2048)
def names_a_secret(text: str) -> bool:
    """Say whether a template of a text uses a variable that holds a secret."""
    if "{{" not in text:
        return False
    return any(is_secret_name(word) for word in _used(text))


#: Bounded, and up to the next opening only: no text is looked through twice.
_TEMPLATE = re.compile(r"\{\{((?:(?!\{\{).){0,2000}?)\}\}", re.DOTALL)
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_.]*")


def _used(text: str) -> list[str]:
    return [
        word
        for inside in _TEMPLATE.findall(text)
        for word in _WORD.findall(inside)
        if word[0] not in "'\""
    ]
