"""Writes `data/cloudformation.bin`: the resource schemas and further checks of cfn-lint.

Run where cfn-lint is installed: `python -m iac_gym.languages.cloudformation.build_data`. The
schemas are those of us-east-1. Of cfn-lint's own rules those are kept that are schemas themselves
and errors, with the lists of instance types of that region.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from iac_gym.languages.cloudformation.pack import PATH, Record, write
from iac_gym.languages.cloudformation.schema_codes import TYPES, encode

REGION = "us-east-1"
#: The policies of IAM: cfn-lint's schema -> rules that apply it.
POLICIES = {
    "policy_identity.json": "E3510",
    "policy_resource.json": "E3512",
    "policy_resource_ecr.json": "E3513",
    "policy_trust.json": "E3530",
}
#: Rules of cfn-lint that change the value, or choose the schema, in Python.
_CODED = frozenset({"E3601", "E3051"})
#: Formats that are only a note, or whose values no rule looks at.
_LOOSE_FORMATS = frozenset({"json", "int64", "double", "timestamp", "string", "password", "uri"})


def _data() -> Path:
    return Path(str(import_module("cfnlint.data").__path__[0])) / "schemas"


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def schemas_of_region() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the schema of each type of the region."""
    folder = _data()
    for name, place in _read(folder / "providers" / f"{REGION}.json").items():
        yield name, _read(folder / "resources" / f"{place}.json")


def checked_formats(schema: Any, found: set[str]) -> set[str]:
    """Collect the formats of a schema that a rule of cfn-lint looks at."""
    if isinstance(schema, dict):
        kind = schema.get("format")
        if isinstance(kind, str) and kind not in _LOOSE_FORMATS and len(kind) < 60:
            found.add(kind)
        for part in schema.values():
            checked_formats(part, found)
    elif isinstance(schema, list):
        for part in schema:
            checked_formats(part, found)
    return found


