"""Writes `data/cloudformation.bin`: the resource schemas and further checks of cfn-lint.

Run where cfn-lint is installed: `python -m iac_gym.languages.cloudformation.build_data`. The
schemas are those of us-east-1 and of SAM. Of cfn-lint's own rules those are kept that are schemas
themselves and errors, with the lists of instance types of that region.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from iac_gym.languages.cloudformation.pack import PATH, Record, write
from iac_gym.languages.cloudformation.pattern_syntax import readable
from iac_gym.languages.cloudformation.schema_codes import TYPES, encode

REGION = "us-east-1"
#: The policies of IAM: cfn-lint's schema -> rules that apply it.
POLICIES = {
    "policy_identity.json": "E3510",
    "policy_resource.json": "E3512",
    "policy_resource_ecr.json": "E3513",
    "policy_trust.json": "E3530",
}
_ROLE = r"^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+$"
_LABEL = "[a-z0-9-]{0,61}[a-z0-9]"
#: Rules of cfn-lint in Python that say no more than a schema does: (rule, schema).
AS_SCHEMAS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("E3511", {"pattern": _ROLE}),
    ("E3716", {"maxLength": 176 + len("aws") + len(REGION)}),
    ("E3063", {"dependentExcluded": {"DataSources": ["Features"]}}),
    ("E3056", {"pattern": r"^(?!.*,)|^(?!.*\bEC2\b)"}),
    (
        "E3013",
        {
            "allOf": [
                {"pattern": r"^(?!.*\.\*\.)"},
                {"pattern": rf"^([a-z0-9*]({_LABEL})?\.)+[a-z0-9]{_LABEL}$"},
            ]
        },
    ),
)
POLICY = "AWS::IAM::Policy/Properties/PolicyDocument"
BUCKET = "Resources/AWS::S3::BucketPolicy/Properties/PolicyDocument"
#: What a policy of a resource may name as its resource (E3514).
BUCKET_RESOURCE = r"^arn:aws[A-Za-z\-]*?:[^:]+:[^:]*(:(?:\d{12}|\*|aws)?:.+|)$"
RESOURCE = r"^(arn:aws[A-Za-z\-]*?:[^:]+:[^:]*(:(?:\d{12}|\*|aws)?:.+|)|\*)$"
#: Rules of cfn-lint that change the value, or choose the schema, in Python.
_CODED = frozenset({"E3601", "E3051", "E3062"})
#: Formats that are only a note, or whose values no rule looks at.
_LOOSE_FORMATS = frozenset({"json", "int64", "double", "timestamp", "string", "password", "uri"})


def _data() -> Path:
    return Path(str(import_module("cfnlint.data").__path__[0])) / "schemas"


def _read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def schemas_of_region() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the schema of each type of the region."""
    folder = _data()
    for file in (REGION, "sam"):
        for name, place in _read(folder / "providers" / f"{file}.json").items():
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


