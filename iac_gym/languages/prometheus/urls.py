"""URLs as Go's `net/url` parses them: what it refuses, and the parts of those it takes."""

from __future__ import annotations

import re
from typing import NamedTuple

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.*)", re.DOTALL)
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: Characters that a host cannot contain: those that would have to be escaped there.
_NO_HOST = re.compile(r"[ \"<>\\^`{|}]")


class Url(NamedTuple):
    """The parts of a URL; `host` contains the port."""

    scheme: str
    user: str
    host: str
    path: str


def parse_url(text: str) -> Url | str:
    """Return the parts of a URL, or why Go refuses it."""
    if _CONTROL.search(text):
        return "it contains a control character"
    text = text.partition("#")[0]
    if text == "*":
        return Url("", "", "", "*")
    scheme, rest = "", text
    match = _SCHEME.fullmatch(text)
    if match:
        scheme, rest = match[1].lower(), match[2]
    elif text.startswith(":"):
        return "it has no scheme in front of `:`"
    rest = rest.partition("?")[0]
    if not rest.startswith("/"):
        if scheme:
            return Url(scheme, "", "", rest)  # such as `localhost:9090`
        if ":" in rest.partition("/")[0]:
            return "its first part contains a colon: the scheme is missing"
    return _with_host(scheme, rest)


def _with_host(scheme: str, rest: str) -> Url | str:
    user = host = ""
    if rest.startswith("//") and (scheme or not rest.startswith("///")):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, at, host = authority.rpartition("@")
        if not at:
            host = authority
        problem = _host_error(host)
        if problem:
            return problem
    if _PERCENT.search(rest) or _PERCENT.search(user):
        return "`%` does not begin an escape"
    return Url(scheme, user, host, rest)


def _host_error(host: str) -> str:
    if _NO_HOST.search(host):
        return "its host contains a character that hosts cannot have"
    if host.startswith("["):
        end = host.rfind("]")
        if end < 0:
            return "`]` is missing in its host"
        port = host[end + 1 :]
    else:
        _, colon, after = host.rpartition(":")
        port = colon + after if colon else ""
    if port and not re.fullmatch(r":[0-9]*", port, re.ASCII):
        return f"its port `{port[:20]}` is no number"
    return "`%` does not begin an escape" if _PERCENT.search(host) else ""


def url_error(text: str) -> str:
    """Say why Go refuses a URL, "" if it does not."""
    found = parse_url(text)
    return found if isinstance(found, str) else ""
