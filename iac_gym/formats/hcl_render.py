"""Plain data -> HCL text, in the layout of `terraform fmt`.

    render(block("resource", "aws_vpc", "main", cidr_block="10.0.0.0/16", tags={"Name": "a"}))

Strings become quoted literals, `Raw` text stands as it is (references, calls), dicts are objects,
lists are tuples. A `Nested` value, or a list of them, is written as nested blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL = re.compile(r'[\\"\n\r\t]|[$%]\{')


class Raw(str):
    """An expression that is written as it stands: `Raw("aws_vpc.main.id")`."""

    __slots__ = ()


@dataclass(frozen=True)
class Nested:
    """The body of a nested block; `labels` are rare (provisioner, dynamic)."""

    body: Mapping[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Top:
    """A block with its labels."""

    type: str
    labels: tuple[str, ...]
    body: Mapping[str, Any]


def block(block_type: str, *labels: str, **body: Any) -> Top:
    """Make a block. A final underscore of an argument is dropped (`from_`, `for_each`)."""
    return Top(block_type, labels, {name.removesuffix("_"): value for name, value in body.items()})


def nested(**body: Any) -> Nested:
    """Make a nested block."""
    return Nested({name.removesuffix("_"): value for name, value in body.items()})


def text_literal(text: str) -> str:
    """Quote a string so that it means itself."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    mark = found[0]
    return _ESCAPES.get(mark) or mark[0] + mark


def template(text: str) -> Raw:
    """Quote a string in which `${...}` is an interpolation."""
    escaped = re.sub(r'[\\"\n\r\t]', lambda found: _ESCAPES[found[0]], text)
    return Raw(f'"{escaped}"')


def heredoc(text: str, mark: str = "EOT") -> Raw:
    """Write a text of several lines as an indented heredoc; it must end with a line end."""
    return Raw(f"<<-{mark}\n{text}{mark}")


def expression(value: Any, indent: int = 0) -> str:
    """Render a value as an expression; lines after the first are indented by `indent` spaces."""
    if isinstance(value, Raw):
        return _shifted(value, indent)
    if isinstance(value, str):
        return text_literal(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return _object(value, indent)
    if isinstance(value, (list, tuple)):
        return _list(value, indent)
    return str(value)


def _shifted(text: str, indent: int) -> str:
    if "\n" not in text:
        return text
    first, *rest = text.split("\n")
    pad = " " * indent
    if first.startswith("<<-"):
        inner = [f"{pad}  {line}" if line else "" for line in rest[:-1]]
        return "\n".join([first, *inner, pad + rest[-1]])
    return "\n".join([first, *(pad + line if line else line for line in rest)])


def _object(value: Mapping[str, Any], indent: int) -> str:
    if not value:
        return "{}"
    names = {key: key if _NAME.fullmatch(key) else text_literal(key) for key in value}
    lines = [(names[key], expression(item, indent + 2)) for key, item in value.items()]
    return "{\n" + "\n".join(_aligned(lines, indent + 2)) + "\n" + " " * indent + "}"


def _list(items: Iterable[Any], indent: int) -> str:
    flat = [expression(item, indent) for item in items]
    if sum(map(len, flat)) < 70 and not any("\n" in item for item in flat):
        return f"[{', '.join(flat)}]"
    pad = " " * (indent + 2)
    lines = [f"{pad}{expression(item, indent + 2)},\n" for item in items]
    return "[\n" + "".join(lines) + " " * indent + "]"


def _aligned(pairs: list[tuple[str, str]], indent: int) -> Iterator[str]:
    """Write `name = value` lines; neighbours of one line, or a heredoc, share the column of `=`."""
    pad = " " * indent
    run: list[tuple[str, str]] = []
    for name, value in pairs:
        alone = "\n" in value and not value.startswith("<<")
        if alone:
            yield from _run(run, pad)
            yield f"{pad}{name} = {value}"
            run = []
        else:
            run.append((name, value))
    yield from _run(run, pad)


def _run(pairs: list[tuple[str, str]], pad: str) -> list[str]:
    width = max((len(name) for name, _ in pairs), default=0)
    return [f"{pad}{name:<{width}} = {value}" for name, value in pairs]


def _body(body: Mapping[str, Any], indent: int) -> list[str]:
    """Render a body: its attributes, then its nested blocks, each after an empty line."""
    attributes: list[tuple[str, str]] = []
    blocks: list[str] = []
    for name, value in body.items():
        inner = [value] if isinstance(value, Nested) else value
        if isinstance(inner, list) and inner and isinstance(inner[0], Nested):
            blocks += [_nested(name, each, indent) for each in inner]
        elif value is not None:
            attributes.append((name, expression(value, indent)))
    lines = list(_aligned(attributes, indent))
    for place, text in enumerate(blocks):
        if lines or place:
            lines.append("")
        lines.append(text)
    return lines


def _nested(name: str, value: Nested, indent: int) -> str:
    pad = " " * indent
    head = " ".join([name, *map(text_literal, value.labels)])
    if not value.body:
        return f"{pad}{head} {{}}"
    return "\n".join([f"{pad}{head} {{", *_body(value.body, indent + 2), f"{pad}}}"])


def render(*blocks: Top) -> str:
    """Render blocks, with an empty line between them. An argument that is None is left out."""
    return "\n".join(_nested(one.type, Nested(one.body, one.labels), 0) + "\n" for one in blocks)
