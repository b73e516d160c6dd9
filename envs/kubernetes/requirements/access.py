"""What can be asked of service accounts, roles and bindings, judged by what they really grant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from envs.kubernetes.requirements.reading import about, absent, differs, shown, texts
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.kubernetes.model import KubeObject, Manifest, as_list, as_map

#: The API group of each resource that tasks talk about; those not listed are in the core group.
GROUPS = {
    "deployments": "apps",
    "statefulsets": "apps",
    "daemonsets": "apps",
    "replicasets": "apps",
    "jobs": "batch",
    "cronjobs": "batch",
    "ingresses": "networking.k8s.io",
    "networkpolicies": "networking.k8s.io",
    "horizontalpodautoscalers": "autoscaling",
    "poddisruptionbudgets": "policy",
    "storageclasses": "storage.k8s.io",
    "leases": "coordination.k8s.io",
}
#: The verbs that `*` stands for.
EVERY_VERB = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
#: One permission: (verb, name of the only object it is for, or '').
Grant = tuple[str, str]


def _rules(role: KubeObject) -> Iterator[tuple[int, dict[Any, Any]]]:
    for place, rule in enumerate(as_list(role.get("rules"))):
        if isinstance(rule, dict):
            yield place, rule


def _grants(role: KubeObject, resource: str) -> set[Grant]:
    """Return all that a role permits on one resource of the API group it belongs to."""
    whole, _, part = resource.partition("/")
    group, names = GROUPS.get(whole, ""), (resource, "*", f"*/{part}")
    found: set[Grant] = set()
    for groups, resources, grants in _given(role):
        if (group in groups or "*" in groups) and not resources.isdisjoint(names):
            found |= grants
    return found


@kept
def _given(role: KubeObject) -> list[tuple[list[str], set[str], set[Grant]]]:
    """Return (API groups, resources, permissions) of every rule of a role."""
    found: list[tuple[list[str], set[str], set[Grant]]] = []
    for _, rule in _rules(role):
        verbs = texts(rule.get("verbs"))
        verbs = [*EVERY_VERB, "*"] if "*" in verbs else verbs
        names = texts(rule.get("resourceNames")) or [""]
        grants = {(verb, name) for verb in verbs for name in names}
        found.append((texts(rule.get("apiGroups")), set(texts(rule.get("resources"))), grants))
    return found


def _permits(role: KubeObject, verbs: list[str], resource: str, name: str = "") -> Findings:
    given, asked = _grants(role, resource), {(verb, name) for verb in verbs}
    if given == asked and role.get("aggregationRule") is None:
        return
    if missing := sorted({verb for verb, _ in asked - given}):
        yield role.finding(f"`{role.name}` may not {', '.join(missing)} {resource}", "rules")
    if role.get("aggregationRule") is not None:
        yield role.finding(f"the rules of `{role.name}` are replaced", "aggregationRule")
    for verb, only in sorted(given - asked):
        if (verb, "") in asked:
            continue  # said once more for one object: grants nothing new
        which = f" named {only}" if only else ""
        yield role.finding(f"`{role.name}` may {verb} {resource}{which}, not asked for", "rules")


def _covers_only(role: KubeObject, resources: list[str]) -> Findings:
    asked = set(resources)
    for place, rule in _rules(role):
        for resource in texts(rule.get("resources")):
            if resource not in asked:
                yield role.finding(
                    f"`{role.name}` covers {resource}, not asked for", "rules", place, "resources"
                )
        if "*" in texts(rule.get("apiGroups")):
            yield role.finding(f"`{role.name}` covers every API group", "rules", place, "apiGroups")
        if texts(rule.get("nonResourceURLs")):
            yield role.finding(
                f"`{role.name}` covers URLs, not asked for", "rules", place, "nonResourceURLs"
            )
    for resource in resources:
        if not _grants(role, resource):
            yield role.finding(f"`{role.name}` does not cover {resource}", "rules")


@requirement(
    "a ServiceAccount `{name}`",
    "the ServiceAccount `{name}`",
    "a service account called `{name}`",
)
@about("ServiceAccount", "name")
def account(found: KubeObject, name: str) -> Findings:
    """A service account of that name exists."""
    return ()


@requirement(
    "pods get no API token of `{of}` by themselves",
    "the API token of the service account `{of}` is not mounted automatically",
)
@about("ServiceAccount")
def account_without_token(found: KubeObject, of: str) -> Findings:
    """`automountServiceAccountToken: false` of a service account."""
    return differs(found, False, "automountServiceAccountToken", default=True)


@requirement(
    "pods of the service account `{of}` pull images with the Secret `{secret}`",
    "the service account `{of}` has the image pull secret `{secret}`",
)
@about("ServiceAccount")
def account_pull_secret(found: KubeObject, of: str, secret: str) -> Findings:
    """One of the `imagePullSecrets` of a service account."""
    entries = map(as_map, as_list(found.get("imagePullSecrets")))
    if secret not in [entry.get("name") for entry in entries]:
        yield found.finding(f"`{of}` has no pull secret `{secret}`", "imagePullSecrets")


@requirement(
    "the Role `{of}` permits {verbs} on {resource}, no other verb",
    "on {resource}, the Role `{of}` gives {verbs} and nothing more",
)
@about("Role")
def role_permits(role: KubeObject, of: str, verbs: list[str], resource: str) -> Findings:
    """All verbs, over all rules, that a role permits on a resource: exactly these."""
    return _permits(role, verbs, resource)


@requirement(
    "the Role `{of}` permits {verbs} on the one object {object} of {resource}, no other verb or "
    "object",
    "on {resource}, the Role `{of}` gives {verbs} for the object named {object} and nothing more",
)
@about("Role")
def role_permits_one(
    role: KubeObject, of: str, verbs: list[str], resource: str, object: str
) -> Findings:
    """All that a role permits on a resource: these verbs, for one object by its name."""
    return _permits(role, verbs, resource, object)


@requirement(
    "the Role `{of}` covers {resources} and no other resource",
    "no resource but {resources} in the Role `{of}`",
)
@about("Role")
def role_covers_only(role: KubeObject, of: str, resources: list[str]) -> Findings:
    """The resources of a role: no other, no wildcard."""
    return _covers_only(role, resources)


@requirement(
    "the ClusterRole `{of}` permits {verbs} on {resource}, no other verb",
    "on {resource}, the ClusterRole `{of}` gives {verbs} and nothing more",
)
@about("ClusterRole")
def cluster_role_permits(role: KubeObject, of: str, verbs: list[str], resource: str) -> Findings:
    """All verbs, over all rules, that a cluster role permits on a resource: exactly these."""
    return _permits(role, verbs, resource)


@requirement(
    "the ClusterRole `{of}` covers {resources} and no other resource",
    "no resource but {resources} in the ClusterRole `{of}`",
)
@about("ClusterRole")
def cluster_role_covers_only(role: KubeObject, of: str, resources: list[str]) -> Findings:
    """The resources of a cluster role: no other, no wildcard."""
    return _covers_only(role, resources)


@requirement(
    "the ClusterRole `{of}` carries the label {key}={value}",
    "label {key}={value} on the ClusterRole `{of}`",
)
@about("ClusterRole")
def cluster_role_label(role: KubeObject, of: str, key: str, value: str) -> Findings:
    """A label of a cluster role, such as those by which roles are aggregated."""
    return differs(role, value, "metadata", "labels", key)


def _subjects(binding: KubeObject) -> set[tuple[str, str, str]]:
    """Return (kind, name, namespace) of the subjects; an account's namespace may be left out."""
    found = set()
    for entry in map(as_map, as_list(binding.get("subjects"))):
        kind, space = str(entry.get("kind")), ""
        if kind == "ServiceAccount":
            space = str(entry.get("namespace") or binding.namespace)
        found.add((kind, str(entry.get("name")), space))
    return found