def attributes(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes of a type for `Fn::GetAtt`, by pattern: [types, format]."""
    types = import_module("cfnlint.schema._schema")
    errors = import_module("cfnlint.schema.resolver")
    known = types.Schema(schema)
    out: dict[str, Any] = {}
    for attribute, pointer in known.get_atts.items():
        try:
            found = known.resolver.resolve_cfn_pointer(pointer)
        except errors.RefResolutionError:
            found = {}
        if name == "AWS::DocDB::DBCluster" and attribute == "Port":
            found = {"type": "string"}
        kinds = found.get("type", [])
        letters = "".join(TYPES[k] for k in ([kinds] if isinstance(kinds, str) else kinds))
        out[attribute] = [letters, *_formats(found)]
    return out


def _formats(schema: Mapping[str, Any]) -> list[str]:
    found = [schema["format"]] if schema.get("format") else []
    return found + [s["format"] for s in schema.get("anyOf", ()) if s.get("format")]


def reference(schema: dict[str, Any]) -> list[str]:
    """Return the formats of what `Ref` gives."""
    types = import_module("cfnlint.schema._schema")
    return _formats(types.Schema(schema).ref)


def _used(node: Any, found: set[str]) -> set[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$"), str):
            found.add(node["$"])
        for part in node.values():
            _used(part, found)
    elif isinstance(node, list):
        for part in node:
            _used(part, found)
    return found


def _pointed(root: Any, pointer: str) -> Any:
    for step in pointer.lstrip("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        root = root[int(name)] if isinstance(root, list) else root[name]
    return root


def packed(schema: dict[str, Any], formats: frozenset[str]) -> dict[str, Any]:
    """Return `s`, and `d` with every definition that it reaches."""
    whole = encode(schema, formats)
    known: dict[str, Any] = {}
    todo = sorted(_used(whole, set()))
    while todo:
        pointer = todo.pop()
        if pointer not in known:
            known[pointer] = encode(_pointed(schema, pointer), formats)
            todo.extend(sorted(_used(known[pointer], set())))
    return {"s": whole, **({"d": known} if known else {})}


def record(name: str, schema: dict[str, Any], formats: frozenset[str]) -> Record:
    """Return the record of one type."""
    out: Record = packed(schema, formats)
    out["a"] = attributes(name, schema)
    out["f"] = reference(schema)
    readonly = [path.split("/")[2:] for path in schema.get("readOnlyProperties", ())]
    given = [path for path in readonly if path and _settable(schema, path)]
    out["o"] = ["/".join(path) for path in given]
    if schema.get("tagging", {}).get("taggable"):
        out["g"] = 1
    if schema.get("lifecycle", {}).get("status") == "shutdown":
        out["z"] = 1
    return {key: value for key, value in out.items() if value not in ([], {})}


def _settable(schema: Mapping[str, Any], path: list[str]) -> bool:
    return path[0] in schema.get("properties", {})


def _contains(node: Any, word: str) -> bool:
    if isinstance(node, dict):
        return word in node or any(_contains(part, word) for part in node.values())
    return isinstance(node, list) and any(_contains(part, word) for part in node)


def further_checks() -> Iterator[tuple[str, list[str], Any]]:
    """Yield (rule, its paths, its schema) of cfn-lint's rules that are schemas and errors."""
    kinds = import_module("cfnlint.rules.jsonschema.CfnLintJsonSchema").CfnLintJsonSchema
    package = import_module("cfnlint.rules")
    folder = str(Path(str(package.__file__)).parent)
    for name, rule in sorted(package.Rules.create_from_directory(folder).items()):
        paths = [path for path in getattr(rule, "keywords", ()) if path.startswith("Resources/AWS")]
        paths = [path for path in paths if "::Serverless::" not in path]
        if name[0] != "E" or name in _CODED or not paths or not isinstance(rule, kinds):
            continue
        schema = rule.schema
        if hasattr(rule, "_schema") and type(rule).__mro__[1].__name__.endswith("Regional"):
            schema = schema.get(REGION, True)
        if isinstance(schema, dict) and schema and not _contains(schema, "cfnGather"):
            yield name, paths, schema


def policies() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rule and the schema of each kind of IAM policy, in one piece."""
    folder = _data() / "other" / "iam"
    base = _read(folder / "policy.json")
    for file, rule in POLICIES.items():
        text = (folder / file).read_text("utf-8").replace('"policy#/', '"#/base/')
        own = json.loads(text)
        inner = json.dumps(base).replace('"#/definitions', '"#/base/definitions')
        yield rule, {**own, "base": json.loads(inner)}


def policy_paths() -> dict[str, list[str]]:
    """Return the paths of the policies, by rule."""
    package = import_module("cfnlint.rules")
    rules = package.Rules.create_from_directory(str(Path(str(package.__file__)).parent))
    return {name: list(rules[name].keywords) for name in POLICIES.values()}


def build() -> bytes:
    """Return the pack's bytes."""
    schemas = dict(schemas_of_region())
    found: set[str] = set()
    for schema in schemas.values():
        checked_formats(schema, found)
    formats = frozenset(found)
    types = {name: record(name, schema, formats) for name, schema in schemas.items()}
    shared: dict[str, Any] = {}
    near: dict[str, str] = {}
    checks = [*_policies_to_check(), *further_checks()]
    for rule, paths, schema in checks:
        shared[rule] = packed(schema, formats)
        for path in paths:
            name, _, rest = path.removeprefix("Resources/").partition("/Properties")
            if name in types:
                types[name].setdefault("x", []).append([rest.lstrip("/"), rule])
                near.setdefault(rule, name)
    shared = {rule: schema for rule, schema in shared.items() if rule in near}
    return write(f"cfn-lint {version('cfn-lint')}, {REGION}", types, shared, near)


def _policies_to_check() -> Iterator[tuple[str, list[str], Any]]:
    paths = policy_paths()
    for rule, schema in policies():
        yield rule, [path for path in paths[rule] if re.match("Resources/AWS", path)], schema


def main() -> None:
    """Write the pack and its `SOURCE.md`."""
    data = build()
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(data)
    PATH.with_name("SOURCE.md").write_text(
        f"""# Where `{PATH.name}` comes from

- Package: cfn-lint {version("cfn-lint")} (it holds the schemas of the CloudFormation registry, as
  AWS publishes them and cfn-lint corrects them, and checks of its own)
- Licence: MIT No Attribution (MIT-0); the schemas are published by AWS under the same terms
- Region: {REGION}
- Built: {datetime.date.today().isoformat()}
- Command: `python -m iac_gym.languages.cloudformation.build_data`
- Kept: every resource type with all constraints on its properties, the attributes for
  `Fn::GetAtt`, what `Ref` gives, read-only properties; those rules of cfn-lint that are schemas
  and errors (IAM policies, instance types of the region, exclusive properties). Dropped: prose,
  permissions, rules that are Python code, rules that look at several resources, SAM types.
""",
        encoding="utf-8",
    )
    print(f"{PATH.name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
