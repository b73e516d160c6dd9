"""Requirements about Windows hosts: features, services, packages, the firewall, the registry."""

from __future__ import annotations

from collections.abc import Iterable

from envs.ansible.requirements.reading import (
    Arguments,
    Done,
    done,
    given_last,
    missing,
    same,
    standing,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.verdict import Finding

FEATURE = "ansible.windows.win_feature"
SERVICE = "ansible.windows.win_service"
FOLDER = "ansible.windows.win_file"
REGISTRY = "ansible.windows.win_regedit"
PACKAGE = "chocolatey.chocolatey.win_chocolatey"
FIREWALL = "community.windows.win_firewall_rule"


def _named(model: Project, module: str, name: str) -> list[Done]:
    """Return what is done to a thing of a name, in any case, as Windows compares names."""
    return [
        one
        for one in done(model, (module,))
        if name.lower() in [word.lower() for word in words(one[1].get("name"))]
    ]


@requirement(
    "the Windows feature `{feature}` is installed", "Windows has the feature `{feature}` installed"
)
def windows_feature(model: Project, feature: str) -> Iterable[Finding]:
    """The win_feature module."""
    if not standing(_named(model, FEATURE, feature)):
        yield from missing(f"no task installs the feature `{feature}`")


@requirement(
    "the Windows service `{service}` is running", "`{service}` is a started service of Windows"
)
def windows_service(model: Project, service: str) -> Iterable[Finding]:
    """The last state that win_service gives."""
    last = given_last(_named(model, SERVICE, service), "state")
    if last is None or text(last[1]) not in ("started", "restarted"):
        yield from missing(f"no task starts the service `{service}`")


@requirement(
    "the start mode of the Windows service `{service}` is `{mode}`",
    "Windows starts `{service}` in the mode `{mode}`",
)
def windows_start(model: Project, service: str, mode: str) -> Iterable[Finding]:
    """`start_mode` of win_service."""
    last = given_last(_named(model, SERVICE, service), "start_mode")
    if last is None or not same(last[1], mode):
        yield from missing(f"the start mode of `{service}` is not `{mode}`")


@requirement(
    "Chocolatey installs the package `{package}`", "the Chocolatey package `{package}` is installed"
)
def windows_package(model: Project, package: str) -> Iterable[Finding]:
    """The win_chocolatey module."""
    found = _named(model, PACKAGE, package)
    if not standing(found):
        yield from missing(f"no task installs `{package}` with Chocolatey")


@requirement("the folder `{path}` exists on the Windows hosts", "`{path}` is a folder of Windows")
def windows_folder(model: Project, path: str) -> Iterable[Finding]:
    """The win_file module."""
    found = [one for one in done(model, (FOLDER,)) if _path(one[1].get("path")) == _path(path)]
    last = given_last(found, "state")
    if last is None or not same(last[1], "directory"):
        yield from missing(f"no task makes the folder `{path}`")


def _path(value: object) -> str:
    return text(value).replace("/", "\\").rstrip("\\").lower()


@requirement(
    "the Windows firewall allows incoming {protocol} traffic to port {port}",
    "incoming {protocol} traffic to port {port} passes the Windows firewall",
)
def windows_firewall(model: Project, protocol: str, port: int) -> Iterable[Finding]:
    """The win_firewall_rule module, with an enabled rule."""
    rules: dict[str, Arguments] = {}
    for _, given in done(model, (FIREWALL,)):
        rules[text(given.get("name")).lower()] = given
    for given in rules.values():
        kept = text(given.get("state")) != "absent"
        if kept and _lets_in(given, protocol) and str(port) in words(given.get("localport")):
            return
    yield from missing(f"the Windows firewall does not allow {protocol} port {port}")


def _lets_in(given: Arguments, protocol: str) -> bool:
    """Whether a rule is on and allows incoming traffic from everywhere."""
    on = "enabled" not in given or truth(given["enabled"])
    kinds = text(given.get("direction")).lower(), text(given.get("action")).lower()
    spoken = text(given.get("protocol")).lower() in (protocol, "any")
    limited = given.get("remoteip") is not None and text(given["remoteip"]).lower() != "any"
    return on and spoken and kinds == ("in", "allow") and not limited


@requirement(
    "the registry value `{name}` of `{path}` is the dword {data}",
    "in the registry, `{path}` has the dword `{name}` with the value {data}",
)
def windows_registry(model: Project, path: str, name: str, data: int) -> Iterable[Finding]:
    """The win_regedit module."""
    found = [
        one for one in _named(model, REGISTRY, name) if _path(one[1].get("path")) == _path(path)
    ]
    for task, given in standing(found)[-1:]:
        if not (same(given.get("data"), data) and same(given.get("type"), "dword")):
            yield task.finding(f"`{name}` is not the dword {data}", "data")
        return
    yield from missing(f"no task sets `{name}` of `{path}`")
