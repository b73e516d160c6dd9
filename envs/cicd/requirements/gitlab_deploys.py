"""Requirements about what GitLab jobs deliver: environments, releases, images, other pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envs.cicd.requirements.gitlab_find import Found, Ran, commands_of, find_job, spelled
from iac_gym.check import Findings, requirement
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Environment, Release, Trigger


def _environment(model: Pipeline, job: str) -> Found[tuple[Job, Environment] | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    if found.environment is None:
        yield model.finding(f"`{job}` has no environment", found.mark)
        return None
    return found, found.environment


@requirement(
    "the job `{job}` deploys to the environment `{name}`",
    "`{name}` is the environment of the job `{job}`",
)
def gitlab_environment(model: Pipeline, job: str, name: str) -> Findings:
    """The environment that a job deploys to."""
    there = yield from _environment(model, job)
    if there is None:
        return
    found, one = there
    if spelled(one.name, found.variables) != name:
        yield model.finding(f"the environment of `{job}` is `{one.name}`", one.mark)
    elif one.action != "start":
        yield model.finding(f"`{job}` does not deploy", one.mark)


@requirement(
    "the environment of the job `{job}` has the URL `{url}`",
    "GitLab links `{url}` for the environment of the job `{job}`",
)
def gitlab_environment_url(model: Pipeline, job: str, url: str) -> Findings:
    """The URL of an environment."""
    there = yield from _environment(model, job)
    if there and spelled(there[1].url, there[0].variables).rstrip("/") != url.rstrip("/"):
        yield model.finding(f"the URL is not `{url}`", there[1].mark)


@requirement(
    "the job `{stop}` stops the environment of the job `{job}`",
    "the environment that `{job}` deploys is stopped by the job `{stop}`",
)
def gitlab_environment_stop(model: Pipeline, job: str, stop: str) -> Findings:
    """`on_stop`, and the job that it names."""
    there = yield from _environment(model, job)
    other = yield from _environment(model, stop)
    if there is None or other is None:
        return
    if there[1].on_stop != stop:
        yield model.finding(f"`{stop}` is not what stops it", there[1].mark)
    same = spelled(there[1].name, there[0].variables) == spelled(other[1].name, other[0].variables)
    if other[1].action != "stop" or not same:
        yield model.finding(f"`{stop}` does not stop this environment", other[1].mark)


@requirement(
    "the environment of the job `{job}` stops by itself after {days} days",
    "GitLab stops the environment of the job `{job}` {days} days after its last deployment",
)
def gitlab_environment_days(model: Pipeline, job: str, days: int) -> Findings:
    """`auto_stop_in`."""
    there = yield from _environment(model, job)
    if there and there[1].auto_stop_in != days * 86400.0:
        yield model.finding(f"it does not stop after {days} days", there[1].mark)


@requirement(
    "the environment of the job `{job}` is of the tier `{tier}`",
    "`{tier}` is the deployment tier of the environment of the job `{job}`",
)
def gitlab_environment_tier(model: Pipeline, job: str, tier: str) -> Findings:
    """`deployment_tier`."""
    there = yield from _environment(model, job)
    if there and there[1].tier != tier:
        yield model.finding(f"the tier is not `{tier}`", there[1].mark)


# --- releases ------------------------------------------------------------------------------------


def _release(model: Pipeline, job: str) -> Found[Release | None]:
    found = yield from find_job(model, job)
    if found and found.release is None:
        yield model.finding(f"`{job}` makes no release", found.mark)
    return found.release if found else None


@requirement(
    "the job `{job}` makes a GitLab release of the tag `{tag}`",
    "a GitLab release for the tag `{tag}` is made by the job `{job}`",
)
def gitlab_release(model: Pipeline, job: str, tag: str) -> Findings:
    """The release that a job makes."""
    made = yield from _release(model, job)
    if made and spelled(made.tag_name, {}) != tag:
        yield model.finding(f"the release is of `{made.tag_name}`", made.mark)


@requirement(
    "the description of the release in the job `{job}` is `{text}`",
    "`{text}` describes the release that the job `{job}` makes",
)
def gitlab_release_text(model: Pipeline, job: str, text: str) -> Findings:
    """The description of a release, or the file that it is read from."""
    made = yield from _release(model, job)
    if made and spelled(made.description, {}).removeprefix("./") != text:
        yield model.finding("the release is described otherwise", made.mark)


@requirement(
    "the release of the job `{job}` has the name `{name}`",
    "`{name}` is the name of the release that the job `{job}` makes",
)
def gitlab_release_name(model: Pipeline, job: str, name: str) -> Findings:
    """The name of a release."""
    made = yield from _release(model, job)
    if made and spelled(made.name, {}) != name:
        yield model.finding(f"the release is called `{made.name}`", made.mark)


@requirement(
    "the release of the job `{job}` links to `{url}`",
    "the release that the job `{job}` makes has an asset link to `{url}`",
)
def gitlab_release_link(model: Pipeline, job: str, url: str) -> Findings:
    """An asset link of a release."""
    made = yield from _release(model, job)
    if made and url not in [spelled(link, {}) for _, link in made.links]:
        yield model.finding(f"the release does not link to `{url}`", made.mark)


# --- other pipelines -----------------------------------------------------------------------------


def _trigger(model: Pipeline, job: str) -> Found[Trigger | None]:
    found = yield from find_job(model, job)
    if found and found.trigger is None:
        yield model.finding(f"`{job}` starts no other pipeline", found.mark)
    return found.trigger if found else None


@requirement(
    "the job `{job}` starts a pipeline of the project `{project}`",
    "a pipeline of `{project}` is triggered by the job `{job}`",
)
def gitlab_triggers(model: Pipeline, job: str, project: str) -> Findings:
    """A downstream pipeline of another project."""
    started = yield from _trigger(model, job)
    if started and spelled(started.project, {}) != project:
        yield model.finding(f"`{job}` does not trigger `{project}`", started.mark)


@requirement(
    "the pipeline that the job `{job}` starts is on the branch `{branch}`",
    "the job `{job}` triggers the other project's branch `{branch}`",
)
def gitlab_trigger_branch(model: Pipeline, job: str, branch: str) -> Findings:
    """The branch of a downstream pipeline."""
    started = yield from _trigger(model, job)
    if started and spelled(started.branch, {}) != branch:
        yield model.finding(f"the branch is not `{branch}`", started.mark)


@requirement(
    "the job `{job}` starts a child pipeline from the file `{file}`",
    "a child pipeline is made of `{file}` by the job `{job}`",
)
def gitlab_child(model: Pipeline, job: str, file: str) -> Findings:
    """A child pipeline of a file of this project."""
    started = yield from _trigger(model, job)
    if started is None:
        return
    files = [one.target.removeprefix("/") for one in started.includes if one.kind == "local"]
    if file not in files:
        yield model.finding(f"`{job}` does not start `{file}`", started.mark)


@requirement(
    "the job `{job}` waits for the pipeline that it starts, and fails when that fails",
    "the result of the pipeline that `{job}` starts is the result of the job",
)
def gitlab_trigger_waits(model: Pipeline, job: str) -> Findings:
    """`strategy: depend` (or `mirror`)."""
    started = yield from _trigger(model, job)
    if started and started.strategy not in ("depend", "mirror"):
        yield model.finding(f"`{job}` does not wait", started.mark)


@requirement(
    "the pipeline includes GitLab's template `{template}`",
    "GitLab's own template `{template}` is included",
)
def gitlab_template(model: Pipeline, template: str) -> Findings:
    """A template of GitLab that is included."""
    if template not in [one.target for one in model.includes if one.kind == "template"]:
        mark = model.tree.marks.get("include", (0, 0))
        yield model.finding(f"the template `{template}` is not included", mark)


@requirement(
    "the file `{file}` of this project is included",
    "the pipeline includes the local file `{file}`",
)
def gitlab_local_include(model: Pipeline, file: str) -> Findings:
    """A file of this project that is included."""
    local = [one.target.removeprefix("/") for one in model.includes if one.kind == "local"]
    if file not in local:
        mark = model.tree.marks.get("include", (0, 0))
        yield model.finding(f"`{file}` is not included", mark)


# --- images --------------------------------------------------------------------------------------

_TAG = ("-t", "--tag", "--destination", "-d")


def _pairs(words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the options of a command with what follows them."""
    for place, word in enumerate(words):
        name, equals, value = word.partition("=")
        if equals:
            yield name, value
        yield word, words[place + 1] if place + 1 < len(words) else ""


