"""Requirements about container images: logins, builds, tags, platforms, pushes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from envs.cicd.requirements.github_conditions import holds, job_runs, scenarios
from envs.cicd.requirements.github_find import (
    Found,
    commands_of,
    find_job,
    live_steps,
    using,
    value_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    lines_of,
    sole_expression,
)
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.github_actions.expressions import (
    ExpressionError,
    parse_expression,
    truth,
)
from iac_gym.languages.github_actions.model import Job, Repository, Step

#: Most builds of one job, and most tags of one, that are looked at.
_MOST_BUILDS, _MOST_TAGS = 10, 50
_BUILD, _META = "docker/build-push-action", "docker/metadata-action"


class Image(NamedTuple):
    """A build of an image: its step, its tags, and the options of a typed command."""

    step: Step
    tags: frozenset[str]
    pushed: bool
    typed: dict[str, list[str]] | None = None

    def option(self, name: str) -> list[str]:
        """Return an option by the name of the action's input, as a list."""
        if self.typed is not None:
            return self.typed.get(name, [])
        text = value_of(self.step, name)
        return lines_of(text) if name == "platforms" else text.splitlines()


@kept
def usual_steps(job: Job) -> tuple[Step, ...]:
    """Return the steps that run in some run that is no pull request, where all goes well."""
    steps = live_steps(job)
    if job.continue_on_error or len(steps) == len(job.active):
        return steps
    own = {step.index for step in steps}
    others = [one for one in job.active if one.index not in own and not one.continue_on_error]
    starts = [
        one
        for one in scenarios(job.workflow)
        if not one.event.startswith("pull_request") and job_runs(job, one) is not False
    ]
    more = [
        step for step in others if any(holds(step.condition, one.facts) is True for one in starts)
    ]
    return tuple(sorted([*steps, *more], key=lambda step: step.index))


def _pushes(step: Step) -> bool:
    """Whether a build pushes in runs that are no pull requests."""
    text = value_of(step, "push", "false")
    output = "type=registry" in value_of(step, "outputs") or "push=true" in value_of(
        step, "outputs"
    )
    inner = sole_expression(text)
    if inner is None:
        return text == "true" or output
    return _push_in(step, inner, pull_request=False) is True


def _push_in(step: Step, inner: str, *, pull_request: bool) -> bool | None:
    """Say whether `push` is true for pull requests, or for all other runs."""
    try:
        node = parse_expression(inner)
    except ExpressionError:
        return None
    job = step.owner
    told = {
        truth(node, one.facts)
        for one in (scenarios(job.workflow) if isinstance(job, Job) else ())
        if one.event.startswith("pull_request") is pull_request
    }
    return told.pop() if len(told) == 1 else None


def _build_actions(job: Job) -> Iterator[Image]:
    for step in islice(using(usual_steps(job), _BUILD), _MOST_BUILDS):
        tags = [compact(tag) for tag in lines_of(step.inputs.get("tags", ""))[:_MOST_TAGS]]
        expanded = frozenset(x for tag in tags for x in job.values(tag, step.env))
        made = {compact(one) for one in expanded} | _described(job, step, expanded)
        yield Image(step, frozenset(made), _pushes(step))


def _described(job: Job, step: Step, tags: frozenset[str]) -> set[str]:
    """Return the tags that `docker/metadata-action` makes for a build that takes its outputs."""
    made: set[str] = set()
    for tag in sorted(tags)[:_MOST_TAGS]:
        found = re.fullmatch(r"\$\{\{steps\.([\w-]+)\.outputs\.tags\}\}", compact(tag))
        for meta in islice(using(usual_steps(job), _META), _MOST_BUILDS) if found else ():
            if found and meta.id == found[1] and meta.index < step.index:
                made |= _meta_tags(meta)
    return made


def _meta_tags(meta: Step) -> set[str]:
    images = lines_of(value_of(meta, "images"))
    rules = [_rule(line) for line in value_of(meta, "tags").splitlines() if line.strip()]
    made = (f"{image}:{tag}" for image in images for rule in rules for tag in _meta_tag(rule))
    return set(islice(made, _MOST_TAGS))


def _rule(line: str) -> dict[str, str]:
    parts = [part.partition("=") for part in line.strip().split(",")]
    return {key.strip(): value.strip() for key, _, value in parts}


