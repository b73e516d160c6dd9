"""YAML documents as Terraform values, and back.

Source: https://developer.hashicorp.com/terraform/language/functions/yamldecode; scalars as the
program itself reads them
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import yaml

from iac_gym.languages.terraform.functions.registry import FunctionError, TooLarge
from iac_gym.languages.terraform.types import convert, number_text, parse_number, weight
from iac_gym.languages.terraform.values import STRING, Value

_MOST_NODES = 20_000
_MOST_DEPTH = 100
_TAGS = "tag:yaml.org,2002:"
_TRUE = frozenset("y Y yes Yes YES on On ON true True TRUE".split())
_FALSE = frozenset("n N no No NO off Off OFF false False FALSE".split())
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_INTEGER = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)"
    r"(?:(?:[Tt]|[ ])(\d\d?):(\d\d?):(\d\d?)(?:\.\d+)?(?:(Z)|([+-]\d\d:\d\d))?)?",
    re.ASCII,
)
_PARSER = getattr(yaml, "CLoader", yaml.Loader)
_DUMPER = getattr(yaml, "CDumper", yaml.Dumper)
_MERGE = object()


def _timestamp(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        when = datetime(*(int(part or 0) for part in match.groups()[:6]))  # type: ignore[arg-type]
    except ValueError:
        return None
    return when.strftime(f"{when.year:04d}-%m-%dT%H:%M:%S") + (match[8] or "Z")


def _plain(text: str) -> Value:
    """Return the value of a scalar without quotes."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text in _NULL:
        return None
    if _INTEGER.fullmatch(text):
        if text[:2] in ("0x", "0o"):
            return int(text[2:], 16 if text[1] == "x" else 8)
        return parse_number(text)
    if _FLOAT.fullmatch(text):
        return parse_number(text)
    if text.lstrip("+-").lower() == ".inf" and text.count(".") == 1:
        return float("-inf") if text[0] == "-" else float("inf")
    if text.lower() == ".nan":
        raise FunctionError("NaN is no number", 0)
    return _timestamp(text) or text


