"""Rules about access control: roles and their bindings (RBAC)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iac_gym.check import rule
from iac_gym.languages.kubernetes.model import Manifest
from iac_gym.languages.kubernetes.rules import forms
from iac_gym.languages.kubernetes.rules.views import entries, of_kind
from iac_gym.languages.kubernetes.selection import needs
from iac_gym.verdict import Finding, Stage

_GROUP = "rbac.authorization.k8s.io"


@needs("Role|ClusterRole", "rules")
@rule(Stage.SEMANTICS)
def role_rules(manifest: Manifest) -> Iterator[Finding]:
    """A rule of a role has verbs, and API groups with resources (or non-resource URLs).

    The core group is `""`. Only a ClusterRole has rules for URLs, and those name no resources.

    Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#role-and-clusterrole

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules: [{resources: [pods], verbs: [get]}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules: [{apiGroups: [""], resources: [pods, pods/log], verbs: [get, list]}]
    """
    for item in of_kind(manifest, "Role", "ClusterRole"):
        for path, one in entries(item.get("rules"), ("rules",)):
            for field, message in _rule_problems(one, item.kind == "Role"):
                yield item.finding(message, *path, field)


def _rule_problems(one: dict[Any, Any], in_namespace: bool) -> Iterator[tuple[str, str]]:
    if not one.get("verbs"):
        yield "verbs", "the rule has no verbs"
    if one.get("nonResourceURLs"):
        if in_namespace:
            yield "nonResourceURLs", "only a ClusterRole has rules for nonResourceURLs"
        if any(one.get(field) for field in ("apiGroups", "resources", "resourceNames")):
            yield "nonResourceURLs", "a rule is for resources or for nonResourceURLs, not both"
        return
    if not one.get("apiGroups"):
        yield "apiGroups", 'the rule has no apiGroups (the core group is "")'
    if not one.get("resources"):
        yield "resources", "the rule has no resources"


@needs("RoleBinding|ClusterRoleBinding", "roleRef")
@rule(Stage.SEMANTICS)
def role_references(manifest: Manifest) -> Iterator[Finding]:
    """A binding refers to a role: a RoleBinding to either kind, a ClusterRoleBinding to one.

    Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: readers}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects: [{kind: Group, name: readers, apiGroup: rbac.authorization.k8s.io}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: readers}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: Group, name: readers, apiGroup: rbac.authorization.k8s.io}]
    """
    for item in of_kind(manifest, "RoleBinding", "ClusterRoleBinding"):
        allowed = ("ClusterRole", "Role") if item.kind == "RoleBinding" else ("ClusterRole",)
        kind, name = item.get("roleRef", "kind"), item.get("roleRef", "name")
        if kind in ("Role", "ClusterRole") and kind not in allowed:
            text = f"a {item.kind} refers to a {' or '.join(allowed)}, not to a {kind}"
            yield item.finding(text, "roleRef", "kind")
        if isinstance(name, str) and (not name or not forms.is_path_segment(name)):
            yield item.finding("the role's name is empty or contains '/'", "roleRef", "name")


@needs("RoleBinding|ClusterRoleBinding", "subjects")
@rule(Stage.SEMANTICS)
def binding_subjects(manifest: Manifest) -> Iterator[Finding]:
    """Subjects are users, groups and service accounts, each with its API group.

    A service account has no group, and in a ClusterRoleBinding it needs a namespace.

    Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects

    Bad::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: web}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: web}]

    Good::

        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: web}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects:
          - {kind: ServiceAccount, name: web, namespace: default}
          - {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
    """
    for item in of_kind(manifest, "RoleBinding", "ClusterRoleBinding"):
        for path, subject in entries(item.get("subjects"), ("subjects",)):
            for field, message in _subject_problems(subject, item.kind == "RoleBinding"):
                yield item.finding(message, *path, field)


def _subject_problems(subject: dict[Any, Any], in_namespace: bool) -> Iterator[tuple[str, str]]:
    kind, name, group = subject.get("kind"), subject.get("name"), subject.get("apiGroup")
    if name == "":
        yield "name", "the subject's name is empty"
    if kind == "ServiceAccount":
        if isinstance(name, str) and name and not forms.is_subdomain(name):
            yield "name", f"`{name[:80]}` is no name of a service account"
        if group:
            yield "apiGroup", "a service account has no apiGroup"
        if not in_namespace and not subject.get("namespace"):
            yield "namespace", "a service account needs its namespace in a ClusterRoleBinding"
    elif kind in ("User", "Group") and isinstance(group, str) and group not in ("", _GROUP):
        yield "apiGroup", f"the apiGroup of a {kind} must be {_GROUP}"


IN_ORDER = (role_rules, role_references, binding_subjects)