def _meta_tag(rule: dict[str, str]) -> Iterator[str]:
    if rule.get("enable", "true") == "false":
        return
    before, after = rule.get("prefix", ""), rule.get("suffix", "")
    kind = rule.get("type", "")
    if kind == "raw" and rule.get("value"):
        yield f"{before}{rule['value']}{after}"
    elif kind == "sha":
        before = rule.get("prefix", "sha-")
        name = "${{github.sha}}" if rule.get("format") == "long" else "<short sha>"
        yield f"{before}{name}{after}"
    elif kind == "semver" and rule.get("pattern"):
        yield f"{before}semver {rule['pattern'].replace(' ', '')}{after}"
    elif kind == "ref" and rule.get("event") in ("branch", "tag"):
        yield f"{before}${{{{github.ref_name}}}}{after}"


#: Options of `docker build` by the name of the input of the action.
_OPTIONS = {
    "--platform": "platforms", "--build-arg": "build-args", "--file": "file", "-f": "file",
    "--target": "target", "--cache-from": "cache-from", "--cache-to": "cache-to",
    "--tag": "tags", "-t": "tags", "--secret": "secrets", "--label": "labels",
}  # fmt: skip
_FLAGS = ("--push", "--no-cache", "--pull", "--load", "-q", "--quiet", "--password-stdin")


def _build_commands(job: Job) -> Iterator[Image]:
    pushed = _pushed_by_command(job)
    for ran in commands_of(job):
        words = ran.words
        if words[:2] == ("docker", "build"):
            rest = words[2:]
        elif words[:3] == ("docker", "buildx", "build"):
            rest = words[3:]
        else:
            continue
        options = read_options(rest)
        context = options.pop("", ["."])[-1]
        options["context"] = [clean_path(f"{ran.folder}/{context}")]
        options["platforms"] = [x for one in options.get("platforms", ()) for x in lines_of(one)]
        tags = frozenset(options.pop("tags", []))
        yield Image(ran.step, tags, "--push" in rest or bool(tags & pushed), options)


