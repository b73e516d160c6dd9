"""Addresses as Go's `net/url` and `net` packages read them.

`url_error` says why `url.Parse` refuses a text, `split_url` gives its parts, `split_host_port`
those of `host:port`. Sources: `net/url/url.go`, `net/ipsock.go` of Go.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPES = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[^\x00-\x20#%/?@\\^`{|}\x7f]*")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*", re.ASCII)
_PORT = re.compile(r"(?::[0-9]*)?", re.ASCII)


class Url(NamedTuple):
    """The parts of a URL. `host` has its port; `rest` is the path with query and fragment."""

    scheme: str
    user: str
    host: str
    rest: str


def split_url(text: str) -> Url | str:
    """Return the parts of a URL, or why Go refuses it."""
    if _CONTROL.search(text):
        return "it contains a control character"
    found = _SCHEME.match(text)
    if text.startswith(":"):
        return "the scheme before `:` is missing"
    scheme = found[1].lower() if found else ""
    rest = text[found.end() :] if found else text
    plain, _, fragment = rest.partition("#")
    path, _, _ = plain.partition("?")
    if _ESCAPES.search(fragment) or (path[:2] != "//" and _ESCAPES.search(path)):
        return "a `%` is not followed by two hexadecimal digits"
    if not path.startswith("//"):
        if not scheme and ":" in path.split("/", 1)[0]:
            return "its first part contains a colon"
        return Url(scheme, "", "", rest)
    authority, _, below = path[2:].partition("/")
    if _ESCAPES.search(below):
        return "a `%` is not followed by two hexadecimal digits"
    user, _, host = authority.rpartition("@")
    if problem := _authority_error(user, host):
        return problem
    return Url(scheme, user, host, rest[2 + len(authority) :])


def _authority_error(user: str, host: str) -> str:
    if not _USER.fullmatch(user) or _ESCAPES.search(user):
        return "the name or password before `@` is not written right"
    if host.startswith("["):
        name, closing, port = host.partition("]")
        if not closing:
            return "a `]` is missing in the host"
        host = name
    else:
        host, colon, number = host.rpartition(":") if ":" in host else (host, "", "")
        port = colon + number
    if not _PORT.fullmatch(port):
        return f"`{port[:20]}` after the host is no port"
    if not _HOST.fullmatch(host):
        return f"`{host[:60]}` is no name of a host"
    return ""


def url_error(text: str) -> str:
    """Return why `url.Parse` refuses a text, '' if it accepts it."""
    found = split_url(text)
    return found if isinstance(found, str) else ""


def web_url_error(text: str) -> str:
    """Return why a text is no http or https URL with a host, '' if it is one."""
    found = split_url(text)
    if isinstance(found, str):
        return found
    if found.scheme not in ("http", "https"):
        return "it does not start with `http://` or `https://`"
    return "" if found.host else "it names no host"


def split_host_port(text: str) -> tuple[str, str] | str:
    """Return host and port of an address, or why Go refuses it."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return "the port is missing"
    if host.startswith("["):
        if not host.endswith("]") or "[" in host[1:] or "]" in host[1:-1]:
            return "the brackets of its host do not match"
        return host[1:-1], port
    if ":" in host:
        return "there are too many colons"
    if set("[]") & set(host + port):
        return "a bracket is not expected"
    return host, port
