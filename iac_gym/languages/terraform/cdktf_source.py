"""Reads provider schemas from the CDKTF prebuilt provider packages, as published for Python.

Such a wheel holds the TypeScript package that was generated from the provider's schema: a folder
per resource, data source and for the provider, each with `.js` and `.d.ts` files.

- A `...ToHclTerraform` function, or the class's `synthesizeHclAttributes`, lists what can be set:
  Terraform's name, how the value is written (which gives the type), and its name in TypeScript.
- The interface in the `.d.ts` says what is required (no `?`) and, in the comment, what is a block.
- The getters and fields of the class without such an entry are what is only computed.

What is lost: least and most numbers of blocks above 1, whether an optional attribute is computed
too, what is sensitive, the elements of lists of lists, and recursive bodies, which become "any".
"""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from iac_gym.languages.terraform.schema_codes import OPEN
from iac_gym.languages.terraform.schema_source import Source, as_blocks
from iac_gym.languages.terraform.schemas import AttributeSchema, BlockSchema, BodySchema
from iac_gym.languages.terraform.values import ANY, BOOL, NUMBER, STRING, Type

_SIMPLE = {"string": STRING, "number": NUMBER, "boolean": BOOL, "any": ANY}
_SCALARS = {"String": STRING, "Number": NUMBER, "Boolean": BOOL, "Any": ANY}
_PARTS = re.compile(r"^(?:async )?(function|class) (\w+)", re.M)
_ENTRY = re.compile(
    r"\n +['\"]?(\w+)['\"]?: \{\n +value: (.*),\n +isBlock: \w+,"
    r'\n +type: "(\w+)",\n +storageClassType: "(\w+)"'
)
_FIELD = re.compile(r"this\._\w+ = new ([\w.]+)\(this, [\"'](\w+)[\"'](?:, (true|false))?\)")
_CONFIG = re.compile(r"this\._(\w+)(?:\.internalValue)? = config\.(\w+);")
_GETTER = re.compile(r"\n    get \w+\(\) \{\n        return (.*\.(\w+)\(['\"](\w+)['\"]\).*);")
_INTERFACE = re.compile(r"^export interface (\w+).*?\{\n(.*?)^\}", re.M | re.S)
_MEMBER = re.compile(r"/\*\*\n(.*?)\*/\n    readonly (\w+)(\??): (.)", re.S)
_CLASS = re.compile(
    r"^export declare class (\w+) extends cdktf\.Terraform(\w+) \{.*?"
    r'tfResourceType = "([\w-]+)";.*?constructor\(scope: Construct, id: string, config\??: (\w+)\)',
    re.M | re.S,
)
_PACKAGE_FILE = re.compile(r"package/lib/([^/]+)/.*\.(d\.ts|js)$")
_SOURCE = re.compile(r"terraformProviderSource: '([\w./-]+)'")
_VERSION = re.compile(r"providerVersion: '([\w.]+)'")
_NAME = re.compile(r"providerName: '([\w.-]+)'")
_PRIMITIVES = {"string", "number", "boolean", "any"}


class Entry(NamedTuple):
    """One thing that can be set, as the JavaScript writes it."""

    name: str
    value: str
    kind: str
    storage: str

    @property
    def member(self) -> str:
        """Its name in the TypeScript interface."""
        found = re.search(r"\b(?:struct\.|this\._)(\w+)", self.value)
        return found[1] if found else self.name

    @property
    def struct(self) -> str:
        """The name of the struct that it holds, "" for a simple value."""
        names = re.findall(r"(\w+)ToHclTerraform", self.value)
        return next((n[0].upper() + n[1:] for n in names if n not in _PRIMITIVES), "")

    @property
    def many(self) -> bool:
        """Whether it takes several values."""
        return "listMapperHcl" in self.value or "hashMapperHcl" in self.value


class Member(NamedTuple):
    """What the interface says of a thing that can be set."""

    required: bool
    block: bool


