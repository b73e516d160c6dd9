"""Which rules can find anything in a Dockerfile: the others need not run.

A rule runs where one of the features that it needs occurs; one that is not listed here runs always.
A test compares the findings with those of all rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.formats.shell import Script
from iac_gym.formats.shell_commands import INSTALLS
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.languages.dockerfile.rules import IN_ORDER

#: Features by the program that a RUN calls; several programs may stand for one.
_PROGRAMS = {
    **{program: name for name, programs in INSTALLS.items() for program in programs},
    **dict.fromkeys(("python", "python3"), "pip"),
    **dict.fromkeys(("yarn", "pnpm", "poetry", "bundle"), "npm"),
    **dict.fromkeys(("curl", "wget"), "download"),
    "chmod": "chmod",
    "cd": "cd",
}
#: The features of which a rule needs one: instructions (in capitals), programs, and marks. The name
#: of a rule is the mark of a fault that was found while the file was resolved.
NEEDS: dict[str, tuple[str, ...]] = {
    "known-instruction": ("doubtful",),
    "argument-count": ("doubtful",),
    "from-form": ("doubtful",),
    "blank-name": ("doubtful",),
    "known-flag": ("flags",),
    "run-options": ("flags",),
    "healthcheck-form": ("HEALTHCHECK",),
    "onbuild-trigger": ("ONBUILD",),
    "shell-is-a-list": ("SHELL",),
    "volume-path": ("VOLUME",),
    "begins-with-from": ("late FROM",),
    "base-image": ("base-image",),
    "platform": ("platform",),
    "copy-from": ("copy-from",),
    "mount-from": ("mount-from",),
    "variable-substitution": ("variable-substitution",),
    "expose-port": ("expose-port",),
    "stop-signal": ("stop-signal",),
    "copy-mode": ("copy-mode",),
    "copy-source": ("copy-source",),
    "shell-syntax": ("shell-syntax",),
    "secret-in-environment": ("ENV", "ARG"),
    "remote-add-without-checksum": ("ADD",),
    "add-for-plain-files": ("ADD",),
    "private-file-copied": ("COPY", "ADD"),
    "health-check-of-a-server": ("EXPOSE",),
    "exec-form": ("CMD", "ENTRYPOINT"),
    "one-command": ("repeated",),
    "absolute-workdir": ("WORKDIR",),
    "maintainer-label": ("MAINTAINER",),
    "remote-login-port": ("EXPOSE",),
    "dependencies-before-source": ("npm", "pip"),
    "piped-to-a-shell": ("download",),
    "sudo-in-build": ("sudo",),
    "unattended-install": ("apt", "yum"),
    "recommended-packages": ("apt",),
    "package-lists-removed": ("apt",),
    "system-upgrade": ("apt",),
    "apk-cache": ("apk",),
    "pip-cache": ("pip",),
    "world-writable": ("chmod",),
    "folder-by-workdir": ("cd",),
}
_KEYWORDS = frozenset(need for needs in NEEDS.values() for need in needs if need.isupper())
_ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")


def features(model: DockerfileModel) -> frozenset[str]:
    """Return what occurs in a Dockerfile, as far as a rule needs it."""
    by_keyword = model.by_keyword
    found = set(_KEYWORDS & by_keyword.keys())
    found.update(model.faults)
    if model.doubtful:
        found.add("doubtful")
    if model.flagged:
        found.add("flags")
    if model.instructions[0].keyword != "FROM":
        found.add("late FROM")
    for keyword in _ONCE:
        if keyword in by_keyword and len(by_keyword[keyword]) > 1:
            found.add("repeated")
    for run in model.runs:
        script = run.parsed
        if script.features is None:
            script.features = frozenset(_features_of(script))
        found |= script.features
    return frozenset(found)


def _features_of(script: Script) -> Iterator[str]:
    if script.error:
        yield "shell-syntax"
    for command in script.commands:
        if command.program in _PROGRAMS:
            yield _PROGRAMS[command.program]
        if command.wrapper == "sudo":
            yield "sudo"


@lru_cache(maxsize=4096)
def _chosen(found: frozenset[str]) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in IN_ORDER
        if rule.name not in NEEDS or any(need in found for need in NEEDS[rule.name])
    )


def select(model: DockerfileModel) -> tuple[Rule, ...]:
    """Return the rules to run over a model, in their order."""
    return _chosen(features(model))
