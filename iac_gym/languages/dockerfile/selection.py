"""Which rules can find anything in a Dockerfile: the others need not run.

The rules that decide on validity always run, since the reward counts how many of them pass. A rule
of good practice runs where one of the features that it needs occurs; one that is not listed here
runs always. A test compares the findings with those of all rules.
"""

from __future__ import annotations

from functools import lru_cache

from iac_gym.check import Rule
from iac_gym.languages.dockerfile.model import DockerfileModel
from iac_gym.languages.dockerfile.packages import INSTALLS
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
#: The features of which a rule needs one. In capitals, the instructions that occur.
NEEDS: dict[str, tuple[str, ...]] = {
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
    found = {keyword for keyword in by_keyword if keyword in _KEYWORDS}
    if any(keyword in by_keyword and len(by_keyword[keyword]) > 1 for keyword in _ONCE):
        found.add("repeated")
    for _, command in model.commands:
        if command.program in _PROGRAMS:
            found.add(_PROGRAMS[command.program])
        if command.wrapper == "sudo":
            found.add("sudo")
    return frozenset(found)


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
