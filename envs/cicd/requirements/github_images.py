"""Requirements about container images: logins, builds, tags, platforms, pushes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from envs.cicd.requirements.github_conditions import Scenario, holds, job_runs, scenarios
from envs.cicd.requirements.github_docker import builds_in
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
    """A build of an image: its step, its tags, and the options of a typed command.

    `sends` are the tags that are pushed, each with the step that does it and what `push` says.
    """

    step: Step
    tags: frozenset[str]
    sends: tuple[tuple[str, Step, str], ...]
    typed: dict[str, list[str]] | None = None

    @property
    def sent(self) -> frozenset[str]:
        """The tags that are pushed in all runs that are no pull requests."""
        return frozenset(tag for tag, step, text in self.sends if _pushes(step, text))

    def option(self, name: str) -> list[str]:
        """Return an option by the name of the action's input, as a list."""
        if self.typed is not None:
            return self.typed.get(name, [])
        text = value_of(self.step, name)
        if name == "secrets":
            return [*text.splitlines(), *_secrets_of_variables(self.step)]
        return lines_of(text) if name == "platforms" else text.splitlines()


def _secrets_of_variables(step: Step) -> list[str]:
    pairs = [line.partition("=") for line in lines_of(value_of(step, "secret-envs"))]
    return [f"{name}={compact(step.env.get(variable, ''))}" for name, _, variable in pairs]


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


def _push_of(step: Step) -> str:
    """Return what `push` says, "true" where the outputs say so."""
    outputs = value_of(step, "outputs")
    sends = "type=registry" in outputs or "push=true" in outputs
    return "true" if sends else value_of(step, "push", "false")


def _pushes(step: Step, text: str) -> bool:
    """Whether `push` is true in all runs that are no pull requests."""
    if sole_expression(text) is None:
        return text == "true"
    job = step.owner
    told = [
        _push_in(text, one)
        for one in (scenarios(job.workflow) if isinstance(job, Job) else ())
        if not one.event.startswith("pull_request")
    ]
    return bool(told) and all(told)


def _push_in(text: str, run: Scenario) -> bool | None:
    """Say whether `push` is true in a run."""
    inner = sole_expression(text)
    if inner is None:
        return text == "true"
    try:
        return truth(parse_expression(inner), run.facts)
    except ExpressionError:
        return None


def _sends_in(step: Step, text: str, run: Scenario) -> bool | None:
    """Say whether a step runs and pushes in a run."""
    both = (holds(step.condition, run.facts), _push_in(text, run))
    return False if False in both else None if None in both else True


def _build_actions(job: Job, steps: Sequence[Step]) -> Iterator[Image]:
    for step in islice(using(steps, _BUILD), _MOST_BUILDS):
        tags = [compact(tag) for tag in lines_of(step.inputs.get("tags", ""))[:_MOST_TAGS]]
        expanded = frozenset(x for tag in tags for x in job.values(tag, step.env))
        made = {compact(one) for one in expanded} | _described(job, step, expanded)
        push = _push_of(step)
        yield Image(step, frozenset(made), tuple((tag, step, push) for tag in sorted(made)))


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
    told = value_of(meta, "tags") or "type=ref,event=branch\ntype=ref,event=tag"
    rules = [_rule(line) for line in told.splitlines() if line.strip()]
    made = (f"{image}:{tag}" for image in images for rule in rules for tag in _meta_tag(rule))
    return set(islice(made, _MOST_TAGS))


def _rule(line: str) -> dict[str, str]:
    parts = [part.partition("=") for part in line.strip().split(",")]
    rule = {key.strip(): value.strip() for key, equals, value in parts if equals}
    plain = [key.strip() for key, equals, _ in parts if not equals]
    return {"value": plain[0], **rule} if plain else rule


