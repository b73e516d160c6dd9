"""Functions that read and write JSON, YAML and CSV.

Source: https://developer.hashicorp.com/terraform/language/functions/jsonencode,
https://developer.hashicorp.com/terraform/language/functions/yamldecode
"""

from __future__ import annotations

import json
import re

from iac_gym.languages.terraform.functions.registry import FunctionError, TooLarge, implements
from iac_gym.languages.terraform.types import (
    ListValue,
    merged_refs,
    number_text,
    object_of,
    parse_number,
    wholly_known,
)
from iac_gym.languages.terraform.values import STRING, Encoded, Value

_MOST_DEPTH = 200
_ESCAPED = re.compile("[<>&\u2028\u2029]")
_ESCAPES = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def json_text(value: Value) -> str:
    """Return a known value as JSON, as the real tool writes it."""
    if _is_plain(value, 0):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return text.translate(_ESCAPES) if _ESCAPED.search(text) else text
    pieces: list[str] = []
    _write_json(value, pieces, 0)
    return "".join(pieces)


def _is_plain(value: Value, depth: int) -> bool:
    """Say whether Python writes a value just as the real tool does: all but fractions."""
    kind = value.__class__
    if kind is str:
        return True
    if isinstance(value, float) or depth > _MOST_DEPTH:
        return False
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return all(_is_plain(item, depth + 1) for item in value)


def _write_json(value: Value, pieces: list[str], depth: int) -> None:
    if depth > _MOST_DEPTH:
        raise TooLarge
    if isinstance(value, str):
        pieces.append(json.dumps(value, ensure_ascii=False).translate(_ESCAPES))
    elif isinstance(value, dict):
        mark = "{"
        for key in sorted(value):
            pieces += (mark, json.dumps(key, ensure_ascii=False).translate(_ESCAPES), ":")
            _write_json(value[key], pieces, depth + 1)
            mark = ","
        pieces.append("}" if value else "{}")
    elif isinstance(value, list):
        mark = "["
        for item in value:
            pieces.append(mark)
            _write_json(item, pieces, depth + 1)
            mark = ","
        pieces.append("]" if value else "[]")
    else:
        pieces.append(_json_scalar(value))


def _json_scalar(value: Value) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if abs(value) == float("inf"):
        raise FunctionError("an infinite number has no form in JSON", 0)
    return number_text(value)


@implements("jsonencode", takes="all")
def _jsonencode(value: Value) -> Value:
    if not wholly_known(value):
        return Encoded(value, merged_refs(value))
    return json_text(value)


def _number(text: str) -> Value:
    number = parse_number(text)
    if number is None:
        raise TooLarge
    return number


def _no_constant(text: str) -> Value:
    raise ValueError(text)


@implements("jsondecode")
def _jsondecode(text: str) -> Value:
    try:
        value = json.loads(
            text, parse_int=_number, parse_float=_number, parse_constant=_no_constant
        )
    except RecursionError:
        raise TooLarge from None
    except ValueError:
        raise FunctionError("this is not valid JSON", 0) from None
    return _whole_characters(value, 0)


def _whole_characters(value: Value, depth: int) -> Value:
    """Replace halves of characters, which strings cannot hold."""
    if depth > _MOST_DEPTH:
        raise TooLarge
    if isinstance(value, str):
        return (
            value
            if value.isascii()
            else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    if isinstance(value, list):
        return [_whole_characters(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {
            _whole_characters(key, depth): _whole_characters(item, depth + 1)
            for key, item in value.items()
        }
    return value


# ---------------------------------------------------------------- YAML


@implements("yamldecode")
def _yamldecode(text: str) -> Value:
    from iac_gym.languages.terraform.functions.yaml_values import decode

    return decode(text)


@implements("yamlencode", takes="all")
def _yamlencode(value: Value) -> Value:
    from iac_gym.languages.terraform.functions.yaml_values import encode

    if not wholly_known(value):
        return Encoded(value, merged_refs(value), "yaml")
    return encode(value)


# ---------------------------------------------------------------- CSV


def _csv_records(text: str) -> list[list[str]]:
    """Split CSV into records; empty lines do not count."""
    records: list[list[str]] = []
    at = 0
    text = text.replace("\r\n", "\n")
    while at < len(text):
        if text[at] == "\n":
            at += 1
            continue
        record, at = _csv_record(text, at)
        records.append(record)
    return records


def _csv_record(text: str, at: int) -> tuple[list[str], int]:
    record: list[str] = []
    while True:
        cell, at = _quoted(text, at) if text.startswith('"', at) else _bare(text, at)
        record.append(cell)
        if not text.startswith(",", at):
            return record, at + 1
        at += 1


def _bare(text: str, at: int) -> tuple[str, int]:
    ends = [end for end in (text.find(",", at), text.find("\n", at)) if end >= 0]
    end = min(ends, default=len(text))
    cell = text[at:end]
    if '"' in cell:
        raise FunctionError("there is a quote inside a cell that is not quoted", 0)
    return cell, end


def _quoted(text: str, at: int) -> tuple[str, int]:
    pieces = []
    at += 1
    while True:
        end = text.find('"', at)
        if end < 0:
            raise FunctionError("a quote is not closed", 0)
        pieces.append(text[at:end])
        after = text[end + 1 : end + 2]
        if after != '"':
            if after not in ("", ",", "\n"):
                raise FunctionError("there is text behind a quoted cell", 0)
            return "".join(pieces), end + 1
        pieces.append('"')
        at = end + 2


@implements("csvdecode")
def _csvdecode(text: str) -> Value:
    records = _csv_records(text)
    if not records:
        raise FunctionError("the line of names is missing", 0)
    names, rows = records[0], records[1:]
    if len(set(names)) < len(names):
        raise FunctionError("two columns have one name", 0)
    if any(len(row) != len(names) for row in rows):
        raise FunctionError("a line has more or fewer cells than the first one", 0)
    kind = object_of(dict.fromkeys(names, STRING))
    return ListValue([dict(zip(names, row, strict=True)) for row in rows], kind)