def _binds(binding: KubeObject, kind: str, role: str, subject: tuple[str, str, str]) -> Findings:
    yield from differs(binding, kind, "roleRef", "kind")
    yield from differs(binding, role, "roleRef", "name")
    given = _subjects(binding)
    if subject not in given:
        where = f" in namespace {subject[2]}" if subject[2] else ""
        yield binding.finding(
            f"`{binding.name}` does not name the {subject[0]} `{subject[1]}`{where}", "subjects"
        )
    for other in sorted(given - {subject}):
        yield binding.finding(
            f"`{binding.name}` also names the {other[0]} {shown(other[1])}", "subjects"
        )


@requirement(
    "a RoleBinding `{name}` that gives the Role `{role}` to the service account `{account}` alone",
    "the RoleBinding `{name}` binds the Role `{role}` to the service account `{account}` and to "
    "nobody else",
)
def role_binding(manifest: Manifest, name: str, role: str, account: str) -> Findings:
    """A role bound to one service account; both where the binding is."""
    binding = manifest.find("RoleBinding", name)
    if binding is None:
        yield absent(manifest, "RoleBinding", name)
        return
    found = manifest.find("ServiceAccount", account)
    space = found.namespace if found else binding.namespace
    yield from _binds(binding, "Role", role, ("ServiceAccount", account, space))
    bound = manifest.find("Role", role)
    if bound is not None and bound.namespace != binding.namespace:
        yield binding.finding(
            f"`{name}` is in namespace {binding.namespace}, the Role `{role}` in "
            f"{bound.namespace}", "metadata", "namespace",
        )  # fmt: skip


@requirement(
    "a RoleBinding `{name}` that gives the ClusterRole {role} to the group {group} alone",
    "the RoleBinding `{name}` binds the ClusterRole {role} to the group {group} and to nobody else",
)
@about("RoleBinding", "name")
def group_binding(binding: KubeObject, name: str, role: str, group: str) -> Findings:
    """A cluster role given to one group inside the namespace of the binding."""
    return _binds(binding, "ClusterRole", role, ("Group", group, ""))


@requirement(
    "a ClusterRoleBinding `{name}` that gives the ClusterRole `{role}` to the service account "
    "`{account}` of the namespace {namespace} alone",
    "the ClusterRoleBinding `{name}` binds the ClusterRole `{role}` to the service account "
    "`{account}` in the namespace {namespace} and to nobody else",
)
@about("ClusterRoleBinding", "name")
def cluster_role_binding(
    binding: KubeObject, name: str, role: str, account: str, namespace: str
) -> Findings:
    """A cluster role given to one service account in the whole cluster."""
    yield from _binds(binding, "ClusterRole", role, ("ServiceAccount", account, namespace))