@dataclass
class Folder:
    """What was read from one folder of the package.

    `nested`: whether objects in attributes have required and optional names of their own, which
    is so for providers of plugin protocol 6. In protocol 5 objects are plain.
    """

    nested: bool = False
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    computed: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    members: dict[str, dict[str, Member]] = field(default_factory=dict)
    #: What the folder is about: (class, kind, Terraform's type, interface of its configuration).
    top: tuple[str, str, str, str] = ("", "", "", "")
    facts: dict[str, str] = field(default_factory=dict)
    #: The class's names of what can be set, and those of the interface, which sometimes differ.
    renamed: dict[str, str] = field(default_factory=dict)

    def read_js(self, text: str) -> None:
        """Take in a JavaScript file."""
        starts = [(m.start(), m[1], m[2]) for m in _PARTS.finditer(text)]
        ends = [*(start for start, _, _ in starts[1:]), len(text)]
        for (start, kind, name), end in zip(starts, ends, strict=False):
            part = text[start:end]
            if kind == "class":
                self._read_class(name, part)
            elif name.endswith("ToHclTerraform"):
                struct = name.removesuffix("ToHclTerraform")
                self.entries[struct[0].upper() + struct[1:]] = _entries(part)

    def _read_class(self, name: str, part: str) -> None:
        fields = {m[2]: (m[1], m[3] or "") for m in _FIELD.finditer(part)}
        getters = {m[3]: (m[2], m[1]) for m in _GETTER.finditer(part)}
        self.computed[name] = fields | getters
        if "synthesizeHclAttributes" in part:
            self.entries[name] = _entries(part[part.index("synthesizeHclAttributes") :])
            self.renamed = dict(_CONFIG.findall(part))
            for key, pattern in (("name", _NAME), ("source", _SOURCE), ("version", _VERSION)):
                found = pattern.search(part)
                if found:
                    self.facts[key] = found[1]

    def read_types(self, text: str) -> None:
        """Take in a `.d.ts` file."""
        for interface in _INTERFACE.finditer(text):
            self.members[interface[1]] = {
                member[2]: Member(not member[3], bool(re.match(r" *\* \w+ block\n", member[1])))
                for member in _MEMBER.finditer(interface[2])
            }
        found = _CLASS.search(text)
        if found:
            self.top = (found[1], found[2], found[3], found[4])

    def body(self) -> BodySchema:
        """Build the schema that the folder is about."""
        name, _, _, interface = self.top
        return self._body(name, name, interface)

    def _body(self, struct: str, owner: str, interface: str) -> BodySchema:
        attributes: dict[str, AttributeSchema] = {}
        blocks: dict[str, BlockSchema] = {}
        nested = set()
        members = self.members.get(interface, {})
        for entry in self.entries.get(struct, []):
            member = members[self.renamed.get(entry.member, entry.member)]
            if member.block:
                blocks[entry.name] = self._block(entry, member)
                continue
            mode = "required" if member.required else "optional"
            attributes[entry.name] = AttributeSchema(self._type(entry), mode)
            if entry.struct and self.nested:
                nested.add(entry.name)
        computed = self._computed(owner, attributes.keys() | blocks.keys())
        attributes |= {name: AttributeSchema(kind, "computed") for name, kind in computed.items()}
        attributes, blocks = dict(sorted(attributes.items())), dict(sorted(blocks.items()))
        return BodySchema(attributes, blocks, as_blocks=as_blocks(attributes, nested))

    def _block(self, entry: Entry, member: Member) -> BlockSchema:
        struct = entry.struct
        if not struct:
            return BlockSchema("list", int(member.required), 0, OPEN)
        body = self._body(struct, f"{struct}OutputReference", struct)
        if entry.kind == "struct":
            # The package calls some of these required; Terraform never does.
            return BlockSchema("single", 0, 0, body)
        return BlockSchema(entry.kind, int(member.required), 0 if entry.many else 1, body)

    def _type(self, entry: Entry) -> Type:
        if not entry.struct:
            return _simple_type(entry)
        whole = self._object(entry.struct)
        return whole if entry.kind == "struct" else (entry.kind, whole)

    def _object(self, struct: str) -> Type:
        body = self._body(struct, f"{struct}OutputReference", struct)
        required = {n for n, a in body.attributes.items() if a.mode == "required"}
        optional = body.attributes.keys() - required if self.nested else ()
        return ("object", {n: a.type for n, a in body.attributes.items()}, frozenset(optional))

    def _computed(self, owner: str, known: Container[str]) -> dict[str, Type]:
        found = self.computed.get(owner, {})
        return {
            name: self._computed_type(how, detail)
            for name, (how, detail) in found.items()
            if name not in known
        }

    def _computed_type(self, how: str, detail: str) -> Type:
        if how.startswith("cdktf."):
            return _wrapped(how.removeprefix("cdktf."))
        if how.startswith(("get", "interpolation")):
            return _getter_type(how, detail)
        if how.endswith("OutputReference"):
            return self._computed_object(how)
        for suffix, outer in (("List", "set" if detail == "true" else "list"), ("Map", "map")):
            inner = how.removesuffix(suffix)
            if inner != how:
                holds = inner if inner in self.computed else f"{inner}OutputReference"
                return (outer, self._computed_type(holds, ""))
        return ANY

    def _computed_object(self, owner: str) -> Type:
        return ("object", dict(sorted(self._computed(owner, ()).items())), frozenset())


