"""The fields of a configuration: their names and types, as Go's decoder takes them into structs.

`check_struct` walks a tree with the structs of the data pack, and calls the further checks of each
struct (`CHECKS`, filled in by `examine`) on the way. Source: `data/SOURCE.md`
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files as resource
from typing import Any

from iac_gym.formats.go_durations import prometheus_duration
from iac_gym.formats.go_regexp import regexp_error
from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.formats.yaml_scalars import Spelled
from iac_gym.languages.prometheus.faults import is_scalar, number_of, said, text_of
from iac_gym.languages.prometheus.urls import url_error

#: Notes a finding: rule, message, place, hint.
Note = Callable[..., None]
Check = Callable[[YamlMap, Note], None]
_SIZE = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i?)?B)+)")


@cache
def structs() -> Mapping[str, Mapping[str, str]]:
    """Return the structs of the data pack: key -> type."""
    pack = resource("iac_gym.languages.prometheus") / "data" / "config.bin"
    found: Mapping[str, Mapping[str, str]] = json.loads(zlib.decompress(pack.read_bytes()))
    return found


def check_struct(tree: Any, name: str, note: Note, checks: Mapping[str, Check]) -> None:
    """Check a mapping against a struct, and everything below it."""
    known = structs()[name]
    other = known.get("*")
    for key, value in tree.items():
        kind = known.get(key, other)
        if kind is None:
            note("fields-are-known", _unknown(key, name, known), tree.key_marks.get(key, tree.mark))
        elif value is not None:
            check_value(
                value, kind, f"`{text_of(key)}`", tree.marks.get(key, tree.mark), note, checks
            )
    check = checks.get(name)
    if check is not None:
        check(tree, note)


def check_value(
    value: Any, kind: str, what: str, mark: Mark, note: Note, checks: Mapping[str, Check]
) -> None:
    """Check one value against a type."""
    simple = _SIMPLE.get(kind)
    if simple is not None:
        problem = simple(value)
        if problem:
            note("fields-have-their-types", f"{what} must be {problem}", mark)
    elif kind[0] == "[":
        _check_list(value, kind[1:-1], what, mark, note, checks)
    elif kind[0] == "{":
        _check_map(value, kind[1:-1], what, mark, note, checks)
    elif value.__class__ is YamlMap:
        check_struct(value, kind, note, checks)
    else:
        note("fields-have-their-types", f"{what} must be a mapping, not {said(value)}", mark)


def _check_list(
    value: Any, kind: str, what: str, mark: Mark, note: Note, checks: Mapping[str, Check]
) -> None:
    if value.__class__ is not YamlList:
        note("fields-have-their-types", f"{what} must be a list, not {said(value)}", mark)
        return
    for item, place in zip(value, value.marks, strict=True):
        if item is not None:
            check_value(item, kind, f"an entry of {what}", place, note, checks)
        elif "." in kind or kind == "group":
            note("sections-are-complete", f"an entry of {what} is empty", place)


def _check_map(
    value: Any, kind: str, what: str, mark: Mark, note: Note, checks: Mapping[str, Check]
) -> None:
    if value.__class__ is not YamlMap:
        note("fields-have-their-types", f"{what} must be a mapping, not {said(value)}", mark)
        return
    for key, item in value.items():
        if item is not None:
            place = value.marks.get(key, value.mark)
            check_value(item, kind, f"`{text_of(key)}` of {what}", place, note, checks)


def _unknown(key: Any, name: str, known: Mapping[str, str]) -> str:
    package, _, struct = name.partition(".")
    owner = _OWNERS.get(struct, package if struct == "SDConfig" else struct)
    given = text_of(key)[:60]
    near = [one for one in known if one.replace("_", "") == given.replace("_", "").lower()]
    return f"{owner} has no field `{given}`" + (f"; `{near[0]}` is meant?" if near else "")


_OWNERS = {
    "Config": "this section",
    "GlobalConfig": "`global`",
    "ScrapeConfig": "a scrape configuration",
    "AlertingConfig": "`alerting`",
    "AlertmanagerConfig": "`alertmanagers`",
    "RemoteWriteConfig": "`remote_write`",
    "RemoteReadConfig": "`remote_read`",
    "TLSConfig": "`tls_config`",
}


# --- types of scalars ----------------------------------------------------------------------------


def _text(value: Any) -> str:
    return "" if is_scalar(value) else f"text, not {said(value)}"


def _bool(value: Any) -> str:
    good = value.__class__ is Spelled and isinstance(value.value, bool)
    return "" if good else f"true or false, not {_shown(value)}"


def _int(value: Any) -> str:
    number = number_of(value)
    good = number is not None and abs(number) < 1 << 63
    return "" if good else f"a number, not {_shown(value)}"


def _uint(value: Any) -> str:
    number = number_of(value)
    good = number is not None and 0 <= number < 1 << 64
    return "" if good else f"a number from 0 on, not {_shown(value)}"


def _float(value: Any) -> str:
    return "" if number_of(value) is not None else f"a number, not {_shown(value)}"


def _duration(value: Any) -> str:
    good = is_scalar(value) and prometheus_duration(text_of(value)) is not None
    return "" if good else f"a duration such as `30s`, not {_shown(value)}"


def _bytes(value: Any) -> str:
    good = is_scalar(value) and _SIZE.fullmatch(text_of(value))
    return "" if good else f"a size such as `10MB`, not {_shown(value)}"


def _url(value: Any) -> str:
    if not is_scalar(value):
        return f"a URL, not {said(value)}"
    problem = url_error(text_of(value))
    return f"a URL: {problem}" if problem else ""


def _regexp(value: Any) -> str:
    if not is_scalar(value):
        return f"a regular expression, not {said(value)}"
    problem = regexp_error(text_of(value))
    return f"a regular expression of RE2: {problem}" if problem else ""


def _any(value: Any) -> str:
    return ""


def _shown(value: Any) -> str:
    return f"`{text_of(value)[:40]}`" if is_scalar(value) else said(value)


_SIMPLE: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "bool": _bool,
    "int": _int,
    "uint": _uint,
    "float": _float,
    "duration": _duration,
    "bytes": _bytes,
    "url": _url,
    "regexp": _regexp,
    "any": _any,
}
