"""`Chart.yaml` as Helm's Go structs hold it: fields, their types, and what Helm demands of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap
from iac_gym.languages.helm.reading import Faults, note

#: Fields of `chart.Metadata`, in Helm's order, as Go names them.
TEXT_FIELDS = {
    "name": "Name",
    "home": "Home",
    "version": "Version",
    "description": "Description",
    "icon": "Icon",
    "apiVersion": "APIVersion",
    "condition": "Condition",
    "tags": "Tags",
    "appVersion": "AppVersion",
    "kubeVersion": "KubeVersion",
    "type": "Type",
}
LIST_FIELDS = {"sources": "Sources", "keywords": "Keywords"}
_FIELDS = (*TEXT_FIELDS, *LIST_FIELDS, "maintainers", "deprecated", "annotations", "dependencies")
_MAINTAINER = ("name", "email", "url")
_DEPENDENCY = ("name", "version", "repository", "condition", "alias")
_DEPENDENCY_FIELDS = (*_DEPENDENCY, "tags", "enabled", "import-values")

#: A tree whose fields are found whatever their case, as encoding/json does.
Fields = dict[str, tuple[Any, Mark]]


@dataclass
class Dependency:
    """One entry of `dependencies`. `name` becomes the alias once charts are matched."""

    name: str = ""
    version: str = ""
    repository: str = ""
    condition: str = ""
    alias: str = ""
    tags: tuple[str, ...] = ()
    imports: tuple[Any, ...] = ()
    mark: Mark = (0, 0)
    enabled: bool = True

    @property
    def key(self) -> str:
        """Under which name its values stand."""
        return self.alias or self.name


@dataclass
class Metadata:
    """What `Chart.yaml` says. `texts` holds the plain fields by their YAML names."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    maintainers: list[dict[str, str]] = field(default_factory=list)
    annotations: dict[str, str] | None = None
    deprecated: bool = False
    dependencies: list[Dependency] = field(default_factory=list)
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The chart's name."""
        return self.texts.get("name", "")

    @property
    def version(self) -> str:
        """The chart's version."""
        return self.texts.get("version", "")

    @property
    def app_version(self) -> str:
        """The version of what the chart installs."""
        return self.texts.get("appVersion", "")

    @property
    def api_version(self) -> str:
        """`v1` (also where it says nothing) or `v2`."""
        return self.texts.get("apiVersion", "") or "v1"

    @property
    def is_library(self) -> bool:
        """Whether the chart is a library, which renders nothing."""
        return self.texts.get("type", "").lower() == "library"


def _fields_of(tree: Any, names: tuple[str, ...]) -> Fields:
    """Return the known fields of a mapping by their right names; `tree` may be anything."""
    found: Fields = {}
    if not isinstance(tree, YamlMap):
        return found
    lower = {name.lower(): name for name in names}
    for key, value in tree.items():
        name = lower.get(key.lower()) if isinstance(key, str) else None
        if name:
            found[name] = value, tree.marks[key]
    return found


def scalar_text(value: Any) -> str | None:
    """Return a scalar as `sigs.k8s.io/yaml` makes it text for a string field; None for others."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return None


def sanitized(text: str) -> str:
    """Drop what cannot be printed; every kind of space becomes a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] in "LMNPS"
    )


