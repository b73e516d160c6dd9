"""Requirements about what Galaxy is asked for, and what a role tells Galaxy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from envs.ansible.requirements.reading import missing, same
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project
from iac_gym.languages.ansible.requirements import Wanted
from iac_gym.verdict import Finding


def _find(wanted: Sequence[Wanted], name: str) -> Wanted | None:
    return next((one for one in wanted if one.name == name), None)


@requirement(
    "the collection `{name}` is required in the version `{version}`",
    "`requirements.yml` asks for version `{version}` of the collection `{name}`",
)
def collection_required(model: Project, name: str, version: str) -> Iterable[Finding]:
    """By name and version; a range is compared without its blanks."""
    found = _find(model.requirements.collections, name)
    if found is None:
        yield from missing(f"the collection `{name}` is not required")
    elif _exact(found.version) != _exact(version):
        yield from missing(f"the version of `{name}` is `{found.version}`, not `{version}`")


def _exact(version: str) -> frozenset[str]:
    """Return the parts of a range of versions; `==1.2` and `1.2` are the same."""
    return frozenset(
        part.strip().replace(" ", "").removeprefix("==").removeprefix("=")
        for part in version.split(",")
    )


@requirement(
    "the collection `{name}` comes from the Git repository `{url}` at `{version}`",
    "version `{version}` of the collection `{name}` is taken from the Git repository `{url}`",
)
def collection_from_git(model: Project, name: str, url: str, version: str) -> Iterable[Finding]:
    """`type: git` (or `git+` before the address), with the address as name or source."""
    addresses = (url, f"git+{url}")
    for one in model.requirements.collections:
        address = next((at for at in (one.name, one.source, one.src) if at in addresses), "")
        is_git = one.type == "git" or address.startswith("git+")
        if is_git and address and one.version == version:
            return
    for tree in model.trees.values():
        listed = tree.get("collections") if isinstance(tree, dict) else None
        if isinstance(listed, list) and f"git+{url},{version}" in listed:
            return
    yield from missing(f"the collection `{name}` does not come from `{url}` at `{version}`")


@requirement(
    "the collection `{name}` is fetched from the server `{source}`",
    "`{source}` is the source of the collection `{name}`",
)
def collection_source(model: Project, name: str, source: str) -> Iterable[Finding]:
    """`source` of the collection."""
    found = _find(model.requirements.collections, name)
    if found is None or found.source.rstrip("/") != source.rstrip("/"):
        yield from missing(f"the collection `{name}` does not come from `{source}`")


@requirement(
    "the role `{name}` is required in the version `{version}`",
    "`requirements.yml` asks for version `{version}` of the role `{name}`",
)
def role_required(model: Project, name: str, version: str) -> Iterable[Finding]:
    """By name (or `src`) and version."""
    for one in model.requirements.roles:
        if name in (one.name, one.src):
            if one.version != version:
                yield from missing(f"the version of the role `{name}` is not `{version}`")
            return
    yield from missing(f"the role `{name}` is not required")


@requirement(
    "the role `{name}` comes from the Git repository `{url}` at `{version}`",
    "`{url}` at `{version}` (Git) is required as the role `{name}`",
)
def role_from_git(model: Project, name: str, url: str, version: str) -> Iterable[Finding]:
    """`src` with `name` and `version`; `scm: git` or an address that says so."""
    found = _find(model.requirements.roles, name)
    if found is None:
        yield from missing(f"the role `{name}` is not required")
        return
    src = found.src.removeprefix("git+")
    git = found.scm == "git" or found.src.startswith("git+") or src.endswith(".git")
    if src != url or not git or found.version != version:
        yield from missing(f"the role `{name}` does not come from `{url}` at `{version}`")


@requirement(
    "the role `{role}` depends on the role `{other}`",
    "before the role `{role}` the role `{other}` is run as its dependency",
)
def role_depends(model: Project, role: str, other: str) -> Iterable[Finding]:
    """`dependencies` in its meta/main.yml."""
    found = model.roles.get(role)
    names: list[object] = []
    for one in found.dependencies if found else ():
        given = one if isinstance(one, dict) else {}
        keys = ("role", "name", "src")
        names.append(one if isinstance(one, str) else next(filter(None, map(given.get, keys)), ""))
    if other not in names:
        yield from missing(f"the role `{role}` does not depend on `{other}`")


@requirement(
    "the role `{role}` tells Galaxy `{key}: {value}`",
    "`{key}` in the Galaxy information of the role `{role}` is `{value}`",
)
def role_tells(model: Project, role: str, key: str, value: str) -> Iterable[Finding]:
    """`galaxy_info` in its meta/main.yml."""
    found = model.roles.get(role)
    if found is None or not same(found.galaxy_info.get(key), value):
        yield from missing(f"`{key}` of the role `{role}` is not `{value}`")


@requirement(
    "the role `{role}` supports the platform {platform}",
    "{platform} is among the platforms of the role `{role}`",
)
def role_platform(model: Project, role: str, platform: str) -> Iterable[Finding]:
    """`platforms` of `galaxy_info`."""
    found = model.roles.get(role)
    given = found.galaxy_info.get("platforms") if found else None
    listed = given if isinstance(given, list) else []
    names = [one.get("name") for one in listed if isinstance(one, dict)]
    if platform not in names:
        yield from missing(f"the role `{role}` does not support {platform}")
