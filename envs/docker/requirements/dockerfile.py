"""Requirements about Dockerfiles: stages, and the files that reach the final image.

Everything is looked for in the final image, with what it inherits from the stages it is built on,
or in a named stage that the final image needs. Commands count only where they certainly run.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import lru_cache

from envs.docker.requirements.dockerfile_find import find_stage, missing, no_stage, same_image
from iac_gym.check import Findings, requirement
from iac_gym.languages.dockerfile.expansion import absolute
from iac_gym.languages.dockerfile.model import Copy, DockerfileModel, Stage


@requirement(
    "a final image based on `{image}`",
    "`{image}` as the base of the final image",
    "the final image built on `{image}`",
)
def final_base_image(model: DockerfileModel, image: str) -> Findings:
    """The image at the root of the final stage's lineage."""
    final = model.final
    if final is None:
        return (missing(model, "there is no FROM"),)
    elif not same_image(final.image, image):
        message = f"the final image is based on `{final.image[:60]}`, asked for `{image}`"
        return (final.root.source.finding(message),)
    return ()


@requirement(
    "a build stage called `{name}` based on `{image}`",
    "a separate stage `{name}` on top of `{image}`",
    "the stage `{name}` starting from `{image}`",
)
def build_stage(model: DockerfileModel, name: str, image: str) -> Findings:
    """A named stage that the final image needs, and the image it stands on."""
    stage = find_stage(model, name)
    if stage is None:
        return (no_stage(model, name),)
    elif not same_image(stage.image, image):
        message = f"the stage `{name}` is based on `{stage.image[:60]}`, asked for `{image}`"
        return (stage.root.source.finding(message),)
    return ()


_FOLDERS = frozenset("/ /usr /tmp /etc /usr/local/bin /usr/bin /bin /opt /srv".split())


def _is_folder(stage: Stage, path: str) -> bool:
    """Whether a path is known to be a folder of the image."""
    return (
        path in _FOLDERS
        or any(path == one.config.workdir for one in stage.lineage)
        or any(path == run.workdir for run in stage.runs)
    )


@lru_cache(maxsize=512)
def _clean(path: str) -> str:
    return absolute(path, "/").rstrip("/") or "/"


def _landing(step: Copy, source: str, asked: str, inside: bool) -> str | None:
    """Return where a path lands when one source of a COPY brings it, None where it does not.

    `inside`: the destination is a folder.
    """
    target = step.destination.rstrip("/")
    asked_path, source_path = _clean(asked), _clean(source)
    name = asked_path.rpartition("/")[2]
    if source_path == asked_path:
        bare = "." in name or not asked.endswith("/")
        return f"{target}/{name}" if inside and bare else target or "/"
    if any(mark in source for mark in "*?[") and fnmatchcase(asked_path, source_path):
        return f"{target}/{name}" if inside else target or "/"
    parent = "" if source_path == "/" else source_path
    if asked_path.startswith(f"{parent}/"):
        return f"{target}{asked_path[len(parent) :]}"
    return None


def _arrives(step: Copy, asked: str, target: str, stage: Stage) -> bool:
    wanted, sources = _clean(target), step.sources
    folder = step.destination.rstrip("/") or "/"
    if folder == wanted and len(sources) == 1 and _clean(sources[0]) == _clean(asked):
        # a folder is copied with its content: `COPY dist /srv/` and `COPY dist /srv` are the same
        return True
    inside = step.into_folder or _is_folder(stage, folder)
    return any(_landing(step, source, asked, inside) == wanted for source in sources)


def _replaces(step: Copy, target: str) -> bool:
    return step.destination == target and not step.into_folder


def _find_copy(stage: Stage, asked: str, target: str, origin: str) -> tuple[Copy | None, str]:
    """Find the copy that brings a path to a target; or say what is wrong.

    `origin` is the name of the stage it must come from, "" for the build context. The last copy
    to the target decides.
    """
    reason = f"`{asked}` is not copied to `{target}`"
    for step in reversed(stage.copies):
        comes = step.stage.name if step.stage else step.image
        if _arrives(step, asked, target, stage):
            if comes == origin.lower():
                return step, ""
            where = f"the stage `{comes}`" if comes else "the build context"
            reason = f"`{asked}` is copied from {where}"
        if _replaces(step, target):
            break
    return None, reason


@requirement(
    "`{source}` of the stage `{stage}` copied to `{target}` in the final image",
    "the final image takes `{source}` from the stage `{stage}` and puts it at `{target}`",
)
def artefact(model: DockerfileModel, stage: str, source: str, target: str) -> Findings:
    """A COPY --from in the final image; the stage by name or by number."""
    final = model.final
    if final is None:
        return (missing(model, "there is no FROM"),)
    step, reason = _find_copy(final, source, target, stage)
    if step is None:
        return (missing(model, reason),)
    return ()


@requirement(
    "`{source}` from the build context copied to `{target}`",
    "a copy of the context's `{source}` at `{target}` in the final image",
)
def copied(model: DockerfileModel, source: str, target: str) -> Findings:
    """A COPY or ADD from the build context into the final image."""
    final = model.final
    if final is None:
        return (missing(model, "there is no FROM"),)
    step, reason = _find_copy(final, source, target, "")
    if step is None:
        return (missing(model, reason),)
    return ()


def _brings(step: Copy, source: str) -> bool:
    asked = absolute(source, "/").rstrip("/")
    return any((absolute(one, "/").rstrip("/") or "/") == (asked or "/") for one in step.sources)


@requirement(
    "`{source}` copied into the final image with the owner `{owner}`",
    "files copied as `{source}` belong to `{owner}` in the final image, by the copy itself",
)
def copied_for(model: DockerfileModel, source: str, owner: str) -> Findings:
    """COPY --chown of the final image: `owner` is a user, or user:group."""
    final = model.final
    steps = [step for step in final.copies if _brings(step, source)] if final else []
    if not steps:
        yield missing(model, f"`{source}` is not copied into the final image")
    for step in steps[-1:]:
        given = step.owner if ":" in owner else step.owner.partition(":")[0]
        if given != owner:
            said = f"to `{step.owner[:40]}`" if step.owner else "to root"
            yield step.instruction.finding(f"`{source}` belongs {said}, asked for `{owner}`")


@requirement(
    "`{path}` written by a COPY heredoc that holds the line `{line}`",
    "the file `{path}`, given inline as a COPY heredoc with the line `{line}`",
)
def inline_file(model: DockerfileModel, path: str, line: str) -> Findings:
    """A heredoc of COPY in the final image."""
    final = model.final
    steps = [step for step in final.copies if step.heredocs] if final else []
    for step in reversed(steps):
        for doc in step.heredocs:
            where = step.destination
            if step.into_folder:
                where = f"{where.rstrip('/')}/{doc.name}"
            if where == path:
                if line not in (text.strip() for text in doc.text.split("\n")):
                    yield step.instruction.finding(f"`{path}` does not hold the line `{line}`")
                return
    yield missing(model, f"no COPY heredoc writes `{path}`")
