"""Read the fields of Prometheus' configuration out of its Go structs into `data/config.bin`.

    python -m iac_gym.languages.prometheus.build_data PROMETHEUS COMMON SIGV4

The arguments are folders with the sources of prometheus/prometheus, prometheus/common and
prometheus/sigv4 at the versions that `data/SOURCE.md` names. Each struct becomes a mapping from the
key in YAML to a type: `text`, `bool`, `int`, `uint`, `float`, `duration`, `bytes`, `url`, `regexp`,
`any`, the name of a struct, or `[type]` and `{type}` for lists and mappings. Structs that are
written inline are unfolded.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path

TARGET = Path(__file__).parent / "data" / "config.bin"
#: Where the structs stand; the first part of a struct's name is its package.
SOURCES = (
    ("config/*.go", "model/relabel/*.go", "storage/remote/azuread/*.go",
     "storage/remote/googleiam/*.go", "discovery/*/*.go", "cmd/promtool/unittest.go"),
    ("config/*.go",),
    ("sigv4_config.go",),
)  # fmt: skip
_STRUCT = re.compile(r"^type (\w+) struct \{.*?\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\t(?:(\w+)\s+)?([\w.*\[\]]+)\s+`([^`]*)`", re.MULTILINE)
_ALIAS = re.compile(r"^type (\w+) = (\w+)$", re.MULTILINE)
_NAME = re.compile(r"func \((?:\w+ )?\*?(\w+)\) Name\(\) string \{\s*return \"(\w+)\"")
_KINDS = {
    "string": "text", "Secret": "text", "LabelName": "text", "Role": "text", "role": "text",
    "ScrapeProtocol": "text", "Action": "text", "ValidationScheme": "text", "TLSVersion": "text",
    "TracingClientType": "text", "AlertmanagerAPIVersion": "text", "WriteMessageType": "text",
    "TranslationStrategyOption": "text", "bool": "bool", "int": "int", "int64": "int",
    "uint": "uint", "uint64": "uint", "float64": "float", "Duration": "duration",
    "Base2Bytes": "bytes", "URL": "url", "Regexp": "regexp", "LabelNames": "[text]",
    "LabelSet": "{text}", "Labels": "{text}", "Values": "{[text]}", "ProxyHeader": "{[text]}",
    "any": "any", "testStartTimestamp": "text", "Parser": "any",
    "AlertmanagerConfigs": "[config.AlertmanagerConfig]",
}  # fmt: skip
_SKIPPED = frozenset(("Configs",))


#: Struct -> its fields: key, type, and whether the fields of that type stand here.
Structs = dict[str, list[tuple[str, str, bool]]]


def package_of(path: Path, root: Path) -> str:
    """Return the package of a source file: common's own is `http`, as `config` is taken."""
    name = path.parent.name
    return "http" if name == "config" and root.name.endswith("common") else name


def kind_of(go: str, package: str) -> str:
    """Return the type of a field."""
    go = go.lstrip("*")
    if go.startswith("[]"):
        return f"[{kind_of(go[2:], package)}]"
    if go.startswith("map[string]"):
        return f"{{{kind_of(go[11:], package)}}}"
    scope, _, name = go.rpartition(".")
    if name in _KINDS:
        return _KINDS[name]
    scope = {"config": "http", "config_util": "http", "": package}.get(scope, scope)
    return f"{scope}.{name}"


def read(folder: Path, patterns: tuple[str, ...]) -> tuple[Structs, dict[str, str]]:
    """Return the fields (key, type, inline) of the structs of a folder, and the discoveries."""
    structs: Structs = {}
    names: dict[str, str] = {}
    aliases: dict[str, str] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if path.name.endswith("_test.go"):
                continue
            package = package_of(path, folder)
            text = path.read_text(encoding="utf-8")
            for name, body in _STRUCT.findall(text):
                structs[f"{package}.{name}"] = list(fields(body, package))
            for name, other in _ALIAS.findall(text):
                aliases[f"{package}.{name}"] = f"{package}.{other}"
            for struct, name in _NAME.findall(text):
                names[name] = f"{package}.{struct}"
    return structs, {name: aliases.get(struct, struct) for name, struct in names.items()}


def fields(body: str, package: str) -> list[tuple[str, str, bool]]:
    """Return the fields of a struct that YAML knows."""
    found = []
    for name, go, tag in _FIELD.findall(body):
        match = re.search(r'yaml:"([^"]*)"', tag)
        if match is None or match[1] == "-" or go.rpartition(".")[2] in _SKIPPED:
            continue
        key, _, options = match[1].partition(",")
        inline = "inline" in options
        found.append((key or name.lower(), kind_of(go, package), inline))
    return found


def unfold(name: str, structs: Structs) -> dict[str, str]:
    """Return the fields of a struct with those of its inline structs."""
    found: dict[str, str] = {}
    for key, kind, inline in structs[name]:
        if inline and kind in structs:
            found.update(unfold(kind, structs))
        else:
            found[key] = kind
    return found


def main(folders: list[str]) -> None:
    """Write the pack."""
    structs: Structs = {}
    names: dict[str, str] = {}
    for folder, patterns in zip(folders, SOURCES, strict=True):
        more, named = read(Path(folder), patterns)
        structs.update(more)
        names.update(named)
    discovery = {f"{name}_sd_configs": f"[{struct}]" for name, struct in sorted(names.items())}
    discovery["static_configs"] = "[group]"
    made = {"group": {"targets": "[text]", "labels": "{text}"}}
    queue = ["config.Config", "config.ScrapeConfigs", "promtool.unitTestFile", *names.values()]
    while queue:
        name = queue.pop()
        if name in made:
            continue
        made[name] = unfold(name, structs)
        if name in ("config.ScrapeConfig", "config.AlertmanagerConfig"):
            made[name].update(discovery)
        for kind in made[name].values():
            inner = kind.strip("[]{}")
            if inner in structs:
                queue.append(inner)
            elif "." in inner:
                raise SystemExit(f"{name}: {kind} is not known")
    made["http.Headers"] = {"*": "http.Header"}
    made["http.Header"] = unfold("http.Header", structs)
    text = json.dumps(made, sort_keys=True, separators=(",", ":"))
    TARGET.write_bytes(zlib.compress(text.encode(), 9))
    sys.stdout.write(f"{len(made)} structs, {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
