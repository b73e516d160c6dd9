"""Requirements about ServiceAccounts and what they may do."""

from __future__ import annotations

from typing import Any

from envs.helm.requirements.reading import (
    maps,
    missing,
    only,
    own,
    play,
    played,
    pod_of,
    words,
    wrong,
)
from iac_gym.check import requirement
from iac_gym.languages.helm import HelmModel, Rendering
from iac_gym.languages.kubernetes.model import KubeObject


def account_of(item: KubeObject) -> Any:
    """Return the ServiceAccount that the pods use."""
    return item.get(*pod_of(item), "serviceAccountName")


@requirement(
    "the chart makes a ServiceAccount for the {kind} of `{chart}`, called as the value "
    "`serviceAccount.name` says where that is given, unless `serviceAccount.create` is false; then "
    "the {kind} uses the existing one in `serviceAccount.name`",
    "`serviceAccount.create` (true by default) decides whether the chart makes the ServiceAccount "
    "that the {kind} of `{chart}` uses; `serviceAccount.name`, where it is given, is its name in "
    "both cases",
)
@played
def service_account(model: HelmModel, chart: str, kind: str) -> None:
    """Rendered with the default, with another name, and without one of its own."""
    for values in ({}, {"serviceAccount.name": "probe-account"}):
        found = play(model, values, chart)
        account, user = only(found, "ServiceAccount"), only(found, kind)
        named = values.get("serviceAccount.name", account.name)
        if account_of(user) != account.name or account.name != named:
            raise wrong(user, f"the {kind} does not use the ServiceAccount", _path(user))
    found = play(model, {"serviceAccount.create": False, "serviceAccount.name": "probe-account"})
    user = only(found, kind)
    if own(found, "ServiceAccount"):
        raise missing("a ServiceAccount is made although it should not be")
    if account_of(user) != "probe-account":
        raise wrong(user, f"the {kind} does not use the account that is named", _path(user))


def _path(item: KubeObject) -> str:
    return ".".join(str(step) for step in (*pod_of(item), "serviceAccountName"))


@requirement(
    "the chart gives the {kind} a ServiceAccount of its own that may {verbs} {resource} (and "
    "nothing else): a Role and a RoleBinding say so, unless `rbac.create` is false",
    "with `rbac.create` (true by default) a Role and a RoleBinding let the ServiceAccount that the "
    "chart makes for the {kind} {verbs} {resource}, and nothing more",
)
@played
def account_may(model: HelmModel, kind: str, verbs: list[str], resource: str) -> None:
    """The Role, what binds it to the account, and nothing of both when it is switched off."""
    found = play(model)
    role, binding, user = (only(found, name) for name in ("Role", "RoleBinding", kind))
    rules = maps(role.get("rules"))
    granted = {verb for one in rules for verb in words(one.get("verbs"))}
    others = {name for one in rules for name in words(one.get("resources"))} - {resource}
    groups = {name for one in rules for name in words(one.get("apiGroups"))}
    if granted != set(verbs) or others or "" not in groups or groups - {"", "events.k8s.io"}:
        raise wrong(role, f"it does not allow exactly {', '.join(verbs)}", "rules")
    _bound(found, role, binding, user)
    if own(play(model, {"rbac.create": False}), "Role", "RoleBinding"):
        raise missing("`rbac.create: false` leaves the Role or the RoleBinding")


def _bound(found: Rendering, role: KubeObject, binding: KubeObject, user: KubeObject) -> None:
    account = account_of(user)
    if account not in [one.name for one in own(found, "ServiceAccount")]:
        raise wrong(user, "it does not use a ServiceAccount of the chart", _path(user))
    bound = any(
        one.get("kind") == "ServiceAccount"
        and one.get("name") == account
        and one.get("namespace", found.namespace) == found.namespace
        for one in maps(binding.get("subjects"))
    )
    reference = binding.get("roleRef", "name"), binding.get("roleRef", "kind")
    if not bound or reference != (role.name, "Role"):
        raise wrong(binding, "it does not give the Role to the ServiceAccount", "subjects")