def _program(ran: Ran) -> str:
    name = ran.words[0].rpartition("/")[2]
    return name if name in ("docker", "podman", "buildah", "nerdctl", "executor", "img") else ""


def _verbs(ran: Ran) -> tuple[str, ...]:
    return tuple([word for word in ran.words[1:4] if re.fullmatch(r"[a-z]+", word)])


def _builds(job: Job) -> list[Ran]:
    """Return the commands that build an image (kaniko's executor is one)."""
    return [
        ran
        for ran in commands_of(job)
        if _program(ran) == "executor"
        or (_program(ran) and {"build", "bud"} & set(_verbs(ran)[:2]))
    ]


def _tags(ran: Ran) -> set[str]:
    return {value for name, value in _pairs(ran.words) if name in _TAG}


def _retagged(job: Job) -> set[tuple[str, str]]:
    return {
        (ran.words[-2], ran.words[-1])
        for ran in commands_of(job)
        if _program(ran) and _verbs(ran)[:1] == ("tag",) and len(ran.words) > 3
    }


@requirement(
    "the job `{job}` builds the image `{image}`",
    "the image `{image}` is built by the job `{job}`",
)
def gitlab_builds_image(model: Pipeline, job: str, image: str) -> Findings:
    """An image that a job builds, under its full name."""
    found = yield from find_job(model, job)
    if found is None:
        return
    tags = {tag for ran in _builds(found) for tag in _tags(ran)}
    tags |= {new for old, new in _retagged(found) if old in tags}
    if image not in tags:
        yield model.finding(f"`{job}` does not build `{image}`", found.place("script"))


