"""Short forms on lines of their own, rewritten so that the quick reader of lines can read them.

`Role: !GetAtt Role.Arn` becomes `Role: $GetAtt~Role.Arn`, and `!If [A, 1, 2]` `[$If+A, 1, 2]`, of
the same length, so that all places stay; mappings are made of them afterwards. Texts where that
could touch anything else (block scalars, what looks like the rewriting) and lines with quotes in
brackets are left to the reader of events.
"""

from __future__ import annotations

import re
from typing import Any

from iac_gym.formats.yaml import Document, Mark, YamlList, YamlMap
from iac_gym.formats.yaml_lines import read_lines
from iac_gym.formats.yaml_scalars import CLOUDFORMATION

_TAGS = "|".join(tag[1:] for tag in CLOUDFORMATION.wraps)
_HEAD = r"^( *(?:- +)*(?:[A-Za-z_][\w./-]*: +)?)"
_BLOCK = re.compile(r"(?:^|[ \t])[|>][-+0-9]*[ \t]*(?:#.*)?$", re.MULTILINE)
_MARKER = re.compile(r"\$([A-Za-z]+)([~+])")
_TAKEN = re.compile(r"\$[A-Za-z]+[~+]|AWS//")
_PLAIN = re.compile(rf"{_HEAD}!({_TAGS}) ([$/.A-Za-z0-9_]\S*)( +#.*| *)$")
_QUOTED = re.compile(rf"{_HEAD}!({_TAGS}) (\"[^\"\\]*\"|'[^']*')( +#.*| *)$")
_FLOW = re.compile(rf"{_HEAD}((?:!(?:{_TAGS}) )?\[(?:[^\"'#{{}}]|\"\")*\])( *)$")
_OPENED = re.compile(rf"^!({_TAGS}) \[(?=[^\s\[\]!]|!)")
_EMPTY = re.compile(rf"!({_TAGS}) \"\"")
_ITEM = re.compile(rf"!({_TAGS}) (?=[A-Za-z0-9_])(AWS::(?=[A-Za-z]))?")
#: Most lines that are remembered, and the longest of them.
_MOST_KNOWN = 20_000
_LONGEST = 160
_known: dict[str, str] = {}


def read_short(text: str) -> list[Document] | None:
    """Read the documents of a text with short forms; None where this is not the way."""
    if _BLOCK.search(text) or _TAKEN.search(text):
        return None
    lines = [_rewritten(line) if "!" in line else line for line in text.split("\n")]
    found = read_lines("\n".join(lines), CLOUDFORMATION)
    if found:
        for document in found:
            _restore(document.value)
    return found


def _rewritten(line: str) -> str:
    made = _known.get(line)
    if made is None:
        made = _rewrite(line)
        if len(line) <= _LONGEST:
            if len(_known) > _MOST_KNOWN:
                _known.clear()
            _known[line] = made
    return made


def _rewrite(line: str) -> str:
    if found := _PLAIN.match(line):
        head, name, value, rest = found.groups()
        return f"{head}${name}~{value}{rest}"
    if found := _QUOTED.match(line):
        head, name, value, rest = found.groups()
        return f"{head}{value[0]}${name}~{value[1:]}{rest}"
    if found := _FLOW.match(line):
        head, flow, rest = found.groups()
        flow = _EMPTY.sub(r'"$\1~"', _OPENED.sub(r"[$\1+", flow))
        return f"{head}{_ITEM.sub(_item, flow)}{rest}"
    return line


def _item(found: re.Match[str]) -> str:
    return f"${found[1]}~{'AWS//' if found[2] else ''}"


def _restore(tree: Any) -> None:
    """Make mappings of what was rewritten, in place; a tree of lines shares nothing."""
    todo: list[Any] = [tree]
    while todo:
        node = todo.pop()
        pairs = node.items() if node.__class__ is YamlMap else enumerate(node)
        for step, value in pairs:
            kind = value.__class__
            if kind is str:
                if value[:1] == "$" and (found := _MARKER.match(value)):
                    node[step] = _wrapped(found[1], value[found.end() :], node.marks[step])
            elif kind is YamlList:
                first = value[0] if value else None
                if first.__class__ is str and (found := _MARKER.match(first)) and found[2] == "+":
                    node[step] = _opened(found, value)
                todo.append(value)
            elif kind is YamlMap:
                todo.append(value)


def _wrapped(name: str, text: str, mark: Mark) -> YamlMap:
    """Return what a tag before a text stands for."""
    value: Any = text.replace("AWS//", "AWS::", 1) if text.startswith("AWS//") else text
    if name == "GetAtt":
        value = YamlList(mark)
        value += text.split(".", 1)
        value.marks = [mark] * len(value)
    return _mapping(name, value, mark)


def _opened(found: re.Match[str], items: YamlList) -> YamlMap:
    """Return what a tag before a list stands for; the tag stands in the first item."""
    line, column = items.marks[0]
    items.marks[0] = (line, column + found.end())
    rest = items[0][found.end() :]
    items[0] = rest if _MARKER.match(rest) else CLOUDFORMATION.plain(rest)
    return _mapping(found[1], items, items.mark)


def _mapping(name: str, value: Any, mark: Mark) -> YamlMap:
    key = CLOUDFORMATION.wraps[f"!{name}"]
    made = YamlMap(mark)
    made[key] = value
    made.marks[key] = made.key_marks[key] = mark
    return made
