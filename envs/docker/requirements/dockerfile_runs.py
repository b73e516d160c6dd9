"""Requirements about what RUN does: packages, build commands, mounts, the order of layers."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from envs.docker.requirements.dockerfile_find import find_stage, missing, no_stage, words_of
from iac_gym.check import Findings, requirement
from iac_gym.languages.dockerfile import values
from iac_gym.languages.dockerfile.expansion import absolute
from iac_gym.languages.dockerfile.model import Copy, DockerfileModel, Run, Stage
from iac_gym.languages.dockerfile.packages import installs
from iac_gym.languages.dockerfile.rules.practice_run import cleans_apt, keeps_small


def _packages(stage: Stage | None, manager: str, names: list[str]) -> str:
    """Return what is missing of the packages, "" for nothing."""
    found: set[str] = set()
    for run in stage.runs if stage else ():
        for install in installs(run):
            if install.manager == manager:
                found |= install.names
    lacking = [name for name in names if name not in found]
    return ", ".join(lacking)


@requirement(
    "the apt packages {packages} installed in the final image",
    "{packages} installed with apt-get in the final image",
)
def apt_packages(model: DockerfileModel, packages: list[str]) -> Findings:
    """apt-get install in the final image, in one RUN or several."""
    if lacking := _packages(model.final, "apt", packages):
        return (missing(model, f"apt-get does not install {lacking}"),)
    return ()


@requirement(
    "the Alpine packages {packages} installed in the final image",
    "{packages} installed with apk in the final image",
)
def apk_packages(model: DockerfileModel, packages: list[str]) -> Findings:
    """apk add in the final image."""
    if lacking := _packages(model.final, "apk", packages):
        return (missing(model, f"apk does not add {lacking}"),)
    return ()


def _apt_runs(model: DockerfileModel) -> list[Run]:
    runs = model.final.runs if model.final else []
    return [run for run in runs if any(one.manager == "apt" for one in installs(run))]


@requirement(
    "apt's package lists removed in the same RUN that installs {packages}",
    "no apt package lists left in the layer that installs {packages}",
)
def apt_lists_removed(model: DockerfileModel, packages: list[str]) -> Findings:
    """rm of /var/lib/apt/lists (or a cache mount there) in every RUN that installs."""
    if lacking := _packages(model.final, "apt", packages):
        yield missing(model, f"apt-get does not install {lacking}")
        return
    for run in _apt_runs(model):
        if not cleans_apt(run):
            yield run.instruction.finding("the package lists stay in this layer")


@requirement(
    "{packages} installed by apt-get without recommended packages",
    "apt-get told to leave recommended packages out when it installs {packages}",
)
def apt_without_recommends(model: DockerfileModel, packages: list[str]) -> Findings:
    """--no-install-recommends for every apt-get install of the final image."""
    if lacking := _packages(model.final, "apt", packages):
        yield missing(model, f"apt-get does not install {lacking}")
        return
    for run in _apt_runs(model):
        for one in installs(run):
            if one.manager == "apt" and not keeps_small(one.options):
                yield run.instruction.finding(
                    f"{one.command.program} installs recommended packages",
                    "--no-install-recommends",
                )


def _runs_of(stage: Stage, line: str) -> list[Run]:
    """Return the RUNs of a stage that certainly run a command line."""
    wanted = words_of(line)
    return [run for run in stage.runs if wanted in run.parsed.said]


@requirement(
    "`{line}` run in the stage `{stage}`",
    "the stage `{stage}` running `{line}`",
)
def runs_in_stage(model: DockerfileModel, stage: str, line: str) -> Findings:
    """A command of RUN in a named stage; its failure must fail the build."""
    found = find_stage(model, stage)
    if found is None:
        return (no_stage(model, stage),)
    elif not _runs_of(found, line):
        return (found.source.finding(f"`{line}` is not run in the stage `{stage}`"),)
    return ()


@requirement(
    "`{line}` run while the final image is built",
    "a build step of the final image that runs `{line}`",
)
def runs(model: DockerfileModel, line: str) -> Findings:
    """A command of RUN in the final image."""
    if model.final is None or not _runs_of(model.final, line):
        return (missing(model, f"`{line}` is not run in the final image"),)
    return ()


@requirement(
    "a cache mount at `{target}` for `{line}`",
    "`{line}` running with a BuildKit cache mount at `{target}`",
)
def cache_mount(model: DockerfileModel, target: str, line: str) -> Findings:
    """RUN --mount=type=cache at a target, in any stage that the final image needs."""
    steps = [run for stage in model.reachable for run in _runs_of(stage, line)]
    if not steps:
        return (missing(model, f"`{line}` is not run"),)
    elif not any(_caches(run, target) for run in steps):
        return (steps[-1].instruction.finding(f"no cache mount at `{target}`"),)
    return ()


@requirement(
    "the build secret `{id}` mounted for `{line}`",
    "`{line}` running with the build secret `{id}` mounted",
)
def secret_mount(model: DockerfileModel, id: str, line: str) -> Findings:
    """RUN --mount=type=secret by its id, in any stage that the final image needs."""
    steps = [run for stage in model.reachable for run in _runs_of(stage, line)]
    if not steps:
        yield missing(model, f"`{line}` is not run")
    elif not any(
        mount.type == "secret" and _secret_id(mount) == id for run in steps for mount in run.mounts
    ):
        yield steps[-1].instruction.finding(f"the secret `{id}` is not mounted")


def _secret_id(mount: values.Mount) -> str:
    options = mount.options
    given = options.get("id") or options.get("source") or options.get("target", "")
    return given if "id" in options else given.rpartition("/")[2]


def _caches(run: Run, target: str) -> bool:
    return any(
        mount.type == "cache" and absolute(mount.target, run.workdir).rstrip("/") == target
        for mount in run.mounts
    )


def _manifest_step(stage: Stage, files: list[str], wanted: tuple[str, ...]) -> int | None:
    """Return the place of the RUN that installs from manifests brought before it."""
    brought: set[str] = set()
    for place, step in enumerate(stage.steps):
        if isinstance(step, Copy):
            if not step.stage and not step.image:
                brought.update([file for file in files if _names(step, file)])
            continue
        if wanted not in step.parsed.said:
            continue
        mounted = {mount.options.get("source", "").removeprefix("./") for mount in step.mounts}
        if all(file in brought or file in mounted for file in files):
            return place
    return None


_WHOLE = frozenset((".", "./", "/", "*"))
_GLOB = re.compile(r"[*?[]")


def _names(step: Copy, file: str) -> bool:
    for source in step.sources:
        pattern = source.removeprefix("./")
        if file == pattern:
            return True
        if pattern != "*" and _GLOB.search(pattern) and fnmatchcase(file, pattern):
            return True
    return False


def _whole_source(step: Copy | Run) -> bool:
    return isinstance(step, Copy) and not _WHOLE.isdisjoint(step.sources)


@requirement(
    "{files} copied and `{line}` run before the rest of the source is copied with `COPY .`",
    "for caching, {files} copied first, then `{line}` run, and only then the whole context copied",
)
def dependencies_first(model: DockerfileModel, files: list[str], line: str) -> Findings:
    """The manifests, the installation, then the source, in one stage that the image needs."""
    reason = f"`{line}` is not run after copying {', '.join(files)} alone"
    wanted = words_of(line)
    for stage in model.reachable:
        place = _manifest_step(stage, files, wanted) if _runs_of(stage, line) else None
        if place is None:
            continue
        whole = [number for number, step in enumerate(stage.steps) if _whole_source(step)]
        if whole and whole[0] < place:
            reason = "the whole source is copied before the dependencies are installed"
        elif whole and whole[-1] > place:
            return ()
        else:
            reason = "the rest of the source is not copied after the dependencies"
    return (missing(model, reason),)


@requirement(
    "RUN instructions executed by the shell `{line}`",
    "`{line}` as the shell of RUN instructions in the final image",
)
def run_shell(model: DockerfileModel, line: str) -> Findings:
    """SHELL of the final image."""
    final = model.final
    if final is None or final.config.shell != words_of(line):
        given = " ".join(final.config.shell) if final else ""
        yield missing(model, f"the shell is `{given[:60]}`, asked for `{line}`")
