"""Rewritings of dashboards and provisioning files that mean the same to Grafana."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from iac_gym.formats.json_text import load as load_json
from iac_gym.formats.yaml import load as load_yaml
from iac_gym.formats.yaml_scalars import COMPOSE

Change = Callable[[Any], Any]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _panels(tree: Any) -> Iterator[dict[str, Any]]:
    for panel in tree.get("panels") or ():
        yield panel
        yield from panel.get("panels") or ()


def _each_panel(change: Callable[[dict[str, Any]], None]) -> Change:
    def apply(tree: Any) -> Any:
        for panel in _panels(tree):
            if panel.get("type") != "row":
                change(panel)
        return tree

    return apply


def _other_braces(panel: dict[str, Any]) -> None:
    """Write `${name}` as `[[name]]`, and `$name` as `${name}`, in the queries of Prometheus."""
    for target in panel.get("targets") or ():
        if isinstance(target.get("expr"), str):
            target["expr"] = _braced(target["expr"])


def _braced(text: str) -> str:
    made, at = [], 0
    while at < len(text):
        if text[at] == "$" and text[at + 1 : at + 2].isidentifier():
            end = at + 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_"):
                end += 1
            made.append("${" + text[at + 1 : end] + "}")
            at = end
        else:
            made.append(text[at])
            at += 1
    return "".join(made)


def _own_sources(panel: dict[str, Any]) -> None:
    """Write the panel's data source into each of its queries."""
    source = panel.get("datasource")
    if source is not None:
        for target in panel.get("targets") or ():
            target.setdefault("datasource", source)


def _defaults_written(panel: dict[str, Any]) -> None:
    for target in panel.get("targets") or ():
        target.setdefault("hide", False)
    panel.setdefault("transparent", False)


def _hidden_added(panel: dict[str, Any]) -> None:
    """Add a query that is hidden."""
    targets = panel.get("targets")
    if targets and "expr" in targets[0]:
        targets.append({**targets[0], "refId": "ZZ", "hide": True})


def _moved_down(tree: Any) -> Any:
    """Start the grid some rows lower."""
    for panel in _panels(tree):
        if isinstance(panel.get("gridPos"), dict) and isinstance(panel["gridPos"].get("y"), int):
            panel["gridPos"]["y"] += 3
    return tree


def _object_queries(tree: Any) -> Any:
    """Write the queries of variables as objects, as Grafana's editor does."""
    for one in (tree.get("templating") or {}).get("list") or ():
        if one.get("type") == "query" and isinstance(one.get("query"), str):
            one["definition"] = one["query"]
            one["query"] = {"query": one["query"], "refId": "StandardVariableQuery"}
    return tree


_CHANGES: Mapping[str, Change] = {
    "keys in the opposite order": _backwards,
    "other braces": _each_panel(_other_braces),
    "data sources in queries": _each_panel(_own_sources),
    "defaults written out": _each_panel(_defaults_written),
    "a hidden query": _each_panel(_hidden_added),
    "moved down": _moved_down,
    "queries of variables as objects": _object_queries,
    "as the API takes it": lambda tree: {"dashboard": tree, "overwrite": True},
}
_YAML_CHANGES: Mapping[str, Change] = {"keys in the opposite order": _backwards}


def equivalents(files: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what was changed, files) for rewritings with the same meaning."""
    for path, text in files.items():
        if path.endswith(".json"):
            yield from _of_dashboard(files, path, text)
        elif path.endswith((".yaml", ".yml")):
            yield from _of_provisioning(files, path, text)


def _of_dashboard(
    files: Mapping[str, str], path: str, text: str
) -> Iterator[tuple[str, dict[str, str]]]:
    wrapped = isinstance(load_json(text).value.get("dashboard"), dict)
    for change, rewrite in _CHANGES.items():
        tree = _plain(load_json(text).value)
        inner = tree["dashboard"] if wrapped else tree
        yield change, {**files, path: json.dumps(rewrite(inner), indent=2)}
    tree = _plain(load_json(text).value)
    yield "one line", {**files, path: json.dumps(tree, separators=(",", ":"))}
    yield "escaped", {**files, path: json.dumps(tree, indent="\t", ensure_ascii=True)}


def _of_provisioning(
    files: Mapping[str, str], path: str, text: str
) -> Iterator[tuple[str, dict[str, str]]]:
    tree = _plain(load_yaml(text, COMPOSE).value)
    for change, rewrite in _YAML_CHANGES.items():
        yield change, {**files, path: yaml.safe_dump(rewrite(tree), sort_keys=False)}
    yield "JSON", {**files, path: json.dumps(tree, indent=2)}
    flow = yaml.safe_dump(tree, default_flow_style=True, sort_keys=False, width=80)
    yield "flow style", {**files, path: flow}
    yield "a comment", {**files, path: f"# written by hand\n{text}# the end\n"}
