"""Functions of files: those of the configuration itself exist, no others."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable
from typing import Any

from iac_gym.languages.terraform.functions.hashes import digest
from iac_gym.languages.terraform.functions.registry import FunctionError, implements
from iac_gym.languages.terraform.values import STRING, Unknown, Value


def _read(scope: Any, path: str) -> str:
    text = scope.read_file(path)
    if text is None:
        raise FunctionError(f'there is no file "{path[:200]}"', 0)
    return str(text)


@implements("file", scoped=True)
def _file(scope: Any, path: str) -> str:
    return _read(scope, path)


@implements("filebase64", scoped=True)
def _filebase64(scope: Any, path: str) -> str:
    return base64.b64encode(_read(scope, path).encode("utf-8", "replace")).decode()


@implements("fileexists", scoped=True)
def _fileexists(scope: Any, path: str) -> bool:
    if _clean(path) == ".":
        raise FunctionError("this is a folder, not a file", 0)
    return scope.read_file(path) is not None


def _hash(algorithm: str, *, encoded: bool) -> Callable[[Any, str], str]:
    return lambda scope, path: digest(_read(scope, path), algorithm, encoded=encoded)


for _name in ("md5", "sha1", "sha256", "sha512"):
    implements("file" + _name, scoped=True)(_hash(_name, encoded=False))
for _name in ("sha256", "sha512"):
    implements("filebase64" + _name, scoped=True)(_hash(_name, encoded=True))


@implements("fileset")
def _fileset(path: str, pattern: str) -> Value:
    return Unknown(("set", STRING))


@implements("templatefile", "templatestring", "try", "can", "issensitive", takes="all")
def _special(*_: Value) -> Value:
    """Stand for functions that `evaluate` runs itself, since they take expressions."""
    return Unknown()


@implements("abspath")
def _abspath(path: str) -> Value:
    return posixpath.normpath(path) if path.startswith("/") else Unknown(STRING)


@implements("pathexpand")
def _pathexpand(path: str) -> Value:
    if not path.startswith("~"):
        return path
    if path[1:2] not in ("", "/"):
        raise FunctionError("the home of another user is not known")
    return Unknown(STRING)


def _clean(path: str) -> str:
    """Return a path without needless parts; only one slash at its start."""
    if not path:
        return "."
    cleaned = posixpath.normpath(path)
    return cleaned[1:] if cleaned.startswith("//") else cleaned


@implements("basename")
def _basename(path: str) -> str:
    if not path:
        return "."
    return posixpath.basename(path.rstrip("/")) or "/"


@implements("dirname")
def _dirname(path: str) -> str:
    return _clean(path[: path.rfind("/") + 1])
