"""Requirements about LeaderWorkerSets: groups of pods that serve one model together."""

from __future__ import annotations

from envs.mlops.reading import differs, each, equal, value_is
from iac_gym.check import Findings, requirement
from iac_gym.languages.kubernetes.model import KubeObject, Manifest

_KIND = ("LeaderWorkerSet",)


@requirement(
    "a LeaderWorkerSet `{name}` with {count} group(s) of {size} pods each",
    "the LeaderWorkerSet `{name}` runs {count} group(s) of {size} pods, the leader included",
)
def leader_worker_set(manifest: Manifest, name: str, count: int, size: int) -> Findings:
    """`replicas` (groups) and `leaderWorkerTemplate.size`; both are 1 by default."""

    def check(item: KubeObject) -> Findings:
        for path, asked in (
            (("spec", "replicas"), count),
            (("spec", "leaderWorkerTemplate", "size"), size),
        ):
            if not equal(item.get(*path, default=1), asked):
                yield differs(item, path, item.get(*path, default=1), asked)

    return each(manifest, name, _KIND, check)


@requirement(
    "the workers of a group of `{of}` start only when their leader is ready",
    "`{of}` waits for the leader of a group to be ready before it starts the workers",
)
def leader_first(manifest: Manifest, of: str) -> Findings:
    """`startupPolicy: LeaderReady` (LeaderCreated by default)."""
    path = ("spec", "startupPolicy")
    return value_is(manifest, of, _KIND, path, "LeaderReady", "LeaderCreated")