def read_options(words: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the options of a docker command, and its plain words under an empty name."""
    options: dict[str, list[str]] = {}
    key = ""
    for word in words:
        if key:
            options.setdefault(_OPTIONS.get(key, key), []).append(word)
            key = ""
        elif word.startswith("-") and word not in _FLAGS:
            key = word
        elif not word.startswith("-"):
            options.setdefault("", []).append(word)
    return options


def _pushed_by_command(job: Job) -> set[str]:
    return {ran.words[2] for ran in commands_of(job) if ran.words[:2] == ("docker", "push")
            and len(ran.words) == 3}  # fmt: skip


@kept
def images_of(job: Job) -> tuple[Image, ...]:
    """Return what a job builds with the build action or with `docker build`."""
    return (*_build_actions(job), *_build_commands(job))


def _find_images(model: Repository, job: str) -> Found[tuple[Image, ...]]:
    found = yield from find_job(model, job)
    if found is None:
        return ()
    images = images_of(found)
    if not images:
        yield found.finding(f"the job `{job}` builds no image", "steps")
    return images


# --- builds --------------------------------------------------------------------------------------


@requirement(
    "the job `{job}` builds and pushes the image `{image}`",
    "`{image}` is built and pushed by the job `{job}`",
    "the job `{job}` builds an image and pushes it as `{image}`",
)
def workflow_pushes_image(model: Repository, job: str, image: str) -> Findings:
    """A build with this tag that is pushed."""
    images = yield from _find_images(model, job)
    wanted = compact(image)
    if images and not any(one.pushed and wanted in one.tags for one in images):
        yield images[0].step.finding(f"`{image}` is not pushed", "with", "run")


@requirement(
    "the job `{job}` tags the image `{image}` with the version of the git tag, as `{pattern}`",
    "in the job `{job}`, a semantic version tag gives the image `{image}` the tag `{pattern}`",
)
def workflow_version_tag(model: Repository, job: str, image: str, pattern: str) -> Findings:
    """A `type=semver` tag of `docker/metadata-action` that a pushed build takes."""
    images = yield from _find_images(model, job)
    wanted = f"{image}:semver {pattern}"
    if images and not any(one.pushed and wanted in one.tags for one in images):
        yield images[0].step.finding(f"`{image}` gets no tag {pattern}", "with", "run")


def _option(model: Repository, job: str, name: str, wanted: set[str], what: str) -> Findings:
    images = yield from _find_images(model, job)
    if images and not any(wanted <= set(one.option(name)) for one in images):
        yield images[0].step.finding(what, "with", "run")


@requirement(
    "the image of the job `{job}` is built for {platforms}",
    "the job `{job}` builds its image for the platforms {platforms}",
)
def workflow_image_platforms(model: Repository, job: str, platforms: list[str]) -> Findings:
    """`platforms` of a build, exactly these."""
    images = yield from _find_images(model, job)
    wanted = set(platforms)
    if images and not any(set(one.option("platforms")) == wanted for one in images):
        yield images[0].step.finding(f"the platforms are not {', '.join(platforms)}", "with")


@requirement(
    "the image of the job `{job}` is built with the argument `{name}={value}`",
    "the job `{job}` passes the build argument `{name}={value}`",
)
def workflow_image_argument(model: Repository, job: str, name: str, value: str) -> Findings:
    """A build argument."""
    wanted = {compact(f"{name}={value}")}
    yield from _option(model, job, "build-args", wanted, f"no build argument `{name}={value}`")


def _path_option(model: Repository, job: str, name: str, path: str) -> Findings:
    images = yield from _find_images(model, job)
    for one in images:
        if clean_path(path) in [clean_path(x) for x in one.option(name) if x]:
            return
    if images:
        yield images[0].step.finding(f"the {name} of the build is not `{path}`", "with", "run")


@requirement(
    "the image of the job `{job}` is built from the folder `{folder}`",
    "`{folder}` is the build context of the image in the job `{job}`",
)
def workflow_image_context(model: Repository, job: str, folder: str) -> Findings:
    """The build context."""
    yield from _path_option(model, job, "context", folder)


@requirement(
    "the image of the job `{job}` is built from the Dockerfile `{file}`",
    "`{file}` is the Dockerfile of the image in the job `{job}`",
)
def workflow_image_file(model: Repository, job: str, file: str) -> Findings:
    """The Dockerfile of a build."""
    yield from _path_option(model, job, "file", file)


@requirement(
    "the stage `{target}` of the Dockerfile is what the job `{job}` builds",
    "the job `{job}` builds the stage `{target}`",
)
def workflow_image_target(model: Repository, job: str, target: str) -> Findings:
    """The target stage of a build."""
    yield from _option(model, job, "target", {target}, f"the target is not `{target}`")


@requirement(
    "the build of the image in the job `{job}` reads and writes the layer cache of GitHub Actions",
    "the job `{job}` keeps the layers of its image build in the GitHub Actions cache",
)
def workflow_image_cache(model: Repository, job: str) -> Findings:
    """`type=gha` for both sides of the cache."""
    images = yield from _find_images(model, job)
    for one in images:
        sides = [one.option(side) for side in ("cache-from", "cache-to")]
        if all(any("type=gha" in line.replace(" ", "") for line in side) for side in sides):
            return
    if images:
        yield images[0].step.finding("the layers are not kept in the GitHub cache", "with", "run")


@requirement(
    "for pull requests the job `{job}` only builds the image `{image}`, otherwise it pushes it too",
    "the job `{job}` builds `{image}` in pull requests as well, but pushes it only outside of them",
)
def workflow_image_pushed_later(model: Repository, job: str, image: str) -> Findings:
    """`push` that is false for pull requests and true for other runs."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not any(event.startswith("pull_request") for event in found.workflow.triggers):
        yield found.finding(f"no pull request starts the job `{job}`", "if")
        return
    always = live_steps(found)
    for one in images_of(found):
        inner = sole_expression(value_of(one.step, "push", "false"))
        if not inner or not one.pushed or compact(image) not in one.tags:
            continue
        if one.step in always and _push_in(one.step, inner, pull_request=True) is False:
            return
    yield found.finding(f"`{image}` is pushed for pull requests, or not at all", "steps")


@requirement(
    "the job `{job}` sets up Buildx before it builds",
    "Buildx builds the image of the job `{job}`, set up in a step before",
)
def workflow_buildx(model: Repository, job: str) -> Findings:
    """`docker/setup-buildx-action` before a build."""
    images = yield from _find_images(model, job)
    for one in images:
        owner = one.step.owner
        live = live_steps(owner) if isinstance(owner, Job) else ()
        steps = using(live, "docker/setup-buildx-action")
        if any(step.index < one.step.index for step in steps):
            return
    if images:
        yield images[0].step.finding("Buildx is not set up before the build")


@requirement(
    "the build of the image in the job `{job}` gets the secret `{secret}` under the id `{id}`",
    "under the id `{id}`, the job `{job}` gives the secret `{secret}` to the build of its image",
)
def workflow_image_secret(model: Repository, job: str, id: str, secret: str) -> Findings:
    """A build secret of the build action."""
    wanted = {f"{id}=${{{{secrets.{secret}}}}}"}
    yield from _option(model, job, "secrets", wanted, f"no build secret `{id}`")
