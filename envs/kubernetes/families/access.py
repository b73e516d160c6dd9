"""Tasks about service accounts, roles and bindings."""

from __future__ import annotations

from collections.abc import Sequence

from envs.kubernetes import cluster_choices as pick
from envs.kubernetes.choices import reference
from envs.kubernetes.cluster_choices import Tree
from envs.kubernetes.requirements import cluster as ask
from envs.kubernetes.requirements.access import GROUPS
from iac_gym.category import Draft, family
from iac_gym.check import Requirement, RequirementType
from iac_gym.draw import Draw

RBAC = "rbac.authorization.k8s.io/v1"
ACCOUNTS = ("bot", "agent", "runner", "deployer", "reader", "operator", "sync", "scraper")
ROLES = ("role", "access", "reader", "editor", "viewer", "rights")


def _rules(
    draw: Draw,
    role: str,
    asks: list[Requirement],
    resources: Sequence[str],
    verb_sets: Sequence[tuple[str, ...]],
    permits: RequirementType,
) -> list[Tree]:
    """Ask for the verbs on each resource, and build the rules."""
    rules = []
    for place, resource in enumerate(resources):
        verbs = list(draw.choice(f"verbs {place}", verb_sets))
        asks.append(permits(of=role, verbs=verbs, resource=resource))
        group = GROUPS.get(resource.partition("/")[0], "")
        rules.append(pick.policy_rule(verbs, group, resource))
    return rules


@family("kubernetes", levels=(1, 2))
def service_account(draw: Draw) -> Draft:
    """A service account, perhaps with a pull secret and without a token."""
    name = draw.name("account", ACCOUNTS)
    asks = [ask.account(name=name)]
    body: Tree = {}
    metadata: Tree = {}
    if draw.wants("placed", 1):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="ServiceAccount", of=name, namespace=space))
    if draw.wants("labelled", 2):
        metadata["labels"] = {"team": draw.choice("team", pick.TEAMS)}
        team = metadata["labels"]["team"]
        asks.append(ask.labelled(kind="ServiceAccount", of=name, key="team", value=team))
    if draw.wants("without token", 2):
        body["automountServiceAccountToken"] = False
        asks.append(ask.account_without_token(of=name))
    if draw.wants("pulling", 1):
        secret = f"{draw.choice('secret', pick.TEAMS)}-registry"
        body["imagePullSecrets"] = [{"name": secret}]
        asks.append(ask.account_pull_secret(of=name, secret=secret))
    if draw.wants("cloud role", 2):
        key = "eks.amazonaws.com/role-arn"
        number = draw.integer("account number", 100000000001, 999999999999, 7919)
        arn = f"arn:aws:iam::{number}:role/{name}"
        metadata["annotations"] = {key: arn}
        asks.append(ask.annotated(kind="ServiceAccount", of=name, key=key, value=arn))
    tree = pick.resource("v1", "ServiceAccount", name, **metadata, **body)
    openings = (
        f"A program gets an identity of its own, `{name}`",
        f"Set up `{name}` for one of our programs",
        "Create an account for a program in the cluster",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def narrow_role(draw: Draw) -> Draft:
    """A Role that permits a few verbs on a few resources and nothing else."""
    name = draw.name("role", ROLES)
    most = 2 if draw.level == 1 else 3
    resources = list(draw.sample("resources", pick.CORE_RESOURCES, draw.integer("count", 1, most)))
    asks: list[Requirement] = []
    rules = _rules(draw, name, asks, resources, pick.VERB_SETS, ask.role_permits)
    asks.append(ask.role_covers_only(of=name, resources=resources))
    metadata: Tree = {}
    if draw.wants("placed", 2):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="Role", of=name, namespace=space))
    tree = pick.resource(RBAC, "Role", name, **metadata, rules=rules)
    openings = (
        f"Write the Role `{name}` with as few rights as possible",
        f"Define what `{name}` permits",
        f"A program needs few rights; give them in `{name}`",
    )
    return Draft(openings, asks, reference(tree))


@family("kubernetes", levels=(1, 2))
def one_object_role(draw: Draw) -> Draft:
    """A Role for a single object by its name."""
    name = draw.name("role", ROLES)
    resource = draw.choice(
        "resource", ("configmaps", "secrets", "deployments", "leases", "services")
    )
    thing = draw.name("object", ("config", "settings", "state", "lock", "main"))
    verbs = list(draw.choice("verbs", (("get",), ("get", "update"), ("get", "patch"), ("update",))))
    asks = [
        ask.role_permits_one(of=name, verbs=verbs, resource=resource, object=thing),
        ask.role_covers_only(of=name, resources=[resource]),
    ]
    rules = [pick.policy_rule(verbs, GROUPS.get(resource, ""), resource, [thing])]
    metadata: Tree = {}
    if draw.wants("placed", 2):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="Role", of=name, namespace=space))
    trees = [pick.resource(RBAC, "Role", name, **metadata, rules=rules)]
    if draw.wants("bound", 2):
        binding, account = (
            draw.name("binding", ("binding", "grant")),
            draw.name("account", ACCOUNTS),
        )
        asks.append(ask.role_binding(name=binding, role=name, account=account))
        subject = pick.account_subject(account, metadata.get("namespace", "default"))
        trees.append(pick.binding("RoleBinding", binding, ("Role", name), subject, **metadata))
    openings = (
        f"Only one object may be touched with the Role `{name}`",
        f"Give access to `{thing}` alone",
    )
    return Draft(openings, asks, reference(*trees))


