"""Which kinds a version of Kubernetes serves, and what to say of one that it does not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import cache
from typing import Any

from iac_gym.languages.kubernetes.allowed_values import REMOVED
from iac_gym.languages.kubernetes.pack import kubernetes_pack

#: Built-in kinds that belong to no namespace.
#: Source: https://kubernetes.io/docs/reference/kubernetes-api/ (paths without {namespace}).
CLUSTER_SCOPED = frozenset(
    """APIService CSIDriver CSINode CertificateSigningRequest ClusterRole ClusterRoleBinding
    ClusterTrustBundle CustomResourceDefinition DeviceClass FlowSchema IPAddress IngressClass
    MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration Namespace
    Node PersistentVolume PriorityClass PriorityLevelConfiguration ResourceSlice RuntimeClass
    ServiceCIDR StorageClass StorageVersion ValidatingAdmissionPolicy
    ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment
    VolumeAttributesClass""".split()
)


@cache
def versions() -> tuple[str, ...]:
    """Return the Kubernetes versions of the pack, oldest first."""
    return tuple(kubernetes_pack().index["versions"])


def default_version() -> str:
    """Return the newest Kubernetes version of the pack."""
    return versions()[-1]


@cache
def served_kinds(version: str) -> dict[tuple[str, str], int]:
    """Return (apiVersion, kind) -> number of its definition, of one Kubernetes version."""
    place = versions().index(version)
    return {
        (api_version, kind): number
        for api_version, kinds in kubernetes_pack().index["kinds"].items()
        for kind, spans in kinds.items()
        for first, last, number in spans
        if first <= place <= last
    }


@cache
def _versions_of(version: str) -> dict[str, list[str]]:
    """Return kind -> every apiVersion that has it."""
    found: dict[str, list[str]] = {}
    for api_version, kind in served_kinds(version):
        found.setdefault(kind, []).append(api_version)
    return found


def describe_unserved(api_version: str, kind: str, version: str) -> tuple[str, str, str]:
    """Say why a kind is not served: (message, hint, the key that is wrong)."""
    removed = REMOVED.get((api_version, kind))
    since = f"; it was removed in Kubernetes {removed}" if removed else ""
    message = f"Kubernetes {version} has no `{kind[:60]}` in `{api_version[:60]}`{since}"
    known = _versions_of(version)
    if kind in known:
        return message, f"`{kind}` is in {_best(known[kind])}", "apiVersion"
    if kind == "PodSecurityPolicy":
        return message, "use the labels of Pod Security Admission on the namespace", "kind"
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(kind.lower()[:64], lower, n=1, cutoff=0.75)
    return message, f"did you mean `{lower[near[0]]}`?" if near else "", "kind"


def _best(found: list[str]) -> str:
    stable = [name for name in found if "alpha" not in name and "beta" not in name]
    return ", ".join(f"`{name}`" for name in sorted(stable or found, reverse=True))


def custom_kinds(trees: Iterable[dict[Any, Any]]) -> set[tuple[str, str]]:
    """Return (apiVersion, kind) of what the CustomResourceDefinitions among the objects define."""
    found: set[tuple[str, str]] = set()
    for tree in trees:
        spec = tree.get("spec")
        if tree.get("kind") != "CustomResourceDefinition" or not isinstance(spec, dict):
            continue
        names, served = spec.get("names"), spec.get("versions")
        kind = names.get("kind") if isinstance(names, dict) else None
        for entry in served if isinstance(served, list) else []:
            name = entry.get("name") if isinstance(entry, dict) else None
            if isinstance(kind, str) and isinstance(name, str):
                found.add((f"{spec.get('group')}/{name}", kind))
    return found