@requirement(
    "the job `{job}` pushes the image `{image}` to its registry",
    "the image `{image}` is pushed by the job `{job}`",
)
def gitlab_pushes_image(model: Pipeline, job: str, image: str) -> Findings:
    """An image that a job pushes: with `push`, or as a part of the build."""
    found = yield from find_job(model, job)
    if found is None:
        return
    pushed: set[str] = set()
    for ran in commands_of(found):
        if _program(ran) and _verbs(ran)[:1] == ("push",):
            words = [word for word in ran.words[2:] if not word.startswith("-")]
            pushed.update(words)
            if {"--all-tags", "-a"} & set(ran.words):
                pushed.update(tag for one in _builds(found) for tag in _tags(one))
    for ran in _builds(found):
        kaniko = _program(ran) == "executor" and "--no-push" not in ran.words
        if kaniko or "--push" in ran.words:
            pushed |= _tags(ran)
    if image not in pushed:
        yield model.finding(f"`{job}` does not push `{image}`", found.place("script"))


@requirement(
    "the job `{job}` builds with the file `{file}`",
    "`{file}` is the Dockerfile that the job `{job}` builds",
)
def gitlab_build_file(model: Pipeline, job: str, file: str) -> Findings:
    """The Dockerfile of a build."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = {
        value.removeprefix("$CI_PROJECT_DIR/").removeprefix("./")
        for ran in _builds(found)
        for name, value in _pairs(ran.words)
        if name in ("-f", "--file", "--dockerfile")
    }
    if file not in given:
        yield model.finding(f"`{job}` does not build `{file}`", found.place("script"))


@requirement(
    "the job `{job}` builds with the build argument `{name}` set to `{value}`",
    "the build in the job `{job}` gets the argument `{name}={value}`",
)
def gitlab_build_argument(model: Pipeline, job: str, name: str, value: str) -> Findings:
    """A build argument."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = {
        text
        for ran in _builds(found)
        for option, text in _pairs(ran.words)
        if option == "--build-arg"
    }
    if f"{name}={value}" not in given:
        yield model.finding(f"the build does not get `{name}={value}`", found.place("script"))


@requirement(
    "before it pushes, the job `{job}` logs in to the registry `$CI_REGISTRY` with GitLab's own "
    "credentials, the password through standard input",
    "the job `{job}` logs in to `$CI_REGISTRY` as `$CI_REGISTRY_USER`, giving "
    "`$CI_REGISTRY_PASSWORD` through standard input",
)
def gitlab_registry_login(model: Pipeline, job: str) -> Findings:
    """A login that shows no password in the list of processes."""
    found = yield from find_job(model, job)
    if found is None:
        return
    for run in found.commands[: _first_push(found)]:
        words = tuple(spelled(word, found.variables) for word in run.words)
        if not run.certain or "login" not in words[1:3] or "--password-stdin" not in words:
            continue
        users = {value for name, value in _pairs(words) if name in ("-u", "--username")}
        known = "$CI_REGISTRY" in words and users & {"$CI_REGISTRY_USER", "gitlab-ci-token"}
        if known and re.search(r"\$\{?CI_(?:REGISTRY_PASSWORD|JOB_TOKEN)\b", run.line.text):
            return
    yield model.finding(f"`{job}` does not log in to the registry so", found.place("script"))


def _first_push(job: Job) -> int:
    places = [number for number, run in enumerate(job.commands) if "push" in run.words[1:3]]
    return min(places, default=len(job.commands))


@requirement(
    "the job `{job}` publishes the folder `{folder}` with GitLab Pages",
    "GitLab Pages serves the folder `{folder}` that the job `{job}` makes",
)
def gitlab_pages(model: Pipeline, job: str, folder: str) -> Findings:
    """A job that publishes a site."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = found.tree.get("pages")
    publish = given.get("publish") if isinstance(given, dict) else None
    served = publish or found.tree.get("publish") or "public"
    kept = [path.strip("/") for path in found.artifacts.paths] if found.artifacts else []
    if not found.pages or served != folder or (folder not in kept and publish != folder):
        yield model.finding(f"`{job}` does not publish `{folder}`", found.mark)
