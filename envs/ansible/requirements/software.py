"""Requirements about installed software: packages, repositories, Python packages, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from envs.ansible.requirements.reading import (
    PACKAGES,
    Arguments,
    Done,
    done,
    given_last,
    missing,
    path_of,
    same,
    shown,
    standing,
    text,
    truth,
    words,
)
from iac_gym.check import requirement
from iac_gym.languages.ansible.model import Project, Task
from iac_gym.verdict import Finding

PRESENT = frozenset(("present", "installed", "latest"))
ABSENT = frozenset(("absent", "removed"))
PIP = "ansible.builtin.pip"
APT = "ansible.builtin.apt"
GET_URL = "ansible.builtin.get_url"
GIT = "ansible.builtin.git"
UNARCHIVE = "ansible.builtin.unarchive"
APT_REPOSITORY = "ansible.builtin.apt_repository"
DEB822 = "ansible.builtin.deb822_repository"
YUM_REPOSITORY = "ansible.builtin.yum_repository"


def _packages(model: Project) -> Iterator[tuple[Task, str, str]]:
    """Yield (task, package as written, state), in order."""
    for task, given in done(model, PACKAGES):
        state = text(given.get("state")) or "present"
        if truth(given.get("only_upgrade")) and state != "latest":
            continue
        for name in words(given.get("name")):
            yield task, name, state


def _plain(name: str) -> str:
    """Return the name of a package without a version (`nginx=1.18*`)."""
    return name.partition("=")[0].strip()


def _last(model: Project, package: str) -> tuple[Task, str, str] | None:
    """Return the last task that has a say about a package."""
    found = [one for one in _packages(model) if _plain(one[1]) == package]
    return found[-1] if found else None


@requirement("the package `{package}` is installed", "`{package}` is an installed package")
def package_installed(model: Project, package: str) -> Iterable[Finding]:
    """A package module installs it, and no later one removes it."""
    last = _last(model, package)
    if last is None:
        yield from missing(f"no task installs the package `{package}`")
    elif last[2] not in PRESENT:
        yield last[0].finding(f"the package `{package}` is `{last[2]}`", "state")


@requirement(
    "the package `{package}` is brought to its newest version on every run",
    "`{package}` is always upgraded to the latest package",
)
def package_latest(model: Project, package: str) -> Iterable[Finding]:
    """The state is `latest`."""
    last = _last(model, package)
    if last is None:
        yield from missing(f"no task installs the package `{package}`")
    elif last[2] != "latest":
        yield last[0].finding(f"the package `{package}` is `{last[2]}`, not `latest`", "state")


@requirement(
    "version {version} of the package `{package}` is installed",
    "the package `{package}` is pinned to version {version}",
)
def package_version(model: Project, package: str, version: str) -> Iterable[Finding]:
    """As `name=version` of apt and zypper, or `name-version` of dnf and yum."""
    wanted = {f"{package}={version}", f"{package}={version}*", f"{package}-{version}"}
    good = False
    for _, name, state in _packages(model):
        if name.replace(" ", "") in wanted and state in ("present", "installed"):
            good = True
        elif _plain(name) == package and state in (*ABSENT, "latest"):
            good = False
    if not good:
        yield from missing(f"no task installs version {version} of `{package}`")


@requirement("the package `{package}` is removed", "`{package}` must not be installed")
def package_removed(model: Project, package: str) -> Iterable[Finding]:
    """A package module removes it, and no later one installs it."""
    last = _last(model, package)
    if last is None:
        yield from missing(f"no task removes the package `{package}`")
    elif last[2] not in ABSENT:
        yield last[0].finding(f"the package `{package}` is `{last[2]}`", "state")


@requirement(
    "the package cache of apt is refreshed when it is older than {seconds} seconds",
    "apt's cache counts as fresh for {seconds} seconds and is updated after that",
)
def package_cache(model: Project, seconds: int) -> Iterable[Finding]:
    """`cache_valid_time`, which turns `update_cache` on by itself unless it says no."""
    for _, given in done(model, (APT,)):
        refreshed = "update_cache" not in given or truth(given["update_cache"])
        if refreshed and same(given.get("cache_valid_time"), seconds):
            return
    yield from missing(f"no apt task refreshes the cache after {seconds} seconds")


def _apt_sources(model: Project) -> Iterator[tuple[str, str, frozenset[str], bool]]:
    """Yield (URI, suite, components, whether it is added) of APT repositories."""
    for task, given in done(model, (APT_REPOSITORY, DEB822)):
        added = text(given.get("state")) in ("", "present")
        if task.module == APT_REPOSITORY:
            line = shown(given.get("repo")).strip()
            rest = line.partition("]")[2] if "[" in line else line.removeprefix("deb ")
            found = rest.split()
            if line.startswith("deb ") and len(found) >= 2:
                yield found[0].rstrip("/"), found[1], frozenset(found[2:]), added
            continue
        enabled = "enabled" not in given or truth(given["enabled"])
        parts = frozenset(word for one in words(given.get("components")) for word in one.split())
        kinds = words(given.get("types")) or ["deb"]
        for uri in words(given.get("uris")):
            for suite in words(given.get("suites")):
                yield uri.rstrip("/"), suite, parts, added and enabled and "deb" in kinds


@requirement(
    "the APT repository `{uri}` with the suite `{suite}` and the component `{component}` is set up",
    "packages can come from the APT repository `{uri}` (suite `{suite}`, component `{component}`)",
)
def apt_repository(model: Project, uri: str, suite: str, component: str) -> Iterable[Finding]:
    """As a line of `apt_repository` or in the fields of `deb822_repository`."""
    there = False
    for found, its_suite, components, added in _apt_sources(model):
        if (found, its_suite) == (uri.rstrip("/"), suite) and component in components:
            there = added
    if not there:
        yield from missing(f"the APT repository `{uri} {suite} {component}` is not set up")


@requirement(
    "the YUM repository `{name}` with the base URL `{url}` is set up and its packages' signatures "
    "are checked",
    "there is a YUM repository `{name}` at `{url}`, with GPG checks on",
)
def yum_repository(model: Project, name: str, url: str) -> Iterable[Finding]:
    """`yum_repository` with `gpgcheck`."""
    found = [one for one in done(model, (YUM_REPOSITORY,)) if same(one[1].get("name"), name)]
    if not standing(found):
        yield from missing(f"the YUM repository `{name}` is not set up")
        return
    task, given = found[-1]
    if url.rstrip("/") not in [one.rstrip("/") for one in words(given.get("baseurl"))]:
        yield task.finding(f"the repository `{name}` is not at `{url}`", "baseurl")
    if not truth(given.get("gpgcheck")):
        yield task.finding(f"the repository `{name}` does not check signatures")
    if "enabled" in given and not truth(given["enabled"]):
        yield task.finding(f"the repository `{name}` is not enabled", "enabled")


def _pip(model: Project, venv: str) -> Iterator[tuple[Task, Arguments]]:
    for task, given in done(model, (PIP,)):
        state = text(given.get("state")) or "present"
        own = path_of(given.get("virtualenv")) == venv
        inside = text(given.get("executable")) in (f"{venv}/bin/pip", f"{venv}/bin/pip3")
        if state in ("present", "latest", "forcereinstall") and (own or inside):
            yield task, given


@requirement(
    "the Python package `{package}` is installed into the virtual environment `{venv}`",
    "the virtual environment `{venv}` holds the Python package `{package}`",
)
def pip_package(model: Project, package: str, venv: str) -> Iterable[Finding]:
    """The pip module with that `virtualenv`; a pin such as `gunicorn==22.0` may be in the name."""
    wanted = package.replace(" ", "")
    for _, given in _pip(model, venv):
        names = [name.replace(" ", "") for name in words(given.get("name"))]
        version = text(given.get("version"))
        if wanted in names or (version and wanted in [f"{name}=={version}" for name in names]):
            return
    yield from missing(f"`{package}` is not installed into `{venv}`")


@requirement(
    "the requirements file `{path}` is installed into the virtual environment `{venv}`",
    "pip installs what `{path}` lists into the virtual environment `{venv}`",
)
def pip_requirements(model: Project, path: str, venv: str) -> Iterable[Finding]:
    """The pip module with that file; a relative one is read in `chdir`."""
    for _, given in _pip(model, venv):
        if _joined(given, given.get("requirements")) == path:
            return
    yield from missing(f"`{path}` is not installed into `{venv}`")


def _joined(given: Arguments, value: Any) -> str:
    """Return a path of a task, put behind its `chdir` where it is relative."""
    path, folder = text(value), text(given.get("chdir"))
    return f"{folder.rstrip('/')}/{path}" if folder and path[:1] not in ("/", "") else path


@requirement(
    "the Git repository `{repository}` is checked out to `{folder}`",
    "`{folder}` holds a checkout of `{repository}`",
)
def git_checkout(model: Project, repository: str, folder: str) -> Iterable[Finding]:
    """The git module, with `clone` and `update` not both switched off."""
    for _, given in done(model, (GIT,)):
        cloned = "clone" not in given or truth(given["clone"])
        if cloned and same(given.get("repo"), repository) and path_of(given.get("dest")) == folder:
            return
    yield from missing(f"`{repository}` is not checked out to `{folder}`")


@requirement(
    "the checkout in `{folder}` is at the version `{version}`",
    "in `{folder}` the Git version `{version}` is checked out",
)
def git_version(model: Project, folder: str, version: str) -> Iterable[Finding]:
    """`version` of the git module."""
    found = [one for one in done(model, (GIT,)) if path_of(one[1].get("dest")) == folder]
    last = given_last(found, "version")
    if not found:
        yield from missing(f"nothing is checked out to `{folder}`")
    elif last is None or not same(last[1], version):
        yield found[-1][0].finding(f"the checkout is not at `{version}`", "version")
    elif "update" in found[-1][1] and not truth(found[-1][1]["update"]):
        yield found[-1][0].finding("a checkout that is there stays as it is", "update")


@requirement("`{url}` is downloaded to `{path}`", "the file `{path}` is downloaded from `{url}`")
def downloaded(model: Project, url: str, path: str) -> Iterable[Finding]:
    """The get_url module; a destination that ends with `/` takes the name from the URL."""
    if not _downloads(model, url, path):
        yield from missing(f"`{url}` is not downloaded to `{path}`")


def _downloads(model: Project, url: str, path: str) -> list[Done]:
    found = []
    for task, given in done(model, (GET_URL,)):
        place = text(given.get("dest"))
        if place.endswith("/"):
            place += url.rpartition("/")[2]
        if same(given.get("url"), url) and path in (place, ""):
            found.append((task, given))
    return found


@requirement(
    "the download of `{url}` is checked against the SHA-256 sum {sum}",
    "`{url}` is accepted only with the SHA-256 checksum {sum}",
)
def download_checked(model: Project, url: str, sum: str) -> Iterable[Finding]:
    """`checksum: sha256:...` of get_url."""
    found = _downloads(model, url, "")
    if not found:
        yield from missing(f"`{url}` is not downloaded")
    for task, given in found:
        if text(given.get("checksum")).lower().replace(" ", "") != f"sha256:{sum}".lower():
            yield task.finding("the download is not checked against the sum", "checksum")


@requirement(
    "the archive `{source}` on the host is unpacked into `{folder}`",
    "`{folder}` receives the content of the archive `{source}` that lies on the host",
)
def unpacked(model: Project, source: str, folder: str) -> Iterable[Finding]:
    """The unarchive module with `remote_src`."""
    for task, given in done(model, (UNARCHIVE,)):
        if same(given.get("src"), source) and path_of(given.get("dest")) == folder:
            if not truth(given.get("remote_src")):
                yield task.finding("the archive is looked for on the controller", "remote_src")
            return
    yield from missing(f"`{source}` is not unpacked into `{folder}`")


@requirement(
    "the unpacking into `{folder}` is skipped when `{path}` exists",
    "nothing is unpacked into `{folder}` once `{path}` is there",
)
def unpacked_once(model: Project, folder: str, path: str) -> Iterable[Finding]:
    """`creates` of the unarchive module."""
    found = [
        (task, given)
        for task, given in done(model, (UNARCHIVE,))
        if path_of(given.get("dest")) == folder
    ]
    if not found:
        yield from missing(f"nothing is unpacked into `{folder}`")
    for task, given in found:
        if path_of(given.get("creates")) != path:
            yield task.finding(f"the task does not look for `{path}`", "creates")
