"""Builds the data pack of custom resources from the CustomResourceDefinitions of a folder.

Run `python -m iac_gym.languages.custom_resources.build_data --crds FOLDER`: each folder inside is
one project at one tag (`FOLDER/kueue@v0.19.2/*.yaml`), with the definitions that the project
publishes. It writes `data/custom_resources.bin` and `data/SOURCE.md`. Names, types, required
fields and constraints and defaults are kept; descriptions and `status` are dropped.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from iac_gym.languages.custom_resources import katib_models
from iac_gym.languages.custom_resources.builtin_shapes import BuiltinShapes, simple_code
from iac_gym.languages.custom_resources.constraints import constraints_of
from iac_gym.languages.custom_resources.pack import PATH
from iac_gym.languages.kubernetes.pack import kubernetes_pack, write

#: A definition that occurs only once, or is shorter than this, stands inside its holder.
_SHORTEST_RECORD = 90


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads definitions; `=` is a text, as it is to Go."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: str(node.value))

Node = Any

#: Folders with an earlier release, whose fields are accepted, too -> the project.
_EARLIER = {"argo-workflows-3": "argo-workflows"}
#: Group -> fields of texts that may be written as a number or boolean: the clients of the operator
#: and its earlier definitions read them so.
_ANY_TEXT = {"argoproj.io": ("value", "default", "enum")}
#: Group -> (field by which a definition is known, field of it that is required, but filled in by
#: the operator's webhook before the API server looks).
_FILLED_IN = {"jobset.x-k8s.io": ("onJobFailureReasons", "name")}


class Builder:
    """Turns schemas into records; equal ones get one number."""

    def __init__(self, shapes: BuiltinShapes) -> None:
        self.shapes = shapes
        self.any_text: tuple[str, ...] = ()
        self.filled_in = ("", "")
        self.bodies: dict[str, Any] = {}  # text of a definition -> the definition
        self.uses: Counter[str] = Counter()

    def node(self, schema: Mapping[str, Any]) -> Node:
        """Turn a schema into a node; see `pack` for the codes."""
        bare = self._bare(schema)
        limits = constraints_of(schema, of_object=bool(schema.get("properties")))
        if limits and isinstance(bare, list) and bare[0] == "d":
            return bare  # they stand in the definition
        return ["c", bare, limits] if limits else bare

    def _bare(self, schema: Mapping[str, Any]) -> Node:
        code = simple_code(schema)
        if code:
            return code
        kind = schema.get("type")
        if kind == "array":
            return ["a", self.node(schema.get("items", {}))]
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra and not schema.get("properties"):
            return ["m", self.node(extra)]
        found = self.shapes.find(schema)
        if found is not None:
            return ["k", found]
        return self.definition(schema)

    def definition(self, schema: Mapping[str, Any], *, root: bool = False) -> Node:
        """Note the definition of a mapping and return its reference `["d", text]`."""
        properties = schema.get("properties") or {}
        fields: dict[str, Node] = {
            name: self._field(name, value, schema, root=root)
            for name, value in sorted(properties.items())
        }
        mark, filled = self.filled_in
        given = {k for k, v in properties.items() if "default" in v or v.get("nullable")}
        given |= {filled} if mark in properties else set()
        required = sorted(set(schema.get("required") or ()) - given - {"status"})
        extras = constraints_of(schema, of_object=True)
        if schema.get("x-kubernetes-preserve-unknown-fields") or schema.get("additionalProperties"):
            extras["open"] = 1
        defaults = {k: v["default"] for k, v in properties.items() if "default" in v}
        if defaults:
            extras["D"] = defaults
        if schema.get("x-kubernetes-embedded-resource"):
            for name in ("apiVersion", "kind"):
                fields.setdefault(name, "s")
            fields["metadata"] = ["k", self.shapes.metadata]
        body = [fields, required, extras] if extras else [fields, required]
        text = json.dumps(body, separators=(",", ":"), sort_keys=True)
        self.bodies.setdefault(text, body)
        return ["d", text]

    def _field(
        self, name: str, value: Mapping[str, Any], holder: Mapping[str, Any], *, root: bool
    ) -> Node:
        if root and name in ("apiVersion", "kind"):
            return "s"
        if root and name == "metadata":
            return ["k", self.shapes.metadata]
        if root and name == "status":
            return "x"
        if name in self.any_text and "valueFrom" in holder["properties"]:
            return ["a", "v"] if value.get("type") == "array" else "v"
        return self.node(value)

    def records(self, roots: list[str]) -> tuple[list[Any], dict[str, int]]:
        """Return the records, and the number of each definition that has one."""
        reached = dict.fromkeys(roots)
        queue = list(reached)
        while queue:
            for text in _references(self.bodies[queue.pop()]):
                self.uses[text] += 1
                if text not in reached:
                    reached[text] = None
                    queue.append(text)
        wanted = set(roots)
        own = [
            text
            for text in reached
            if text in wanted or (self.uses[text] > 1 and len(text) >= _SHORTEST_RECORD)
        ]
        own.sort(key=lambda text: (text not in wanted, text))
        numbers = {text: number for number, text in enumerate(own)}
        return [self._inlined(self.bodies[text], numbers) for text in own], numbers

    def _inlined(self, body: Any, numbers: Mapping[str, int]) -> Any:
        fields = {name: self._placed(node, numbers) for name, node in body[0].items()}
        return [fields, *body[1:]]

    def _placed(self, node: Node, numbers: Mapping[str, int]) -> Node:
        if not isinstance(node, list):
            return node
        code, inner = node[0], node[1]
        if code == "k":
            return node
        if code == "d":
            known = numbers.get(inner)
            return known if known is not None else ["d", self._inlined(self.bodies[inner], numbers)]
        return [code, self._placed(inner, numbers), *node[2:]]


def _references(value: Any) -> Iterator[str]:
    for node in value[0].values():
        while isinstance(node, list) and node[0] in ("a", "m", "c"):
            node = node[1]
        if isinstance(node, list) and node[0] == "d":
            yield node[1]


def merged(newer: Mapping[str, Any], older: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema that takes the fields of two releases; what both require is required."""
    fields = {**(older.get("properties") or {}), **(newer.get("properties") or {})}
    for name in (older.get("properties") or {}).keys() & (newer.get("properties") or {}).keys():
        fields[name] = merged(newer["properties"][name], older["properties"][name])
    result = {**newer, "properties": fields} if fields else dict(newer)
    both = set(newer.get("required") or ()) & set(older.get("required") or ())
    result["required"] = sorted(both)
    if isinstance(newer.get("items"), dict) and isinstance(older.get("items"), dict):
        result["items"] = merged(newer["items"], older["items"])
    return result


