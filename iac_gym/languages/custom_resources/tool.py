"""A second opinion: the published definitions by `jsonschema`, built-in kinds by its own library.

The definitions are those of a folder, named by the environment variable `IAC_GYM_CRDS`, in the form
that `build_data` reads. Rules in CEL and the operators' own validation are not asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from iac_gym.check import ParseError
from iac_gym.errors import missing_extra
from iac_gym.formats.yaml import find
from iac_gym.language import Opinion
from iac_gym.languages.custom_resources.constraints import python_pattern
from iac_gym.languages.custom_resources.parse import parse
from iac_gym.languages.kubernetes.kinds import default_version, served_kinds
from iac_gym.languages.kubernetes.model import KubeObject
from iac_gym.verdict import Finding

FOLDER = "IAC_GYM_CRDS"
#: Most findings that are reported.
_MOST = 20


@cache
def _schemas() -> dict[tuple[str, str], Any]:
    """Return (apiVersion, kind) -> schema of the definitions in the folder."""
    from iac_gym.languages.custom_resources.build_data import collected

    folder = os.environ.get(FOLDER, "")
    if not folder:
        return {}
    return {
        (f"{group}/{version}", kind): _strict(schema, root=True)
        for (group, version, kind), (_, schema) in collected(Path(folder))[0].items()
    }


def _strict(schema: Any, *, root: bool = False) -> Any:
    """Turn a structural schema into one that `jsonschema` reads as the API server does."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items() if key in _KEPT}
    if "properties" in schema:
        made["properties"] = {n: _strict(value) for n, value in schema["properties"].items()}
    if "pattern" in made:
        made["pattern"] = python_pattern(made["pattern"])
    kept = schema.get("x-kubernetes-preserve-unknown-fields")
    if schema.get("x-kubernetes-int-or-string"):
        made = {"type": ["integer", "string"], **{k: v for k, v in made.items() if k == "pattern"}}
    if made.get("type") == "object" and not kept and "additionalProperties" not in schema:
        made["additionalProperties"] = False
    if "required" in made:
        del made["required"]
        made |= _required(schema)
    if root:
        given = made.setdefault("properties", {})
        given |= {"metadata": {"type": "object"}, "status": {}}
        for name in ("apiVersion", "kind"):
            given.setdefault(name, {"type": "string"})
    return made


def _required(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the required fields that have no default (an empty list is not allowed)."""
    fields = schema.get("properties") or {}
    names = [name for name in schema["required"] if "default" not in fields.get(name, {})]
    return {"required": names} if names else {"minProperties": schema.get("minProperties", 0)}


_KEPT = frozenset(
    """type format enum pattern minLength maxLength minimum maximum exclusiveMinimum
    exclusiveMaximum multipleOf minItems maxItems minProperties maxProperties required items
    additionalProperties allOf anyOf oneOf not""".split()
)


def _plain(value: Any) -> Any:
    """Return a tree without nulls: the API server drops them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def ask_library(files: Mapping[str, str]) -> Opinion:
    """Validate every object with the schema of its kind; undecided where a schema is missing."""
    try:
        objects = parse(files).objects
    except ParseError as error:
        return Opinion(False, tuple(error.findings))
    found: list[Finding] = []
    for item in objects:
        kind = (item.api_version, item.kind.partition(".")[0])
        if kind in served_kinds(default_version()):
            found += _built_in(item, item.tree)
        elif kind in _schemas():
            found += _custom(item, _schemas()[kind])
        else:
            return Opinion(None, reason=f"there is no schema of {' '.join(kind)} in {FOLDER}")
    return Opinion(not found, tuple(found[:_MOST]))


def _built_in(item: KubeObject, tree: Any) -> Iterator[Finding]:
    try:
        import kubernetes_validate
    except ImportError:
        raise missing_extra("kubernetes-validate", "library") from None
    try:
        kubernetes_validate.validate(_plain(tree), default_version(), strict=True)
    except kubernetes_validate.ValidationError as error:
        yield item.finding(str(error.message)[:300], *error.path)


def _custom(item: KubeObject, schema: Any) -> Iterator[Finding]:
    from jsonschema import Draft4Validator

    metadata = item.tree.get("metadata")
    if isinstance(metadata, dict):  # a definition says nothing of it: any kind has the same
        yield from _built_in(item, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata})
    for error in Draft4Validator(schema).iter_errors(_plain(item.tree)):
        steps = tuple(error.absolute_path)
        line, column = find(item.tree, steps)[1] if steps else item.tree.mark
        where = re.sub(r"\.(\d+)", r"[\1]", ".".join(map(str, steps)))[:120]
        yield Finding(f"{where}: {error.message[:300]}", item.file, line, column)
