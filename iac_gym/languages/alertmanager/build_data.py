"""Builds `data/alertmanager.bin`: fields of the configuration, functions of templates, time zones.

Reads the structs of Alertmanager's Go sources and of prometheus/common, whose settings it embeds
(folders of checkouts), and the time zones of Python; see `data/SOURCE.md` for the versions.

    python -m iac_gym.languages.alertmanager.build_data ALERTMANAGER COMMON
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from pathlib import Path
from zoneinfo import available_timezones

DATA = Path(__file__).with_name("data") / "alertmanager.bin"
#: Files of each module that hold structs of the configuration.
FILES = (
    ("config/config.go", "config/notifiers.go", "timeinterval/timeinterval.go"),
    ("config/http_config.go", "config/headers.go", "sigv4/sigv4_config.go"),
)
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^\s*(?:(\w+)\s+)?([\w\[\]*.]+)\s+`(.*)`", re.MULTILINE)
_BARE = re.compile(r"^\s*([A-Z]\w*)\s+([\w\[\]*.]+)$", re.MULTILINE)
_TAG = re.compile(r'yaml:"([^"]*)"')
#: Go types that are decoded in a way of their own -> our names for them.
TYPES = {
    "string": "text", "Secret": "secret", "bool": "truth", "int": "number", "int64": "number",
    "uint64": "count", "URL": "url", "SecretURL": "secret url", "HostPort": "address",
    "Duration": "duration", "duration": "go duration", "any": "anything",
    "interface{}": "anything", "Matchers": "matchers", "MatchRegexps": "regexps",
    "TLSVersion": "tls version", "ProxyHeader": "map:list:secret", "Headers": "map:struct:Header",
    "TimeRange": "struct:TimeRange", "WeekdayRange": "weekdays",
    "DayOfMonthRange": "days", "MonthRange": "months", "YearRange": "years", "Location": "zone",
}  # fmt: skip


def type_of(go: str, module: int) -> str:
    """Return our name of a Go type."""
    if go.startswith("[]"):
        return "list:" + type_of(go[2:], module)
    if go.startswith("map[string]"):
        return "map:" + type_of(go[len("map[string]") :], module)
    if go.startswith("*"):
        return type_of(go[1:], module)
    if go == "time.Duration":
        return "nanoseconds"
    package, _, name = go.rpartition(".")
    if package == "timeinterval":
        return "struct:Interval"
    if name == "URL" and (module == 1 or package == "commoncfg"):
        return "any url"
    return TYPES.get(name, f"struct:{name}")


def structs(source: str, module: int) -> dict[str, dict[str, str]]:
    """Return the fields of each struct; an inlined struct stands under the key `<name`."""
    found = {}
    for name, body in _STRUCT.findall(source):
        fields: dict[str, str] = {}
        for _, go, tags in _FIELD.findall(body):
            tag = _TAG.search(tags)
            key, _, options = (tag[1] if tag else "").partition(",")
            if "inline" in options:
                fields["<" + go] = go
            elif tag and key != "-":
                fields[key] = type_of(go, module)
        if "RocketchatAttachment" in name:  # no tags for YAML: the names in lower case
            for field, go, _ in _FIELD.findall(body):
                fields[field.lower()] = type_of(go, module)
        if fields:
            found[name] = fields
    return found


def flat(name: str, every: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the fields of a struct with those of the structs that it inlines."""
    fields: dict[str, str] = {}
    for key, kind in every[name].items():
        if key[0] != "<":
            fields[key] = kind
        elif kind in every:
            fields |= flat(kind, every)
    return fields


def build(folders: list[Path]) -> dict[str, dict[str, str]]:
    """Read the sources and return the fields of all structs."""
    every: dict[str, dict[str, str]] = {}
    for module, folder in enumerate(folders):
        for file in FILES[module]:
            found = structs((folder / file).read_text("utf-8"), module)
            if file.startswith("timeinterval"):  # another struct of the same name
                found = {"Interval": found["TimeInterval"], "TimeRange": found["yamlTimeRange"]}
            every |= found
    every.pop("Headers", None)
    return {name: flat(name, every) for name in sorted(every)}


def templates(folder: Path) -> dict[str, list[str]]:
    """Return the functions that templates may call, and the names of the templates built in."""
    source = (folder / "template.go").read_text("utf-8")
    table = source[source.index("var DefaultFuncs") :]
    functions = re.findall(r'^\t"(\w+)":', table[: table.index("\n}")], re.MULTILINE)
    texts = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.tmpl")))
    return {
        "functions": sorted(functions),
        "templates": sorted(set(re.findall(r'{{-? *define "([^"]+)"', texts))),
    }


def main() -> None:
    """Write the pack."""
    tables = build([Path(folder) for folder in sys.argv[1:3]])
    zones = sorted(available_timezones() - {"localtime"})
    pack = {"structs": tables, "zones": zones, **templates(Path(sys.argv[1]) / "template")}
    DATA.write_bytes(zlib.compress(json.dumps(pack, sort_keys=True).encode(), 9))
    print(f"{DATA.name}: {len(tables)} structs, {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main()
