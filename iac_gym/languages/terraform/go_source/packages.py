"""Find and read the Go packages under some folders."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from iac_gym.languages.terraform.go_source.values import Node, Value, children, source_text


class File:
    """A source file: its package and its imports."""

    __slots__ = ("imports", "package")

    def __init__(self, package: Package, imports: dict[str, str]) -> None:
        self.package = package
        self.imports = imports


class Package:
    """A package: its declarations by name; methods are named `Type.method`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.functions: dict[str, tuple[File, Node]] = {}
        self.methods: dict[str, dict[str, tuple[File, Node]]] = {}
        self.values: dict[str, tuple[File, Node, Node | None]] = {}
        self.types: dict[str, tuple[File, Node]] = {}
        self.cache: dict[str, Value] = {}


class Source:
    """The Go packages under some folders: `roots` maps import path prefixes to folders."""

    def __init__(self, roots: Mapping[str, Path], natives: frozenset[str]) -> None:
        language = importlib.import_module("tree_sitter_go").language()
        tree_sitter = importlib.import_module("tree_sitter")
        self._parser = tree_sitter.Parser(tree_sitter.Language(language))
        self._roots = sorted(roots.items(), key=lambda item: -len(item[0]))
        self._packages: dict[str, Package | None] = {}
        self.natives = natives

    def package(self, path: str) -> Package | None:
        """Return a package, None where its source is not at hand."""
        if path not in self._packages:
            folder = self._folder(path)
            self._packages[path] = None if folder is None else self._read(path, folder)
        return self._packages[path]

    def _folder(self, path: str) -> Path | None:
        for prefix, root in self._roots:
            if prefix and path != prefix and not path.startswith(prefix + "/"):
                continue
            folder = root / path[len(prefix) :].lstrip("/")
            if folder.is_dir():
                return folder
        return None

    def _read(self, path: str, folder: Path) -> Package:
        package = Package(path)
        for file in sorted(folder.glob("*.go")):
            if not file.name.endswith("_test.go"):
                tree = self._parser.parse(file.read_bytes())
                self._declare(package, tree.root_node)
        return package

    def _declare(self, package: Package, root: Node) -> None:
        file = File(package, dict(_imports(root)))
        for node in root.children:
            if node.type == "function_declaration":
                package.functions[source_text(node.child_by_field_name("name"))] = (file, node)
            elif node.type == "method_declaration":
                self._method(package, file, node)
            elif node.type in ("const_declaration", "var_declaration"):
                _variables(package, file, node)
            elif node.type == "type_declaration":
                for spec in children(node):
                    name = spec.child_by_field_name("name")
                    if name:
                        package.types[source_text(name)] = (file, spec.child_by_field_name("type"))

    @staticmethod
    def _method(package: Package, file: File, node: Node) -> None:
        receiver = children(node.child_by_field_name("receiver"))[0]
        type = source_text(receiver.child_by_field_name("type")).lstrip("*").split("[")[0]
        name = source_text(node.child_by_field_name("name"))
        package.methods.setdefault(type, {})[name] = (file, node)


def _imports(root: Node) -> Iterator[tuple[str, str]]:
    for node in root.children:
        if node.type != "import_declaration":
            continue
        specs = [n for n in children(node) if n.type == "import_spec"]
        for group in children(node):
            if group.type == "import_spec_list":
                specs += [n for n in children(group) if n.type == "import_spec"]
        for spec in specs:
            path = source_text(spec.child_by_field_name("path")).strip('"`')
            name = spec.child_by_field_name("name")
            yield (source_text(name) if name else _last(path)), path


def _last(path: str) -> str:
    """Return the name that an import path gives by itself."""
    parts = path.split("/")
    if re.fullmatch(r"v\d+", parts[-1]) and len(parts) > 1:
        parts.pop()
    return parts[-1].split(".")[0] if parts[-1].startswith("yaml.") else parts[-1]


def _variables(package: Package, file: File, node: Node) -> None:
    specs = [n for n in children(node) if n.type in ("const_spec", "var_spec")]
    for group in children(node):
        if group.type == "var_spec_list":
            specs += [n for n in children(group) if n.type == "var_spec"]
    for spec in specs:
        names = spec.children_by_field_name("name")
        value = spec.child_by_field_name("value")
        values = children(value) if value else []
        type = spec.child_by_field_name("type")
        for place, name in enumerate(names):
            one = values[place] if place < len(values) and len(values) == len(names) else None
            package.values[source_text(name)] = (file, type, one)