def _meta_tag(rule: dict[str, str]) -> Iterator[str]:
    if rule.get("enable", "true") in ("false", "${{false}}"):
        return
    before, after = rule.get("prefix", ""), rule.get("suffix", "")
    kind = rule.get("type", "raw")
    if kind == "raw" and rule.get("value"):
        yield f"{before}{rule['value']}{after}"
    elif kind == "sha":
        before = rule.get("prefix", "sha-")
        name = "${{github.sha}}" if rule.get("format") == "long" else "<short sha>"
        yield f"{before}{name}{after}"
    elif kind == "semver" and rule.get("pattern") and "value" not in rule:
        yield f"{before}semver {rule['pattern'].replace(' ', '')}{after}"
    elif kind == "ref" and rule.get("event") in ("branch", "tag"):
        yield f"{before}${{{{github.ref_name}}}}{after}"


def _images(job: Job, steps: Sequence[Step]) -> Iterator[Image]:
    yield from _build_actions(job, steps)
    for one in builds_in(steps):
        sends = tuple((tag, step, "true") for tag, step in one.sends)
        yield Image(one.ran.step, one.tags, sends, one.options)


@kept
def images_of(job: Job) -> tuple[Image, ...]:
    """Return what a job builds with the build action or with `docker build`."""
    return tuple(_images(job, usual_steps(job)))


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
    if images and not any(wanted in one.sent for one in images):
        yield images[0].step.finding(f"`{image}` is not pushed", "with", "run")


@requirement(
    "the job `{job}` tags the image `{image}` with the version of the git tag, as `{pattern}`",
    "in the job `{job}`, a semantic version tag gives the image `{image}` the tag `{pattern}`",
)
def workflow_version_tag(model: Repository, job: str, image: str, pattern: str) -> Findings:
    """A `type=semver` tag of `docker/metadata-action` that a pushed build takes."""
    images = yield from _find_images(model, job)
    wanted = f"{image}:semver {pattern}"
    if images and not any(wanted in one.sent for one in images):
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
        given = [text.removeprefix("{{defaultContext}}:") for text in one.option(name)]
        if clean_path(path) in [clean_path(x) for x in given if x]:
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
    """A push that is left out for pull requests, whether by `push` or by the `if` of a step."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not any(event.startswith("pull_request") for event in found.workflow.triggers):
        yield found.finding(f"no pull request starts the job `{job}`", "if")
        return
    live = [] if found.continue_on_error else [s for s in found.active if not s.continue_on_error]
    made = [one for one in _images(found, live) if compact(image) in one.tags]
    ways = [one for one in scenarios(found.workflow) if job_runs(found, one) is not False]
    kinds = {one.event.startswith("pull_request") for one in ways}
    if len(kinds) < 2 or not all(_as_asked(made, compact(image), one) for one in ways):
        yield found.finding(f"`{image}` is pushed for pull requests, or not at all", "steps")


def _as_asked(made: Sequence[Image], tag: str, run: Scenario) -> bool:
    """Whether a pull request builds an image and does not push it, and any other run pushes it."""
    sends = [_sends_in(step, text, run) for one in made for t, step, text in one.sends if t == tag]
    if not run.event.startswith("pull_request"):
        return True in sends
    built = any(holds(one.step.condition, run.facts) is True for one in made)
    return built and all(one is False for one in sends)


def _sets_buildx_up(words: tuple[str, ...]) -> bool:
    return words[:3] == ("docker", "buildx", "create") and "--use" in words


@requirement(
    "the job `{job}` sets up Buildx before it builds",
    "Buildx builds the image of the job `{job}`, set up in a step before",
)
def workflow_buildx(model: Repository, job: str) -> Findings:
    """`docker/setup-buildx-action`, or `docker buildx create --use`, before a build."""
    images = yield from _find_images(model, job)
    for one in images:
        owner = one.step.owner
        live = live_steps(owner) if isinstance(owner, Job) else ()
        steps = list(using(live, "docker/setup-buildx-action"))
        typed = commands_of(owner) if isinstance(owner, Job) else ()
        steps += [ran.step for ran in typed if _sets_buildx_up(ran.words)]
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
