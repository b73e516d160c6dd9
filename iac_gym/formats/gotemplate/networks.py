"""Sprig's functions of URLs and hosts."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote

from iac_gym.formats.gotemplate.casts import heavy
from iac_gym.formats.gotemplate.errors import FunctionError
from iac_gym.formats.gotemplate.functions import Function, function
from iac_gym.formats.gotemplate.quoting import quote as written
from iac_gym.formats.gotemplate.values import go_kind

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PORT = re.compile(r"(?::[0-9]*)?")
_PATH_SAFE = "/:@!$&'()*+,;=~-._"


def _refuse(text: str, reason: str) -> FunctionError:
    return FunctionError(f"unable to parse url: parse {written(text)}: {reason}")


def _escapes(text: str, part: str) -> str:
    bad = _BAD_ESCAPE.search(part)
    if bad:
        raise _refuse(text, f'invalid URL escape "{part[bad.start() : bad.start() + 3]}"')
    return unquote(part, errors="surrogateescape")


def url_parse(text: str) -> dict[str, Any]:
    """`urlParse x`: the parts of a URL."""
    if _CONTROL.search(text):
        raise _refuse(text, "net/url: invalid control character in URL")
    rest, _, fragment = text.partition("#")
    scheme = ""
    found = _SCHEME.match(rest)
    if found:
        scheme, rest = found[1].lower(), rest[found.end() :]
    elif rest.startswith(":"):
        raise _refuse(text, "missing protocol scheme")
    rest, _, query = rest.partition("?")
    opaque = host = userinfo = ""
    path = rest
    if scheme and not rest.startswith("/"):
        opaque, path = rest, ""
    elif not scheme and ":" in rest.split("/", 1)[0]:
        raise _refuse(text, "first path segment in URL cannot contain colon")
    elif rest.startswith("//") and not rest.startswith("///"):
        authority, slash, tail = rest[2:].partition("/")
        path = slash + tail
        userinfo, at, host = authority.rpartition("@")
        userinfo = userinfo if at else ""
        _check_host(text, host)
    return {
        "scheme": scheme,
        "host": _escapes(text, host),
        "hostname": _hostname(host),
        "path": _escapes(text, path),
        "query": query,
        "opaque": opaque,
        "fragment": _escapes(text, fragment),
        "userinfo": userinfo,
    }


def _check_host(text: str, host: str) -> None:
    if " " in host:
        raise _refuse(text, 'invalid character " " in host name')
    after = host[host.rfind("]") + 1 :] if host.startswith("[") else host[host.rfind(":") :]
    if ":" in after and not _PORT.fullmatch(after):
        raise _refuse(text, f'invalid port "{after}" after host')


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host[1 : host.find("]")]
    return host.partition(":")[0]


def _part(source: dict[str, Any], name: str) -> str:
    value = source.get(name, "")
    if not isinstance(value, str):
        raise FunctionError(
            f"unable to parse {name} key, must be of type string, but {go_kind(value)} found"
        )
    return value


def url_join(source: dict[str, Any]) -> str:
    """`urlJoin map`: the URL of its parts."""
    names = ("scheme", "host", "path", "query", "opaque", "fragment", "userinfo")
    scheme, host, path, query, opaque, fragment, userinfo = (_part(source, n) for n in names)
    text = f"{scheme}:" if scheme else ""
    if opaque:
        text += opaque
    else:
        if scheme or host or userinfo:
            text += "//" if host or path or userinfo else ""
            text += f"{userinfo}@" if userinfo else ""
            text += host
        if path and path[0] != "/" and host:
            text += "/"
        text += quote(path, safe=_PATH_SAFE, errors="surrogateescape")
    text += f"?{query}" if query else ""
    return text + (f"#{quote(fragment, safe=_PATH_SAFE + '?')}" if fragment else "")


FUNCTIONS: dict[str, Function] = {
    "urlParse": heavy(url_parse, "string"),
    "urlJoin": heavy(url_join, "map"),
    #: Helm asks no name server unless told to.
    "getHostByName": function(lambda name: "", "string"),
}