class _Reader:
    """The events of one document."""

    def __init__(self, text: str) -> None:
        self.events = yaml.parse(text, Loader=_PARSER)
        self.anchors: dict[str, Value] = {}
        self.open: set[str] = set()
        self.nodes = 0

    def next(self) -> Any:
        """Return the next event."""
        return next(self.events)

    def document(self) -> Value:
        """Return the value of the only document."""
        self.next()
        start = self.next()
        if isinstance(start, yaml.StreamEndEvent):
            raise FunctionError("there is no document", 0)
        if getattr(start, "version", None) not in (None, (1, 1)):
            raise FunctionError("this version of YAML is not supported", 0)
        value = self.value(self.next(), 0)
        self.next()
        if not isinstance(self.next(), yaml.StreamEndEvent):
            raise FunctionError("there is more than one document", 0)
        return value

    def value(self, event: Any, depth: int) -> Value:
        """Return the value that begins with an event."""
        self.nodes += 1
        if self.nodes > _MOST_NODES or depth > _MOST_DEPTH:
            raise TooLarge
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event.anchor)
        if event.anchor is not None:
            self.open.add(event.anchor)
        if isinstance(event, yaml.ScalarEvent):
            value = self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.check_tag(event.tag, "seq")
            value = self.sequence(depth)
        else:
            self.check_tag(event.tag, "map")
            value = self.mapping(depth)
        if event.anchor is not None:
            self.open.discard(event.anchor)
            self.anchors[event.anchor] = value
        return value

    def alias(self, name: Any) -> Value:
        """Return what an alias stands for."""
        if name in self.open or name not in self.anchors:
            raise FunctionError(f"the alias `{name[:40]}` stands for nothing", 0)
        value = self.anchors[name]
        if isinstance(value, (list, dict)):
            self.nodes += weight(value, _MOST_NODES)
        return value

    @staticmethod
    def check_tag(tag: str | None, sort: str) -> None:
        """Refuse tags that Terraform does not know."""
        if tag not in (None, "!", _TAGS + sort):
            raise FunctionError(f"the tag `{tag}` is not supported", 0)

    def scalar(self, event: Any) -> Value:
        """Return the value of a scalar."""
        tag, text = event.tag, event.value
        if tag is None or tag == "!":
            if event.style or tag == "!":
                return text
            return _MERGE if text == "<<" else _plain(text)
        return self.tagged(tag.removeprefix(_TAGS), text, event.style)

    def tagged(self, tag: str, text: str, style: str | None) -> Value:
        """Return the value of a scalar whose tag says what it is."""
        if tag in ("str", "binary"):
            return text
        if tag == "null":
            return None
        if tag not in ("bool", "int", "float", "timestamp", "merge"):
            raise FunctionError(f"the tag `{tag[:40]}` is not supported", 0)
        if style:
            return text
        value = _plain(text)
        wanted: dict[str, type | tuple[type, ...]] = {
            "bool": bool,
            "int": (int, float),
            "float": (int, float),
            "timestamp": str,
        }
        fits = tag in wanted and isinstance(value, wanted[tag])
        if not fits or (tag != "bool" and isinstance(value, bool)):
            raise FunctionError(f"`{text[:40]}` is no {tag}", 0)
        return value

    def sequence(self, depth: int) -> Value:
        """Return the items up to the end of a sequence."""
        items = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            item = self.value(event, depth + 1)
            items.append("<<" if item is _MERGE else item)
        return items

    def mapping(self, depth: int) -> Value:
        """Return the entries up to the end of a mapping."""
        entries: dict[str, Value] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            key = self.value(event, depth + 1)
            value = self.value(self.next(), depth + 1)
            if key is _MERGE or key == "<<":
                if not isinstance(value, dict):
                    raise FunctionError("only a mapping can be merged", 0)
                entries.update(value)
            elif key is None or isinstance(key, (list, dict)):
                raise FunctionError("a key must be a string, a number or a bool", 0)
            else:
                entries[convert(key, STRING)] = "<<" if value is _MERGE else value
        return entries


def decode(text: str) -> Value:
    """Return the value of a YAML document."""
    try:
        value = _Reader(text).document()
    except (yaml.YAMLError, ValueError):
        raise FunctionError("this is not valid YAML", 0) from None
    return "<<" if value is _MERGE else value


# ---------------------------------------------------------------- writing


def _events(value: Value, events: list[Any], depth: int) -> None:
    """Add the events of a value, in the style in which the real tool writes it."""
    if depth > _MOST_DEPTH or len(events) > 3 * _MOST_NODES:
        raise TooLarge
    if isinstance(value, dict):
        events.append(yaml.MappingStartEvent(None, None, True, flow_style=not value))
        for key in sorted(value):
            events.append(_text(key))
            _events(value[key], events, depth + 1)
        events.append(yaml.MappingEndEvent())
    elif isinstance(value, list):
        events.append(yaml.SequenceStartEvent(None, None, True, flow_style=not value))
        for item in value:
            _events(item, events, depth + 1)
        events.append(yaml.SequenceEndEvent())
    elif isinstance(value, str):
        events.append(_text(value))
    else:
        events.append(yaml.ScalarEvent(None, None, (True, False), _scalar(value)))


def _text(text: str) -> Any:
    style = "|" if "\n" in text else '"'
    return yaml.ScalarEvent(None, None, (False, True), text, style=style)


def _scalar(value: Value) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if abs(value) == float("inf"):
        return ".Inf" if value > 0 else "-.Inf"
    return number_text(value)


def encode(value: Value) -> str:
    """Return a known value as YAML."""
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
    ]
    _events(value, events, 0)
    events += [yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()]
    text = str(yaml.emit(events, Dumper=_DUMPER, allow_unicode=True))
    text = text.removesuffix("...\n")
    return text if isinstance(value, (str, list, dict)) else text + "...\n"
