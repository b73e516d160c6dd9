"""Requirements about Kubernetes clusters: objects and Helm releases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from envs.ansible.requirements.reading import Done, done, missing, same, standing, text, truth
from iac_gym.check import requirement
from iac_gym.formats.yaml import YamlError, load_all
from iac_gym.formats.yaml_scalars import ANSIBLE
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

K8S = "kubernetes.core.k8s"
HELM = "kubernetes.core.helm"


def _releases(model: Project, name: str) -> list[Done]:
    found = done(model, (HELM,), once=True, elsewhere=True)
    return standing([one for one in found if same(one[1].get("name"), name)])


@requirement(
    "the Helm release `{name}` of the chart `{chart}` is in the namespace `{namespace}`",
    "Helm installs the chart `{chart}` as `{name}` in the namespace `{namespace}`",
)
def helm_release(model: Project, name: str, chart: str, namespace: str) -> Iterable[Finding]:
    """The helm module."""
    found = _releases(model, name)
    if not found:
        yield from missing(f"no task installs the Helm release `{name}`")
        return
    task, given = found[-1]
    if not same(given.get("chart_ref"), chart):
        yield task.finding(f"the chart is not `{chart}`", "chart_ref")
    if not same(given.get("release_namespace"), namespace):
        yield task.finding(f"the namespace is not `{namespace}`", "release_namespace")


@requirement(
    "the release `{name}` has the value `{value}` for `{key}`",
    "`{key}` of the Helm release `{name}` is `{value}`",
)
def helm_value(model: Project, name: str, key: str, value: object) -> Iterable[Finding]:
    """`values` of the helm module (a dot in the key goes one level down), or `set_values`."""
    for _, given in _releases(model, name)[-1:]:
        found: Any = given.get("values")
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        listed = given.get("set_values")
        pairs = [one.get("value") for one in listed or () if isinstance(one, dict)] if isinstance(
            listed, list
        ) else []  # fmt: skip
        if same(found, value) or any(same(pair, f"{key}={text(value)}") for pair in pairs):
            return
    yield from missing(f"`{key}` of `{name}` is not `{value}`")


@requirement(
    "the Kubernetes namespace `{name}` exists", "a namespace `{name}` is made in the cluster"
)
def cluster_namespace(model: Project, name: str) -> Iterable[Finding]:
    """The k8s module, by `kind` and `name` or by a `definition`, or Helm, which makes its own."""
    if ("Namespace", name) in {(kind, called) for kind, _, called in _objects(model)}:
        return
    for _, given in done(model, (HELM,), once=True, elsewhere=True):
        if same(given.get("release_namespace"), name) and truth(given.get("create_namespace")):
            return
    yield from missing(f"no task makes the namespace `{name}`")


@requirement(
    "the ConfigMap `{name}` in the namespace `{namespace}` exists",
    "the cluster has a ConfigMap `{name}` in the namespace `{namespace}`",
)
def cluster_config(model: Project, name: str, namespace: str) -> Iterable[Finding]:
    """The k8s module."""
    if ("ConfigMap", namespace, name) not in set(_objects(model)):
        yield from missing(f"no task makes the ConfigMap `{name}` in `{namespace}`")


def _objects(model: Project) -> Iterator[tuple[str, str, str]]:
    """Yield (kind, namespace, name) of the objects that are applied and stay."""
    found: dict[tuple[str, str, str], bool] = {}
    for _, given in done(model, (K8S,), once=True, elsewhere=True):
        stays = text(given.get("state")) in ("", "present", "patched")
        for tree in _definitions(given.get("definition")):
            meta = tree.get("metadata")
            meta = meta if isinstance(meta, dict) else {}
            name = (
                text(tree.get("kind") or given.get("kind")),
                text(meta.get("namespace") or given.get("namespace")),
                text(meta.get("name") or given.get("name")),
            )
            found[name] = stays
    yield from (name for name, stays in found.items() if stays)


def _definitions(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a definition: a mapping, a list of them, or YAML as text."""
    if isinstance(value, str):
        try:
            value = [one.value for one in load_all(str(text(value)), ANSIBLE)]
        except YamlError:
            return []
    listed = value if isinstance(value, list) else [value or {}]
    return [one for one in listed if isinstance(one, dict)]