@family("kubernetes", levels=(2, 3, 4))
def account_with_role(draw: Draw) -> Draft:
    """A service account, a Role and the RoleBinding between them."""
    account, role = draw.name("account", ACCOUNTS), draw.name("role", ROLES)
    binding = draw.name("binding", ("binding", "grant", "access"))
    count = draw.integer("count", 1, 1 + min(draw.level, 4))
    resources = list(draw.sample("resources", pick.CORE_RESOURCES, count))
    asks = [ask.account(name=account)]
    rules = _rules(draw, role, asks, resources, pick.VERB_SETS, ask.role_permits)
    asks += [
        ask.role_covers_only(of=role, resources=resources),
        ask.role_binding(name=binding, role=role, account=account),
    ]
    metadata: Tree = {}
    if draw.wants("placed", 3):
        metadata["namespace"] = space = draw.choice("namespace", pick.SPACES)
        asks.append(ask.placed_in(kind="ServiceAccount", of=account, namespace=space))
        asks.append(ask.placed_in(kind="Role", of=role, namespace=space))
    body: Tree = {}
    if draw.wants("without token", 3):
        body["automountServiceAccountToken"] = False
        asks.append(ask.account_without_token(of=account))
    subject = pick.account_subject(account, metadata.get("namespace", "default"))
    trees = [
        pick.resource("v1", "ServiceAccount", account, **metadata, **body),
        pick.resource(RBAC, "Role", role, **metadata, rules=rules),
        pick.binding("RoleBinding", binding, ("Role", role), subject, **metadata),
    ]
    openings = (
        f"`{account}` works against the Kubernetes API with few rights",
        f"Set up the identity and the rights of `{account}`",
        "A controller of ours needs its own account and Role",
    )
    return Draft(openings, asks, reference(*trees))


@family("kubernetes", levels=(1, 2, 3))
def cluster_reader(draw: Draw) -> Draft:
    """A ClusterRole that reads some resources, perhaps bound to a service account."""
    role = draw.name("role", ("reader", "viewer", "watcher", "observer", "auditor"))
    count = draw.integer("count", 1, draw.level + 1)
    resources = list(draw.sample("resources", pick.CLUSTER_RESOURCES, count))
    asks: list[Requirement] = []
    rules = _rules(draw, role, asks, resources, pick.READ_SETS, ask.cluster_role_permits)
    asks.append(ask.cluster_role_covers_only(of=role, resources=resources))
    metadata: Tree = {}
    if draw.wants("aggregated", 3):
        key = "rbac.authorization.k8s.io/aggregate-to-view"
        metadata["labels"] = {key: "true"}
        asks.append(ask.cluster_role_label(of=role, key=key, value="true"))
    trees = [pick.resource(RBAC, "ClusterRole", role, **metadata, rules=rules)]
    if draw.wants("bound", 2):
        binding, account = (
            draw.name("binding", ("binding", "grant")),
            draw.name("account", ACCOUNTS),
        )
        space = draw.choice("namespace", pick.SPACES)
        asks.append(
            ask.cluster_role_binding(name=binding, role=role, account=account, namespace=space)
        )
        subject = pick.account_subject(account, space)
        trees.append(pick.binding("ClusterRoleBinding", binding, ("ClusterRole", role), subject))
    openings = (
        f"`{role}` reads some objects in the whole cluster",
        f"Define the ClusterRole `{role}` for a monitoring program",
        "A dashboard reads objects of every namespace",
    )
    return Draft(openings, asks, reference(*trees))


@family("kubernetes", levels=(1,))
def team_access(draw: Draw) -> Draft:
    """A RoleBinding that gives a built-in ClusterRole to a group, in one namespace."""
    name = draw.name("binding", ("binding", "access", "grant", "team"))
    role = draw.choice("role", pick.BUILT_IN_ROLES)
    group, space = draw.choice("group", pick.GROUP_NAMES), draw.choice("namespace", pick.SPACES)
    asks = [
        ask.group_binding(name=name, role=role, group=group),
        ask.placed_in(kind="RoleBinding", of=name, namespace=space),
    ]
    subject = {"kind": "Group", "name": group, "apiGroup": "rbac.authorization.k8s.io"}
    metadata: Tree = {"namespace": space}
    if draw.wants("labelled", 1):
        metadata["labels"] = {"team": draw.choice("team", pick.TEAMS)}
        team = metadata["labels"]["team"]
        asks.append(ask.labelled(kind="RoleBinding", of=name, key="team", value=team))
    tree = pick.binding("RoleBinding", name, ("ClusterRole", role), subject, **metadata)
    openings = (
        f"People of the group {group} work in the namespace {space}",
        f"Let a team into the namespace {space}",
        f"Grant rights in one namespace through `{name}`",
    )
    return Draft(openings, asks, reference(tree))
