"""The built-in objects of templates: `.Chart`, `.Files`, `.Capabilities`, `.Release`."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from iac_gym.formats.gotemplate.functions import function
from iac_gym.formats.gotemplate.values import (
    NamedMap,
    OtherList,
    StringMap,
    Strings,
    Struct,
    decode,
)
from iac_gym.formats.gotemplate.yaml_text import to_yaml
from iac_gym.languages.helm.capabilities import API_VERSIONS, HELM_VERSION, KUBE_VERSION
from iac_gym.languages.helm.instance import Instance
from iac_gym.languages.helm.metadata import LIST_FIELDS, TEXT_FIELDS, Dependency

#: Most patterns of `.Files.Glob` that are kept compiled.
_LONGEST_PATTERN = 500


def chart_object(chart: Instance) -> Struct:
    """Return `.Chart`: the metadata under Go's names."""
    meta = chart.chart.meta
    fields: dict[str, Any] = {
        go_name: meta.texts.get(name, "") for name, go_name in TEXT_FIELDS.items()
    }
    fields |= {go_name: Strings(meta.lists.get(name, ())) for name, go_name in LIST_FIELDS.items()}
    fields["Name"] = chart.name
    fields["APIVersion"] = meta.api_version
    fields["Deprecated"] = meta.deprecated
    fields["Annotations"] = StringMap(meta.annotations or {})
    fields["Maintainers"] = OtherList("[]*chart.Maintainer", map(_maintainer, meta.maintainers))
    fields["Dependencies"] = OtherList("[]*chart.Dependency", map(_dependency, chart.dependencies))
    fields["IsRoot"] = chart.is_root
    return Struct("struct { chart.Metadata; IsRoot bool }", fields)


def _maintainer(said: Mapping[str, str]) -> Struct:
    return Struct(
        "*chart.Maintainer", {"Name": said["name"], "Email": said["email"], "URL": said["url"]}
    )


def _dependency(one: Dependency) -> Struct:
    return Struct(
        "*chart.Dependency",
        {
            "Name": one.name,
            "Version": one.version,
            "Repository": one.repository,
            "Condition": one.condition,
            "Tags": Strings(one.tags),
            "Enabled": one.enabled,
            "ImportValues": list(one.imports),
            "Alias": one.alias,
        },
    )


@cache
def capabilities_object() -> Struct:
    """Return `.Capabilities` as `helm template` fills it without a cluster."""
    known = frozenset(API_VERSIONS)
    has: Any = function(lambda name: name in known, "string")
    version: Any = function(lambda: KUBE_VERSION)
    major, minor, _ = KUBE_VERSION.removeprefix("v").split(".")
    kube = Struct(
        "chartutil.KubeVersion",
        {"Version": KUBE_VERSION, "Major": major, "Minor": minor},
        {"GitVersion": version, "String": version},
        printed=KUBE_VERSION,
    )
    versions = Struct(
        "chartutil.VersionSet",
        {},
        {"Has": has},
        value=Strings(API_VERSIONS),
    )
    helm = Struct(
        "version.BuildInfo",
        {"Version": HELM_VERSION, "GitCommit": "", "GitTreeState": "", "GoVersion": "go1.24"},
    )
    return Struct(
        "*chartutil.Capabilities",
        {"KubeVersion": kube, "APIVersions": versions, "HelmVersion": helm},
    )


def release_object(name: str, namespace: str) -> dict[str, Any]:
    """Return `.Release` of a first installation."""
    return {
        "Name": name,
        "Namespace": namespace,
        "IsUpgrade": False,
        "IsInstall": True,
        "Revision": 1,
        "Service": "Helm",
    }


def files_object(files: Mapping[str, bytes]) -> NamedMap:
    """Return `.Files` (or what `.Files.Glob` gives of it)."""

    def get(name: str) -> str:
        return decode(files.get(name, b""))

    def lines(name: str) -> Strings:
        text = get(name)
        return Strings(text.removesuffix("\n").split("\n") if text else ())

    def as_config() -> str:
        return _as_yaml({path.rpartition("/")[2]: get(path) for path in files})

    def as_secrets() -> str:
        return _as_yaml(
            {
                path.rpartition("/")[2]: base64.b64encode(data).decode("ascii")
                for path, data in files.items()
            }
        )

    methods: dict[str, Any] = {
        "Get": function(get, "string"),
        "GetBytes": function(lambda name: files.get(name, b""), "string"),
        "Glob": function(lambda pattern: files_object(_globbed(files, pattern)), "string"),
        "Lines": function(lines, "string"),
        "AsConfig": function(as_config),
        "AsSecrets": function(as_secrets),
    }
    return NamedMap("engine.files", files, methods, loose=False, zero=b"")


def _as_yaml(texts: Mapping[str, str]) -> str:
    return to_yaml(dict(sorted(texts.items()))).removesuffix("\n")


def _globbed(files: Mapping[str, bytes], pattern: str) -> dict[str, bytes]:
    matcher = _glob(pattern if isinstance(pattern, str) else "**")
    return {path: data for path, data in files.items() if matcher.fullmatch(path)}


@lru_cache(maxsize=256)
def _glob(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of gobwas/glob with `/` as separator; a wrong one means everything."""
    try:
        return re.compile(_glob_regex(pattern[:_LONGEST_PATTERN]), re.DOTALL)
    except (ValueError, re.error):
        return re.compile(".*", re.DOTALL)


def _glob_regex(pattern: str) -> str:
    made: list[str] = []
    at, depth = 0, 0
    while at < len(pattern):
        char = pattern[at]
        if char == "*":
            stars = len(pattern[at:]) - len(pattern[at:].lstrip("*"))
            made.append(".*" if stars > 1 else "[^/]*")
            at += stars - 1
        elif char == "[":
            end = pattern.index("]", at + 1)
            inner = pattern[at + 1 : end]
            inner = "^" + inner[1:] if inner[:1] == "!" else inner
            made.append("[" + inner.replace("\\", "\\\\") + "]")
            at = end
        elif char == "\\" and at + 1 < len(pattern):
            at += 1
            made.append(re.escape(pattern[at]))
        elif char in "{}":
            depth += 1 if char == "{" else -1
            made.append("(?:" if char == "{" else ")")
        else:
            made.append({"?": "[^/]", ",": "|" if depth > 0 else ","}.get(char, re.escape(char)))
        at += 1
    return "".join(made)
