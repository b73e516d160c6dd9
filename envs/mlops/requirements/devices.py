"""Requirements about configuration files in ConfigMaps: GPU sharing, exporters, Feast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from envs.mlops.commands import lines_of, option, same_value
from envs.mlops.reading import each, equal, maps, shown
from envs.mlops.spots import Spot, of_pods
from iac_gym.check import Findings, requirement
from iac_gym.formats.yaml import KUBERNETES, YamlError, load
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_map, as_text


def _file(manifest: Manifest, name: str, key: str, check: Callable[[Any], str]) -> Findings:
    """Check the YAML text under a key of a ConfigMap; the check says what is wrong."""

    def inner(item: KubeObject) -> Findings:
        text = as_map(item.get("data")).get(key)
        if not isinstance(text, str):
            yield item.finding(f"the ConfigMap `{name}` has no key `{key}`", "data")
            return
        try:
            tree = load(text, KUBERNETES).value
        except YamlError as error:
            message = f"`{key}` is no YAML: {error.message} in its line {error.line}"
            yield item.finding(message, "data", key)
            return
        wrong = check(tree)
        if wrong:
            yield item.finding(f"`{key}` of `{name}`: {wrong}", "data", key)

    return each(manifest, name, ("ConfigMap",), inner)


def _slicing(tree: Any) -> dict[Any, Any]:
    """Return the time slicing of a configuration of the NVIDIA device plugin."""
    return as_map(as_map(as_map(tree).get("sharing")).get("timeSlicing"))


@requirement(
    "the ConfigMap `{name}` has, under the key `{key}`, a configuration of the NVIDIA device plugin"
    " that time-slices every GPU (`nvidia.com/gpu`) into {count}",
    "each `nvidia.com/gpu` is offered {count} times by time slicing, in the key `{key}` of the"
    " ConfigMap `{name}`",
)
def time_slicing(manifest: Manifest, name: str, key: str, count: int) -> Findings:
    """`sharing.timeSlicing.resources` of a device plugin configuration of version v1."""

    def check(tree: Any) -> str:
        if as_map(tree).get("version") != "v1":
            return "`version` is not v1"
        found = [
            one.get("replicas")
            for one in maps(_slicing(tree).get("resources"))
            if one.get("name") == "nvidia.com/gpu"
        ]
        if len(found) == 1 and equal(found[0], count):
            return ""
        return f"the replicas of nvidia.com/gpu are {shown(found[0] if found else None)}"

    return _file(manifest, name, key, check)


@requirement(
    "with the key `{key}` of `{name}`, the shared resource is renamed to `nvidia.com/gpu.shared`",
    "the configuration `{key}` in `{name}` renames shared GPUs by default",
)
def shared_renamed(manifest: Manifest, name: str, key: str) -> Findings:
    """`renameByDefault` of the time slicing."""
    return _file(manifest, name, key, lambda tree: _true(_slicing(tree), "renameByDefault"))


@requirement(
    "with the key `{key}` of `{name}`, a pod that asks for more than one shared GPU fails",
    "the configuration `{key}` in `{name}` rejects requests for more than one shared GPU",
)
def single_share(manifest: Manifest, name: str, key: str) -> Findings:
    """`failRequestsGreaterThanOne` of the time slicing."""
    field = "failRequestsGreaterThanOne"
    return _file(manifest, name, key, lambda tree: _true(_slicing(tree), field))


def _true(tree: dict[Any, Any], field: str) -> str:
    return "" if tree.get(field) is True else f"`{field}` is not true"


@requirement(
    "the MIG strategy in the key `{key}` of `{name}` is {strategy}",
    "the configuration `{key}` in `{name}` uses the MIG strategy {strategy}",
)
def mig_strategy(manifest: Manifest, name: str, key: str, strategy: str) -> Findings:
    """`flags.migStrategy` of a device plugin configuration."""

    def check(tree: Any) -> str:
        found = as_map(as_map(tree).get("flags")).get("migStrategy")
        return "" if found == strategy else f"`flags.migStrategy` is {shown(found)}"

    return _file(manifest, name, key, check)


@requirement(
    "the counters in the key `{key}` of the ConfigMap `{name}` include `{field}` as a gauge",
    "`{field}` is exported as a gauge by the list `{key}` in the ConfigMap `{name}`",
)
def counter(manifest: Manifest, name: str, key: str, field: str) -> Findings:
    """A line of the exporter's list of counters: field, type, help."""

    def check(item: KubeObject) -> Findings:
        text = as_text(as_map(item.get("data")).get(key))
        rows = [[cell.strip() for cell in line.split(",", 2)] for line in text.splitlines()]
        if not any(len(row) == 3 and row[:2] == [field, "gauge"] for row in rows):
            yield item.finding(f"`{key}` has no gauge `{field}`", "data", key)

    return each(manifest, name, ("ConfigMap",), check)


@of_pods(
    "{who} runs `feast serve` on port {port} of all addresses (0.0.0.0)",
    "the feature server of {who} (`feast serve`) listens on 0.0.0.0, port {port}",
)
def feast_serves(spot: Spot, port: int) -> Findings:
    """`feast serve --host 0.0.0.0 --port N`."""
    for line in lines_of(spot):
        if line.program == "feast" and "serve" in line.words:
            host = option(line.words, "--host", "-h")
            if host == "0.0.0.0" and same_value(option(line.words, "--port", "-p") or "6566", port):
                return
    yield spot.finding(f"`{spot.item.name}` does not run `feast serve` on 0.0.0.0:{port}")


@requirement(
    "`{field}` in the key `{key}` of the ConfigMap `{name}` is `{value}`",
    "the file `{key}` in the ConfigMap `{name}` sets `{field}` to `{value}`",
)
def feast_setting(manifest: Manifest, name: str, key: str, field: str, value: str) -> Findings:
    """A field of a YAML file in a ConfigMap."""

    def check(tree: Any) -> str:
        found = tree
        for step in field.split("."):
            found = as_map(found).get(step)
        if found is None and field == "registry.path":
            found = as_map(tree).get("registry")
        return "" if found == value else f"`{field}` is {shown(found)}"

    return _file(manifest, name, key, check)