class _Reader:
    """Decodes one Chart.yaml (or requirements.yaml), noting what Go could not decode."""

    def __init__(self, path: str, faults: Faults) -> None:
        self.path = path
        self.faults = faults

    def wrong(self, message: str, mark: Mark, hint: str = "") -> None:
        note(self.faults, "chart-yaml-has-right-types", message, self.path, mark, hint)

    def text(self, fields: Fields, name: str, where: str = "") -> str:
        value, mark = fields.get(name, ("", (0, 0)))
        said = scalar_text(value)
        if said is None:
            self.wrong(f"`{where}{name}` must be text", mark)
        return sanitized(said or "")

    def texts(self, fields: Fields, name: str, where: str = "") -> list[str]:
        value, mark = fields.get(name, (None, (0, 0)))
        if value is None:
            return []
        if not isinstance(value, YamlList):
            self.wrong(f"`{where}{name}` must be a list", mark)
            return []
        found = [scalar_text(item) for item in value]
        if None in found:
            self.wrong(f"each entry of `{where}{name}` must be text", mark)
        return [sanitized(item or "") for item in found]

    def entries(self, fields: Fields, name: str) -> Iterator[tuple[YamlMap, Mark]]:
        value, mark = fields.get(name, (None, (0, 0)))
        if value is None:
            return
        if not isinstance(value, YamlList):
            self.wrong(f"`{name}` must be a list", mark)
            return
        for place, item in enumerate(value):
            if item is None:
                message = f"`{name}` must not contain empty entries"
                note(self.faults, "chart-yaml-is-complete", message, self.path, value.marks[place])
            elif isinstance(item, YamlMap):
                yield item, value.marks[place]
            else:
                self.wrong(f"each entry of `{name}` must be a mapping", value.marks[place])

    def dependencies(self, fields: Fields) -> list[Dependency]:
        found = []
        for tree, mark in self.entries(fields, "dependencies"):
            inner = _fields_of(tree, _DEPENDENCY_FIELDS)
            said = {name: self.text(inner, name, "dependencies.") for name in _DEPENDENCY}
            imports, at = inner.get("import-values", (None, mark))
            if not isinstance(imports, YamlList) and imports is not None:
                self.wrong("`dependencies.import-values` must be a list", at)
                imports = []
            tags = tuple(self.texts(inner, "tags", "dependencies."))
            enabled, at = inner.get("enabled", (True, mark))
            if not isinstance(enabled, bool) and enabled is not None:
                self.wrong("`dependencies.enabled` must be true or false", at)
            one = Dependency(said["name"], said["version"], said["repository"])
            one.condition, one.alias = said["condition"], said["alias"]
            one.tags, one.imports, one.mark = tags, tuple(imports or ()), mark
            found.append(one)
        return found

    def annotations(self, fields: Fields) -> dict[str, str] | None:
        value, mark = fields.get("annotations", (None, (0, 0)))
        if value is None:
            return None
        if not isinstance(value, YamlMap):
            self.wrong("`annotations` must be a mapping", mark)
            return None
        made = {}
        for key, item in value.items():
            said = scalar_text(item)
            if said is None:
                self.wrong(f"the annotation `{key}` must be text", value.marks[key])
            made[str(key)] = said or ""
        return made

    def metadata(self, tree: YamlMap) -> Metadata:
        fields = _fields_of(tree, _FIELDS)
        made = Metadata(marks={name: mark for name, (_, mark) in fields.items()})
        made.texts = {name: self.text(fields, name) for name in TEXT_FIELDS if name in fields}
        made.lists = {name: self.texts(fields, name) for name in LIST_FIELDS if name in fields}
        for entry, _ in self.entries(fields, "maintainers"):
            inner = _fields_of(entry, _MAINTAINER)
            said = {name: self.text(inner, name, "maintainers.") for name in _MAINTAINER}
            made.maintainers.append(said)
        deprecated, mark = fields.get("deprecated", (False, (0, 0)))
        if not isinstance(deprecated, bool) and deprecated is not None:
            self.wrong("`deprecated` must be true or false", mark)
        made.deprecated = deprecated is True
        made.annotations = self.annotations(fields)
        made.dependencies = self.dependencies(fields)
        return made


def read_metadata(tree: YamlMap, path: str, faults: Faults) -> Metadata:
    """Decode `Chart.yaml`, noting values of a wrong type."""
    return _Reader(path, faults).metadata(tree)


def read_requirements(tree: YamlMap, path: str, faults: Faults) -> list[Dependency]:
    """Decode the dependencies of a `requirements.yaml` (charts of apiVersion v1)."""
    return _Reader(path, faults).dependencies(_fields_of(tree, ("dependencies",)))


_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")


def is_alias(text: str) -> bool:
    """Whether Helm takes a text as alias of a dependency."""
    return bool(_ALIAS.fullmatch(text))