def definitions(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (project, CustomResourceDefinition) of a folder of projects."""
    found = [(path.relative_to(folder).parts[0], path) for path in folder.rglob("*.y*ml")]
    found.sort(key=lambda one: (one[0].partition("@")[0] in _EARLIER, one))
    for project, path in found:
        for document in yaml.load_all(path.read_text("utf-8"), _Loader):
            if not isinstance(document, dict):
                continue
            if document.get("kind") == "CustomResourceDefinition" and _schemas(document):
                yield project, document


def _schemas(crd: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return (version, schema) of the versions that are served."""
    found = []
    for version in crd.get("spec", {}).get("versions", ()):
        schema = (version.get("schema") or {}).get("openAPIV3Schema")
        if version.get("served") and schema and schema.get("properties"):
            found.append((version["name"], schema))
    return found


_Key = tuple[str, str, str]


def collected(folder: Path) -> tuple[dict[_Key, Any], dict[str, set[str]]]:
    """Return (group, version, kind) -> (scope, schema), and project -> the groups it gave.

    A second release of a project adds its fields; of two projects the first counts.
    """
    schemas: dict[_Key, Any] = {}
    owners: dict[_Key, str] = {}
    sources: dict[str, set[str]] = {}
    for project, crd in definitions(folder):
        spec = crd["spec"]
        for version, schema in _schemas(crd):
            key = (spec["group"], version, spec["names"]["kind"])
            older = _EARLIER.get(project.partition("@")[0])
            if key not in schemas:
                schemas[key] = (spec.get("scope"), schema)
                owners[key] = project.partition("@")[0]
            elif older == owners[key]:
                schemas[key] = (spec.get("scope"), merged(schemas[key][1], schema))
            else:
                continue
            sources.setdefault(project, set()).add(key[0])
    return schemas, sources


def _add_katib(wheel: Path, schemas: dict[_Key, Any], sources: dict[str, set[str]]) -> None:
    for kind, schema in katib_models.schemas(wheel).items():
        schemas[katib_models.GROUP, katib_models.API_VERSION, kind] = ("Namespaced", schema)
    name, version = wheel.name.split("-")[:2]
    sources[f"katib, PyPI {name}@{version}"] = {katib_models.GROUP}


def build(folder: Path, katib: Path | None = None) -> tuple[bytes, dict[str, set[str]]]:
    """Build the pack; also return project -> the groups it gave."""
    builder = Builder(BuiltinShapes(kubernetes_pack()))
    kinds: dict[str, dict[str, Any]] = {}
    schemas, sources = collected(folder)
    if katib is not None:
        _add_katib(katib, schemas, sources)
    for (group, version, kind), (scope, schema) in schemas.items():
        whole = {**schema, "properties": {**schema["properties"]}}
        for name in ("apiVersion", "kind", "metadata"):
            whole["properties"].setdefault(name, {"type": "object"})
        builder.any_text = _ANY_TEXT.get(group, ())
        builder.filled_in = _FILLED_IN.get(group, ("", ""))
        text = builder.definition(whole, root=True)[1]
        kinds.setdefault(f"{group}/{version}", {})[kind] = [text, int(scope == "Cluster")]
    roots = [entry[0] for served in kinds.values() for entry in served.values()]
    records, numbers = builder.records(list(dict.fromkeys(roots)))
    index = {
        "kubernetes": kubernetes_pack().index["source"],
        "kinds": {
            api_version: {kind: [numbers[text], scope] for kind, (text, scope) in sorted(v.items())}
            for api_version, v in sorted(kinds.items())
        },
    }
    return write(index, records), sources


def main() -> None:
    """Write the pack and its `SOURCE.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crds", type=Path, required=True, help="folder of project@tag folders")
    parser.add_argument("--katib", type=Path, help="wheel of kubeflow-katib, Katib's client")
    given = parser.parse_args()
    data, sources = build(given.crds, given.katib)
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(data)
    rows = "\n".join(
        f"| {project.replace('@', ' | ')} | {', '.join(sorted(groups))} |"
        for project, groups in sorted(sources.items())
    )
    PATH.with_name("SOURCE.md").write_text(
        f"""# Where `{PATH.name}` comes from

The CustomResourceDefinitions that these projects publish, each at one tag. All are under the
Apache License 2.0, Traefik under the MIT License.

| project | tag | groups |
|---|---|---|
{rows}

- Built: {datetime.date.today().isoformat()}
- Command: `python -m iac_gym.languages.custom_resources.build_data --crds FOLDER
  --katib WHEEL`, with one folder `PROJECT@TAG` for each row that holds the YAML files of its
  definitions, and the wheel of PyPI's `kubeflow-katib`.
- Kept: names, types, required fields, enumerations, patterns, bounds, list keys and CEL rules of
  every version that is served. Dropped: descriptions, `status`. Embedded pod templates
  and other built-in types refer to the data pack of the language `kubernetes`.
""",
        encoding="utf-8",
    )
    print(f"{PATH.name}: {len(data)} bytes, {len(sources)} projects")


if __name__ == "__main__":
    main()
