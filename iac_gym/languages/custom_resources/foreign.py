"""Kinds of operators that the data pack does not know: they are noted, and not held for mistakes.

A cluster with such an operator takes them. What looks like a mistake in a known kind stays one:
a group that is almost a known group, or a known kind in a group that resembles its own.
"""

from __future__ import annotations

import difflib
import re
from functools import cache, lru_cache

from iac_gym.languages.custom_resources.pack import custom_kinds
from iac_gym.languages.kubernetes.kinds import default_version, served_kinds

_VERSION = re.compile(r"v[1-9]\d*((alpha|beta)[1-9]\d*)?")
_GROUP = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+")
_KIND = re.compile(r"[A-Z][A-Za-z0-9]*")
_COMPOUND = re.compile(r"[A-Z]+[a-z0-9]+[A-Z]")
_LONGEST = 253

#: Kinds of other projects in groups of the pack: Argo Events, ModelMesh.
_SHARED = frozenset(
    (
        ("argoproj.io", "EventBus"),
        ("argoproj.io", "EventSource"),
        ("argoproj.io", "Sensor"),
        ("serving.kserve.io", "Predictor"),
    )
)
#: Groups of other projects that have kinds of the same name as kinds of the pack.
_NAMESAKES = frozenset(
    """appmesh.k8s.aws azmonitoring.coreos.com gateway.solo.io install.istio.io
    kubernetes-client.io networking.gke.io""".split()
)
#: Files with an `apiVersion` that no server takes: configuration of programs.
_CONFIGURATION = (
    ".config.k8s.io",
    "audit.k8s.io",
    "config.cert-manager.io",
    "kind.x-k8s.io",
    "kubeadm.k8s.io",
)
#: Parts of groups that say nothing of the project.
_PLAIN = frozenset("api apps com core dev io k8s kubernetes net org sh v1 x".split())
_ALMOST = 0.88
_SIMILAR = 0.6


@cache
def _known() -> tuple[tuple[str, ...], dict[str, frozenset[str]]]:
    """Return every known group, and kind -> the groups that have it."""
    groups: dict[str, set[str]] = {}
    for api_version, kind in (*custom_kinds(), *served_kinds(default_version())):
        group = api_version.rpartition("/")[0]
        groups.setdefault(kind, set()).add(group)
    every = {group for found in groups.values() for group in found}
    return tuple(sorted(every)), {kind: frozenset(found) for kind, found in groups.items()}


@lru_cache(maxsize=1024)
def is_foreign(api_version: str, kind: str) -> bool:
    """Whether a kind is of an operator that is not known here, and no mistake for a known one."""
    group, _, version = api_version.partition("/")
    if len(api_version) > _LONGEST or not _VERSION.fullmatch(version):
        return False
    if not _GROUP.fullmatch(group) or not _KIND.fullmatch(kind) or len(kind) > 63:
        return False
    known, groups_of = _known()
    if group in known:
        return (group, kind) in _SHARED
    if group in _NAMESAKES:
        return True
    if group.endswith(_CONFIGURATION) or difflib.get_close_matches(group, known, 1, _ALMOST):
        return False
    homes = groups_of.get(kind)
    if homes is None:
        return True
    return not _COMPOUND.match(kind) and not any(_resembles(group, home) for home in homes)


def _resembles(group: str, other: str) -> bool:
    """Whether a group may be meant for another: they share a telling part, or most letters."""
    parts = set(re.split(r"[.-]", group)) - _PLAIN
    if not parts.isdisjoint(re.split(r"[.-]", other)):
        return True
    return difflib.SequenceMatcher(None, group, other).ratio() >= _SIMILAR
