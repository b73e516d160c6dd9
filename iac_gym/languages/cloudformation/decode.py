"""Text -> tree: YAML with short intrinsics and JSON, read as CloudFormation's own reader does."""

from __future__ import annotations

import re
from typing import Any

from iac_gym.check import ParseError
from iac_gym.formats.yaml import (
    Document,
    Limits,
    YamlError,
    YamlList,
    YamlMap,
    load_all,
)
from iac_gym.formats.yaml_lines import read_lines
from iac_gym.formats.yaml_scalars import CLOUDFORMATION
from iac_gym.languages.cloudformation.short_lines import read_short
from iac_gym.verdict import Finding

#: The largest template that the service takes (from S3), in bytes.
MOST_BYTES = 1_000_000
#: Short forms nest two levels for one.
LIMITS = Limits(depth=120)

_JSON = re.compile(r"\s*\{")


def decode(text: str, path: str) -> YamlMap:
    """Read the only document of a template. Raises `ParseError`."""
    try:
        documents = _documents(text)
    except YamlError as error:
        raise ParseError(
            Finding(error.message, path, error.line, error.column, error.hint)
        ) from None
    if not documents:
        message = "the template is empty"
        raise ParseError(Finding(message, path, 1, 1, "write `Resources:` with a resource"))
    if len(documents) > 1:
        message = "there is a second document; a template is only one"
        raise ParseError(Finding(message, path, *documents[1].mark))
    tree = documents[0].value
    if not isinstance(tree, YamlMap):
        message = "the top level of a template must be a mapping"
        raise ParseError(Finding(message, path, *documents[0].mark, "start with `Resources:`"))
    if "GetAtt" in text:
        _split_attributes(tree)
    return tree


def _documents(text: str) -> list[Document]:
    """Read the documents; JSON may be indented with tabs, which YAML does not know."""
    if "\t" in text and _JSON.match(text):
        text = text.replace("\t", " ")
    found = read_short(text) if "!" in text else read_lines(text, CLOUDFORMATION)
    return load_all(text, CLOUDFORMATION, LIMITS) if found is None else found


def _split_attributes(tree: YamlMap) -> None:
    """Write every `Fn::GetAtt: a.b` as a list."""
    seen: set[int] = set()
    todo: list[Any] = [tree]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.__class__ is YamlMap:
            given = node.get("Fn::GetAtt")
            if given.__class__ is str:
                mark = node.marks["Fn::GetAtt"]
                parts = YamlList(mark)
                parts += given.split(".", 1)
                parts.marks = [mark] * len(parts)
                node["Fn::GetAtt"] = parts
            items: Any = node.values()
        else:
            items = node
        for item in items:
            if item.__class__ is YamlMap or item.__class__ is YamlList:
                todo.append(item)