def patterns(node: Any) -> None:
    """Rewrite the patterns of a schema for Python, in place, and drop those that cannot be used."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            text = _readable(node["pattern"])
            node.update({"pattern": text} if text else {})
            if text is None:
                del node["pattern"]
        if isinstance(node.get("patternProperties"), dict):
            named = node["patternProperties"].items()
            node["patternProperties"] = {_readable(key) or ".*": part for key, part in named}
        for part in node.values():
            patterns(part)
    elif isinstance(node, list):
        for part in node:
            patterns(part)


_readable = cache(readable)


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
    patterns(schema)
    whole = encode(schema, formats)
    known: dict[str, Any] = {}
    todo = sorted(_used(whole, set()))
    while todo:
        pointer = todo.pop()
        if pointer not in known:
            known[pointer] = encode(_pointed(schema, pointer), formats)
            todo.extend(sorted(_used(known[pointer], set())))
    return {"s": whole, **({"d": known} if known else {})}


def identifiers(name: str, schema: dict[str, Any]) -> list[str]:
    """Return the properties that identify a resource, where a template sets them all (E3019)."""
    if name == "AWS::CodeBuild::Project":
        return ["Name"]
    paths = schema.get("primaryIdentifier", [])
    names = [path.removeprefix("/properties/") for path in paths]
    set_by_service = set(paths) & set(schema.get("readOnlyProperties", ()))
    return [] if set_by_service or any("/" in one for one in names) else names


def record(name: str, schema: dict[str, Any], formats: frozenset[str]) -> Record:
    """Return the record of one type."""
    out: Record = packed(schema, formats)
    out["a"] = attributes(name, schema)
    out["f"] = reference(schema)
    readonly = [path.split("/")[2:] for path in schema.get("readOnlyProperties", ())]
    given = [path for path in readonly if path and _settable(schema, path)]
    if "::Serverless::" not in name:
        out["o"] = ["/".join(path) for path in given]
    out["i"] = identifiers(name, schema)
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
    rules = package.Rules.create_from_directory(folder)
    for name, schema in AS_SCHEMAS:
        yield name, list(rules[name].keywords), schema
    for name, rule in sorted(rules.items()):
        paths = [path for path in getattr(rule, "keywords", ()) if path.startswith("Resources/AWS")]
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
        own = _with_patterns(json.loads(text), RESOURCE)
        inner = json.dumps(base).replace('"#/definitions', '"#/base/definitions')
        yield rule, {**own, "base": json.loads(inner)}
        if rule == "E3512":
            bucket = _with_patterns(json.loads(text), BUCKET_RESOURCE)
            del bucket["properties"]["Statement"]["uniqueKeys"]
            yield "E3512S", {**bucket, "base": json.loads(inner)}


def _with_patterns(node: Any, pattern: str) -> Any:
    """Write the rule about resources (E3514) as a pattern where the schema names it."""
    if isinstance(node, list):
        return [_with_patterns(part, pattern) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _with_patterns(part, pattern) for key, part in node.items()}
    if f"{POLICY}/Statement/Resource" in made.get("cfnLint", ()):
        made["pattern"] = pattern
    return made


def runtimes_gone() -> list[str]:
    """Return the runtimes of Lambda with which no function can be made, at the time of building."""
    specs = Path(str(import_module("cfnlint.data").__path__[0])) / "AdditionalSpecs"
    today = datetime.date.today().isoformat()
    known = _read(specs / "LmbdRuntimeLifecycle.json")
    return sorted(name for name, dates in known.items() if (dates["create-block"] or "9") <= today)


def _tags() -> dict[str, Any]:
    schema: dict[str, Any] = _read(_data() / "other" / "resources" / "tagging.json")
    return schema


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
    for name in sorted(types):
        if types[name].pop("g", 0):
            types[name].setdefault("x", []).append(["", "E3024"])
            near.setdefault("E3024", name)
    shared["E3024"] = packed(_tags(), formats)
    shared["E3009"] = packed(_read(_data() / "other" / "resources" / "cfn_init.json"), formats)
    near["E3009"] = "AWS::EC2::Instance"
    shared = {rule: schema for rule, schema in shared.items() if rule in near}
    gone = [*runtimes_gone(), *sorted(name for name in types if types[name].pop("z", 0))]
    return write(f"cfn-lint {version('cfn-lint')}, {REGION}", types, shared, near, gone)


def _policies_to_check() -> Iterator[tuple[str, list[str], Any]]:
    paths = policy_paths()
    for rule, schema in policies():
        if rule == "E3512S":
            yield rule, [BUCKET], schema
        else:
            yield (
                rule,
                [p for p in paths[rule] if p.startswith("Resources/AWS") and p != BUCKET],
                schema,
            )


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
- Region: {REGION}, and the types of SAM
- Built: {datetime.date.today().isoformat()}
- Command: `python -m iac_gym.languages.cloudformation.build_data`
- Kept: every resource type with all constraints on its properties, the attributes for
  `Fn::GetAtt`, what `Ref` gives, read-only properties; those rules of cfn-lint that are schemas
  and errors (IAM policies, instance types of the region, exclusive properties). Dropped: prose,
  permissions, rules that are Python code, rules that look at several resources.
""",
        encoding="utf-8",
    )
    print(f"{PATH.name}: {len(data)} bytes")


if __name__ == "__main__":
    main()