def _entries(part: str) -> list[Entry]:
    return [Entry(*found.groups()) for found in _ENTRY.finditer(part)]


def _simple_type(entry: Entry) -> Type:
    """Read "stringMapList": the outermost wrapper is the last, and the kind says list or set."""
    inner = re.sub(r"(?:List|Map)*$", "", entry.storage)
    wraps = re.findall("List|Map", entry.storage[len(inner) :])
    if inner == "any":
        return ANY  # A type that is not fixed is shown as a map.
    kind: Type = _SIMPLE[inner]
    for place, wrap in enumerate(wraps):
        outer = entry.kind if place == len(wraps) - 1 else "list"
        kind = ("map", kind) if wrap == "Map" else (outer if outer != "simple" else "list", kind)
    return kind


def _wrapped(name: str) -> Type:
    """Read the name of a CDKTF class: StringMap, StringMapList, ..."""
    found = re.match(r"(String|Number|Boolean|Any)((?:List|Map)*)$", name)
    if not found:
        return ANY
    kind: Type = _SCALARS[found[1]]
    for wrap in re.findall("List|Map", found[2]):
        kind = (wrap.lower(), kind)
    return kind


def _getter_type(how: str, whole: str) -> Type:
    """Read getStringAttribute, getListAttribute (of strings), getNumberListAttribute, ..."""
    found = re.match(r"get(String|Number|Boolean|Any)?(List|Map)?Attribute$", how)
    if not found:
        return ANY
    kind = _SCALARS[found[1] or "String"]
    if not found[2] or kind == ANY:
        return kind
    if found[2] == "List":
        return ("set" if "tolist(" in whole else "list", kind)
    return ("map", kind)


def package_texts(wheel: Path) -> Iterator[tuple[str, str, str]]:
    """Yield (folder, "js" or "d.ts", text) of every source file in a wheel."""
    with zipfile.ZipFile(wheel) as outer:
        inner = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with (
            outer.open(inner) as packed,
            tarfile.open(fileobj=io.BytesIO(packed.read()), mode="r:gz") as files,
        ):
            for member in files:
                found = _PACKAGE_FILE.match(member.name)
                content = files.extractfile(member) if found else None
                if found and content:
                    yield found[1], found[2], content.read().decode()


def read_package(texts: Iterable[tuple[str, str, str]], *, nested: bool = False) -> Source:
    """Read a provider's schema from the source files of its package; `nested`: see `Folder`."""
    folders: dict[str, Folder] = {}
    for name, kind, text in texts:
        folder = folders.setdefault(name, Folder(nested))
        if kind == "js":
            folder.read_js(text)
        else:
            folder.read_types(text)
    return _source(folders)


def _source(folders: Mapping[str, Folder]) -> Source:
    facts = folders["provider"].facts
    address = facts["source"] if "/" in facts["source"] else f"hashicorp/{facts['source']}"
    source = Source(facts["name"], address, facts["version"])
    for folder in folders.values():
        _, kind, name, _ = folder.top
        if kind == "Resource":
            source.resources[name] = folder.body()
        elif kind == "DataSource":
            source.data[name] = folder.body()
        elif kind == "Provider":
            source.config = _without_alias(folder.body())
    return source


def _without_alias(body: BodySchema) -> BodySchema:
    """Leave out `alias`, which belongs to Terraform and not to the provider."""
    attributes = {name: a for name, a in body.attributes.items() if name != "alias"}
    return BodySchema(attributes, body.blocks, as_blocks=body.as_blocks)
