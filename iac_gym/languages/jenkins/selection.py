"""Which rules can find anything in a Jenkinsfile: the others need not run."""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.languages.jenkins.rules import IN_ORDER

#: The features of which a rule needs one. A rule of SCHEMA needs a fault of its own name.
NEEDS: dict[str, tuple[str, ...]] = {
    "schedule": ("triggers",),
    "step-not-known": ("unknown_steps",),
    "secret-in-environment": ("environment", "withEnv"),
    "secret-in-script": ("script",),
    "secret-put-in-by-groovy": ("credentials", "withCredentials"),
    "secret-as-default": ("parameters",),
    "docker-socket": ("container",),
    "privileged-container": ("container",),
    "image-is-pinned": ("container",),
    "piped-to-a-shell": ("script",),
    "certificates-are-checked": ("script",),
    "secret-is-traced": ("withCredentials",),
}
_SECTIONS = ("triggers", "parameters", "unknown_steps")
_SCRIPTS = frozenset(("sh", "bat", "powershell", "pwsh"))
_CONTAINERS = frozenset(("docker", "dockerfile", "kubernetes"))


def features(pipeline: Pipeline) -> frozenset[str]:
    """Return what occurs in a pipeline, as far as a rule needs it."""
    found = set(pipeline.faults)
    found.update(name for name in _SECTIONS if getattr(pipeline, name))
    for step in pipeline.live_steps:
        name = step.name
        if name in _SCRIPTS:
            found.add("script")
        elif name.startswith("with"):
            found.add(name)
        elif name.startswith("docker."):
            found.add("container")
    for agent, environment in pipeline.surroundings():
        if environment:
            found.update(("environment", "credentials"))
        if agent is not None and agent.kind in _CONTAINERS:
            found.add("container")
    if any(one.name == "password" for one in pipeline.parameters):
        found.add("credentials")
    return frozenset(found)


@lru_cache(maxsize=4096)
def _chosen(found: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in IN_ORDER if any(one in found for one in NEEDS.get(rule.name, (rule.name,)))
    )


def select(pipeline: Pipeline) -> tuple[Rule, ...]:
    """Return the rules to run over a pipeline, in their order."""
    return _chosen(features(pipeline))
