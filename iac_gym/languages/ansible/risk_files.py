"""What is risky in the files that a project writes: their modes and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from iac_gym.languages.ansible.written import Written

if TYPE_CHECKING:
    from iac_gym.languages.ansible.model import Project

_MODES = ("mode", "directory_mode")
_PRIVATE_KEY = re.compile(
    r"(?:.*/)?(?:id_(?:rsa|dsa|ecdsa|ed25519)|[\w.-]*(?:private|priv)[\w.-]*\.(?:pem|key)"
    r"|[\w.{} -]+\.key|privkey\.pem|key\.pem|\.vault_pass(?:word)?(?:\.txt)?)"
)
_SYMBOLIC = re.compile(r"(?:[ugoa]*[+=-][rwxXstugo]*,?)+")
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
    if type(value) is int and not isinstance(value, bool):
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
    if key == "mode" and isinstance(path, str) and args.get("state") != "directory":
        if bits & _NOT_OWNER and _PRIVATE_KEY.fullmatch(path):
            message = f"others than its owner may use the private key, `{key}` is `{bits:04o}`"
            note("private-keys-are-private", message, key)


def _written_without_zero(project: Project, task: Written, key: str, value: int) -> bool:
    """Say whether a number was written as `644`: without the zero that makes it octal."""
    line, column = task.arg_mark(key)
    lines = project.texts.get(task.path, "").split("\n", line)
    if not 0 < line <= len(lines):
        return False
    return lines[line - 1][column - 1 :].startswith(str(value)) and value > 0


def mode_bits(value: Any) -> int | None:
    """Return the bits of a mode as text, None where they are not known or are relative."""
    if not isinstance(value, str) or not value:
        return None
    if value.isascii() and value.isdigit():
        return int(value, 8) & _ALL_BITS if set(value) <= set("01234567") else None
    if _SYMBOLIC.fullmatch(value) is None:
        return None
    return _others(value)


def _others(value: str) -> int:
    """Return what a symbolic mode certainly gives to everyone and to the group."""
    bits = 0
    for clause in value.split(","):
        found = re.match(r"([ugoa]*)([+=-])([rwxXst]*)", clause)
        if found is None or found[2] == "-":
            continue
        for who, shift in (("u", 6), ("g", 3), ("o", 0)):
            if who in found[1] or "a" in found[1] or not found[1]:
                given = sum(bit for sign, bit in (("r", 4), ("w", 2), ("x", 1)) if sign in found[3])
                bits |= given << shift
    return bits
