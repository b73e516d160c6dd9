"""Plain objects with intrinsic functions, written as a CloudFormation template in YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iac_gym.formats.yaml_dump import dump

#: The widest line that a call with a list of arguments may take before it is broken.
_WIDEST = 76
#: Functions whose long form has no `Fn::` in front.
_BARE = ("Ref", "Condition")
_FLOW_MARKS = frozenset(",[]{}")


@dataclass(frozen=True)
class Call:
    """An intrinsic function and its argument: `Call("Ref", "Queue")` is `!Ref Queue`."""

    name: str
    value: Any

    @property
    def long(self) -> dict[str, Any]:
        """The long form, as a mapping."""
        value = self.value
        if self.name == "GetAtt":
            value = value.split(".", 1)
        return {self.name if self.name in _BARE else f"Fn::{self.name}": value}


def lengthened(value: Any) -> Any:
    """Return the same with the long forms of all calls: plain mappings and lists."""
    if isinstance(value, Call):
        return lengthened(value.long)
    if isinstance(value, Mapping):
        return {key: lengthened(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [lengthened(item) for item in value]
    return value


def render(template: Mapping[str, Any], *, short: bool = True) -> str:
    """Write a template, its sections and resources apart by empty lines."""
    whole: Mapping[str, Any] = template if short else lengthened(template)
    sections = []
    for name, section in whole.items():
        if isinstance(section, Mapping):
            parts = ["\n".join(_block({key: item}, 2)) for key, item in section.items()]
            between = "\n\n" if name == "Resources" else "\n"
            sections.append(f"{name}:\n" + between.join(parts))
        else:
            sections.append("\n".join(_block({name: section}, 0)))
    first = [one for one in sections if "\n" not in one]
    rest = [one for one in sections if "\n" in one]
    return "\n\n".join(["\n".join(first), *rest] if first else rest) + "\n"


def _block(value: Any, indent: int) -> list[str]:
    """Return the lines of a value that stands on lines of its own."""
    pad = " " * indent
    if isinstance(value, Mapping) and value:
        return [
            line
            for key, item in value.items()
            for line in _entry(f"{pad}{_scalar(key)}:", item, indent + 2)
        ]
    if isinstance(value, (list, tuple)) and value:
        return [line for item in value for line in _item(item, indent)]
    return [pad + (_flow(value) or "")]


def _entry(head: str, value: Any, indent: int) -> list[str]:
    """Return the lines of `head value`, where what does not fit is indented by `indent`."""
    flow = _flow(value)
    if flow is not None and (not isinstance(value, Call) or len(head) + len(flow) <= _WIDEST):
        return [f"{head} {flow}"]
    if isinstance(value, Call):
        return _call(head, value, indent)
    if isinstance(value, str):
        pad = " " * indent
        end = "" if value.endswith("\n") else "-"
        return [f"{head} |{end}", *(pad + line if line else "" for line in value.splitlines())]
    return [head, *_block(value, indent)]


def _call(head: str, call: Call, indent: int) -> list[str]:
    if isinstance(call.value, Call):  # a short form inside a short form needs the long one outside
        return [head, *_block(call.long, indent)]
    return _entry(f"{head} !{call.name}", call.value, indent)


def _item(value: Any, indent: int) -> list[str]:
    """Return the lines of one list item."""
    pad = " " * indent
    if isinstance(value, (Mapping, list, tuple)) and value:
        first, *rest = _block(value, indent + 2)
        return [f"{pad}- {first[indent + 2 :]}", *rest]
    return _entry(f"{pad}-", value, indent + 2)


def _flow(value: Any) -> str | None:
    """Write a value within a line; None where it needs lines of its own."""
    if isinstance(value, Call):
        inner = _arguments(value.value)
        return None if inner is None else f"!{value.name} {inner}"
    if isinstance(value, (Mapping, list, tuple)) and value:
        return None
    return None if isinstance(value, str) and "\n" in value else _scalar(value)


def _arguments(value: Any) -> str | None:
    """Write the argument of a call within a line; None where it should not stand there."""
    if isinstance(value, (list, tuple)):
        parts = [_arguments(item) if not isinstance(item, Call) else _flow(item) for item in value]
        known = [_guarded(part, item) for part, item in zip(parts, value, strict=True) if part]
        return f"[{', '.join(known)}]" if len(known) == len(value) else None
    if isinstance(value, (Mapping, Call)):
        return None
    return _flow(value)


def _guarded(text: str, value: Any) -> str:
    """Quote a plain text that would end within brackets."""
    if isinstance(value, str) and text == value and not _FLOW_MARKS.isdisjoint(text):
        return f'"{text}"'
    if isinstance(value, Call) and isinstance(value.value, str) and "{" in value.value:
        return f'!{value.name} "{value.value}"'
    return text


def _scalar(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[]"
    return dump([value]).rstrip("\n")
