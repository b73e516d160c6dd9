"""What `requirements.yml` asks of Galaxy: roles and collections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from iac_gym.formats.yaml import Mark, YamlList, YamlMap


@dataclass(frozen=True, slots=True)
class Wanted:
    """One role or collection. `name` is how playbooks call it."""

    name: str
    version: str = ""
    source: str = ""
    type: str = ""
    src: str = ""
    scm: str = ""
    path: str = ""
    mark: Mark = (0, 0)


@dataclass(slots=True)
class Required:
    """All that is asked for."""

    roles: list[Wanted] = field(default_factory=list)
    collections: list[Wanted] = field(default_factory=list)


def read_requirements(tree: Any, path: str, into: Required) -> None:
    """Add what one file asks for; parts of a wrong type are left out."""
    if tree.__class__ is YamlList:
        into.roles += _wanted(tree, path)
    elif tree.__class__ is YamlMap:
        into.roles += _wanted(tree.get("roles"), path)
        into.collections += _wanted(tree.get("collections"), path)


def _wanted(value: Any, path: str) -> list[Wanted]:
    found = []
    for entry, mark in zip(value, value.marks, strict=True) if _listed(value) else ():
        if isinstance(entry, str):
            name, _, version = entry.partition(":" if "://" not in entry else ",")
            src = name if "/" in name else ""
            found.append(Wanted(_short(name), version, src=src, path=path, mark=mark))
        elif entry.__class__ is YamlMap:
            text = {key: "" if one is None else str(one) for key, one in entry.items()}
            src = text.get("src", "")
            made = Wanted(
                text.get("name") or _short(src or text.get("role", "")),
                text.get("version", ""),
                text.get("source", ""),
                text.get("type", ""),
                src,
                text.get("scm", ""),
                path,
                mark,
            )
            found.append(made)
    return found


def _listed(value: Any) -> bool:
    return value.__class__ is YamlList


def _short(name: str) -> str:
    """Return the name of a role that is given by the address of its repository."""
    if "://" not in name and "@" not in name:
        return name
    return name.rstrip("/").rpartition("/")[2].removesuffix(".git").removesuffix(".tar.gz")
