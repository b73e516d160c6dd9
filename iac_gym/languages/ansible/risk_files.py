"""What is risky in the files that a project writes: their modes and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_MODES = ("mode", "directory_mode")
_PRIVATE_KEY = re.compile(
    r"(?:.*/)?(?:id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]*(?:private|priv)[\w.-]*\.(?:pem|key)"
    r"|[\w.{} -]+\.key|privkey\.pem|key\.pem|\.vault_pass(?:word)?(?:\.txt)?)"
)
_CLAUSE = re.compile(r"([ugoa]*)([+=-])([rwxXst]*)")
_LOGIN = re.compile(
    r"^[ \t]*(?:PermitRootLogin[ \t]+yes|PasswordAuthentication[ \t]+yes"
    r"|PermitEmptyPasswords[ \t]+yes)\b",
    re.MULTILINE | re.IGNORECASE,
)
_NOPASSWD = re.compile(r"NOPASSWD:\s*ALL\b")
_SELINUX = re.compile(r"^\s*SELINUX=(?:disabled|permissive)\b", re.MULTILINE)
_HOST_KEYS = re.compile(r"^\s*StrictHostKeyChecking[ \t=]+no\b", re.MULTILINE | re.IGNORECASE)
_WRITTEN = ("content", "line", "block", "replace", "value")
_MOST_TEXT = 65_536
_DIGITS = re.compile(r"[0-7]?([0-7])([0-7])([0-7])")
#: 0777 as a decimal number, which could be read as a mode too.
_DECIMAL = (511,)
#: The highest permissions, and those of the group and of everyone to a file.
_ALL_BITS, _OTHERS_WRITE, _NOT_OWNER = 0o7777, 0o002, 0o077


def check_file(
    project: Project, task: Written, args: Mapping[Any, Any], note: Callable[..., None]
) -> None:
    """Note risky modes and lines."""
    for key in _MODES:
        if key in args:
            _mode(project, task, args, key, note)
    for key in _WRITTEN:
        text = args.get(key)
        if isinstance(text, str) and len(text) < _MOST_TEXT:
            _text(text, key, note)


def _text(text: str, key: str, note: Callable[..., None]) -> None:
    if _LOGIN.search(text):
        note("logins-are-safe", "root or passwords may log in over SSH", key)
    if _NOPASSWD.search(text):
        message = "everything may be run without a password"
        note("sudo-asks-for-a-password", message, key)
    if _SELINUX.search(text):
        note("selinux-stays-on", "SELinux is switched off", key)
    if _HOST_KEYS.search(text):
        note("host-keys-are-checked", "any host key is accepted", key)


def _mode(
    project: Project, task: Written, args: Mapping[Any, Any], key: str, note: Callable[..., None]
) -> None:
    value = args[key]
    if type(value) is int:
        if _written_without_zero(project, task, key, value):
            message = f"`{key}: {value}` is a decimal number, not the mode {value}"
            note("modes-are-octal", message, key, f"write `'0{value}'`")
            return
        bits: int | None = value
    else:
        bits = mode_bits(value)
    if bits is None:
        return
    if bits & _OTHERS_WRITE and not bits & 0o1000 and args.get("state") != "link":
        note("files-are-not-open-to-all", f"everyone may write, `{key}` is `{bits:04o}`", key)
    path = args.get("dest", args.get("path"))
    file = key == "mode" and args.get("state") != "directory" and isinstance(path, str)
    if file and bits & _NOT_OWNER and _PRIVATE_KEY.fullmatch(str(path)):
        message = f"others than its owner may use the private key, `{key}` is `{bits:04o}`"
        note("private-keys-are-private", message, key)


def _written_without_zero(project: Project, task: Written, key: str, value: int) -> bool:
    """Say whether a number was written as `644`: without the zero that makes it octal."""
    line, column = task.arg_mark(key)
    lines = _lines(project.texts.get(task.path, ""))
    if not 0 < line <= len(lines) or value in _DECIMAL:
        return False
    if not lines[line - 1][column - 1 :].startswith(str(value)):
        return False
    found = _DIGITS.fullmatch(str(value))
    return found is not None and _sensible(*(int(digit) for digit in found.groups()))


def _sensible(owner: int, group: int, others: int) -> bool:
    """Say whether nobody may do more than those before: so modes are, and few other numbers."""
    return not group & ~owner and not others & ~group


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def mode_bits(value: Any) -> int | None:
    """Return what a mode as text certainly gives, None where that is not known."""
    if not isinstance(value, str) or not value:
        return None
    if value.isascii() and value.isdigit():
        return int(value, 8) & _ALL_BITS if set(value) <= set("01234567") else None
    bits = 0
    for clause in value.split(","):
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            return None
        for who, shift in (("u", 6), ("g", 3), ("o", 0)):
            if found[2] != "-" and (who in found[1] or "a" in found[1] or not found[1]):
                given = sum(bit for sign, bit in (("r", 4), ("w", 2), ("x", 1)) if sign in found[3])
                bits |= given << shift
    return bits
