"""Requirements about what GitLab jobs deliver: environments, releases, images, other pipelines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from envs.cicd.commands import joined
from envs.cicd.requirements.gitlab_artifacts import clean_path
from envs.cicd.requirements.gitlab_find import (
    ROOTS,
    Found,
    Ran,
    always,
    commands_of,
    find_job,
    spelled,
)
from envs.cicd.requirements.gitlab_scenarios import shares
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.gitlab_ci import read
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
    if not shares(there[0], other[0])[1]:
        yield model.finding(f"`{stop}` is not in every pipeline with `{job}`", other[0].mark)
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
    if there and (there[1].tier or _guessed(there[1].name)) != tier:
        yield model.finding(f"the tier is not `{tier}`", there[1].mark)


#: How GitLab guesses the tier from the name of an environment, in this order.
_TIERS = (
    (r"dev|review|trunk", "development"),
    (r"test|tst|int|acc?e?pt|qa|qc|control|quality", "testing"),
    (r"sta?g|mode?l|pre|demo|non", "staging"),
    (r"pro?d|live", "production"),
)


def _guessed(name: str) -> str:
    if "$" in name:
        return ""
    found = (tier for pattern, tier in _TIERS if re.search(pattern, name, re.IGNORECASE))
    return next(found, "other")


# --- releases ------------------------------------------------------------------------------------


def _release(model: Pipeline, job: str) -> Found[Release | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    if found.release is not None:
        return _settled(found.release, found)
    made = next((one for ran in commands_of(found) if (one := _by_command(ran))), None)
    if made is None:
        yield model.finding(f"`{job}` makes no release", found.mark)
    return made


def _settled(made: Release, job: Job) -> Release:
    """Return a release with the variables of its job put in."""

    def text(value: str) -> str:
        return spelled(value, job.variables)

    links = tuple([(text(name), text(url)) for name, url in made.links])
    return Release(text(made.tag_name), text(made.description), text(made.name), text(made.ref),
                   made.milestones, links, made.mark)  # fmt: skip


_URL = re.compile(r'"url"\s*:\s*"([^"]*)"')


def _by_command(ran: Ran) -> Release | None:
    """Return the release that `release-cli create` or `glab release create` makes."""
    words, mark = ran.words, ran.run.line.mark
    given: dict[str, list[str]] = {}
    for name, value in _pairs(words):
        given.setdefault(name, []).append(value)

    def of(*names: str) -> str:
        return next((given[name][-1] for name in names if name in given), "")

    if words[:2] == ("release-cli", "create"):
        links = given.get("--assets-link", [])
        tag, text = of("--tag-name"), of("--description")
    elif words[:3] == ("glab", "release", "create") and len(words) > 3:
        links = given.get("--assets-links", []) + given.get("-a", [])
        tag, text = words[3], of("--notes-file", "-F", "--notes", "-N")
    else:
        return None
    urls = tuple([("", url) for link in links for url in _URL.findall(link)])
    return Release(tag, text, of("--name", "-n"), links=urls, mark=mark)


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
    "the file `{text}` is the description of the release in the job `{job}`",
    "the release that the job `{job}` makes is described by the file `{text}`",
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


def _trigger(model: Pipeline, job: str) -> Found[tuple[Job, Trigger] | None]:
    found = yield from find_job(model, job)
    if found is None:
        return None
    if found.trigger is None:
        yield model.finding(f"`{job}` starts no other pipeline", found.mark)
        return None
    return found, found.trigger


@requirement(
    "the job `{job}` starts a pipeline of the project `{project}`",
    "a pipeline of `{project}` is triggered by the job `{job}`",
)
def gitlab_triggers(model: Pipeline, job: str, project: str) -> Findings:
    """A downstream pipeline of another project."""
    started = yield from _trigger(model, job)
    if started and not always(started[0], started[1].project, project):
        yield model.finding(f"`{job}` does not trigger `{project}`", started[1].mark)


@requirement(
    "the pipeline that the job `{job}` starts is on the branch `{branch}`",
    "the job `{job}` triggers the other project's branch `{branch}`",
)
def gitlab_trigger_branch(model: Pipeline, job: str, branch: str) -> Findings:
    """The branch of a downstream pipeline."""
    started = yield from _trigger(model, job)
    if started and not always(started[0], started[1].branch, branch):
        yield model.finding(f"the branch is not `{branch}`", started[1].mark)


@requirement(
    "the job `{job}` starts a child pipeline from the file `{file}`",
    "a child pipeline is made of `{file}` by the job `{job}`",
)
def gitlab_child(model: Pipeline, job: str, file: str) -> Findings:
    """A child pipeline of a file of this project."""
    started = yield from _trigger(model, job)
    if started is None:
        return
    found, trigger = started
    files = [spelled(one.target, found.variables).removeprefix("/")
             for one in trigger.includes if one.kind == "local"]  # fmt: skip
    if file not in files:
        yield model.finding(f"`{job}` does not start `{file}`", trigger.mark)


@requirement(
    "the job `{job}` waits for the pipeline that it starts, and fails when that fails",
    "the result of the pipeline that `{job}` starts is the result of the job",
)
def gitlab_trigger_waits(model: Pipeline, job: str) -> Findings:
    """`strategy: depend` (or `mirror`)."""
    started = yield from _trigger(model, job)
    if started and started[1].strategy not in ("depend", "mirror"):
        yield model.finding(f"`{job}` does not wait", started[1].mark)


@requirement(
    "the pipeline includes GitLab's template `{template}`",
    "GitLab's own template `{template}` is included",
)
def gitlab_template(model: Pipeline, template: str) -> Findings:
    """A template of GitLab that is included."""
    if template not in _included(model, "template"):
        mark = model.tree.marks.get("include", (0, 0))
        yield model.finding(f"the template `{template}` is not included", mark)


@requirement(
    "the file `{file}` of this project is included",
    "the pipeline includes the local file `{file}`",
)
def gitlab_local_include(model: Pipeline, file: str) -> Findings:
    """A file of this project that is included."""
    if file not in [one.removeprefix("/") for one in _included(model, "local")]:
        mark = model.tree.marks.get("include", (0, 0))
        yield model.finding(f"`{file}` is not included", mark)


def _included(model: Pipeline, kind: str) -> list[str]:
    """Return the files that some pipeline includes; `rules` may leave one out of all."""
    given = model.tree.get("include")
    found: list[str] = []
    for entry, mark in read.flat(given, (0, 0)):
        clauses = read.clauses(read.as_map(entry).get("rules"), mark)
        dead = clauses is not None and not any(
            one.possible != "never" and one.when != "never" for one in clauses
        )
        if not dead:
            found += [one.target for one in read.includes(entry, mark) if one.kind == kind]
    return found


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
    """Return what a program is told to do: (`build`,), (`buildx`, `build`), (`push`,), ..."""
    found = tuple([word for word in ran.words[1:4] if re.fullmatch(r"[a-z]+", word)])
    return found[1:] if found[:1] in (("image",), ("buildx",), ("builder",)) else found


@kept
def _builds(job: Job) -> tuple[Ran, ...]:
    """Return the commands that build an image (kaniko's executor is one)."""
    return tuple([
        ran
        for ran in commands_of(job)
        if _program(ran) == "executor"
        or (_program(ran) and _verbs(ran)[:1] in (("build",), ("bud",)))
    ])  # fmt: skip


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
    if image not in _pushed(found):
        yield model.finding(f"`{job}` does not push `{image}`", found.place("script"))


def _pushed(job: Job) -> set[str]:
    """Return the images that a job pushes, once they are built."""
    pushed: set[str] = set()
    built: dict[str, int] = {}
    for ran in _builds(job):
        for tag in _tags(ran):
            built.setdefault(tag, ran.place)
        if _pushes_at_once(ran):
            pushed |= _tags(ran)
    for ran in commands_of(job):
        if not _program(ran) or _verbs(ran)[:1] != ("push",):
            continue
        words = [word.removeprefix("docker://") for word in ran.words[2:] if word[:1] != "-"]
        if {"--all-tags", "-a"} & set(ran.words):
            words += [tag for tag in built if tag.rpartition(":")[0] in words]
        pushed.update(word for word in words if built.get(word, -1) < ran.place)
    return pushed


def _pushes_at_once(ran: Ran) -> bool:
    """Whether a build pushes what it builds."""
    given = dict(_pairs(ran.words))
    if _program(ran) == "executor":
        return "--no-push" not in ran.words or given.get("--no-push") == "false"
    output = {value for name, value in _pairs(ran.words) if name in ("-o", "--output")}
    return ("--push" in ran.words and given.get("--push") != "false") or any(
        "push=true" in one or "type=registry" in one for one in output
    )


@requirement(
    "the job `{job}` builds with the file `{file}`",
    "`{file}` is the Dockerfile that the job `{job}` builds",
)
def gitlab_build_file(model: Pipeline, job: str, file: str) -> Findings:
    """The Dockerfile of a build."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if file not in {_file_of(ran) for ran in _builds(found)}:
        yield model.finding(f"`{job}` does not build `{file}`", found.place("script"))


def _file_of(ran: Ran) -> str:
    """Return the Dockerfile of a build: the one it names, or that of its context."""
    named = [value for name, value in _pairs(ran.words) if name in ("-f", "--file", "--dockerfile")]
    if named:
        return joined(ran.folder, named[-1], ROOTS)
    contexts = [value for name, value in _pairs(ran.words) if name in ("--context", "-c")]
    context = contexts[-1] if contexts else ran.words[-1]
    return joined(ran.folder, posixpath.join(context, "Dockerfile"), ROOTS)


@requirement(
    "the job `{job}` builds with the build argument `{name}` set to `{value}`",
    "the build in the job `{job}` gets the argument `{name}={value}`",
)
def gitlab_build_argument(model: Pipeline, job: str, name: str, value: str) -> Findings:
    """A build argument."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if value not in [_arguments(ran, found).get(name) for ran in _builds(found)]:
        yield model.finding(f"the build does not get `{name}={value}`", found.place("script"))


def _arguments(ran: Ran, job: Job) -> dict[str, str]:
    """Return the arguments of a build; one without a value takes that of the variable."""
    given: dict[str, str] = {}
    for option, text in _pairs(ran.words):
        if option == "--build-arg":
            name, equals, value = text.partition("=")
            given[name] = value if equals else spelled(f"${name}", job.variables)
    return given


@requirement(
    "before it pushes, the job `{job}` logs in to the registry `$CI_REGISTRY` as "
    "`$CI_REGISTRY_USER`, with the password `$CI_REGISTRY_PASSWORD` through standard input",
    "the job `{job}` logs in to `$CI_REGISTRY` as `$CI_REGISTRY_USER`, giving "
    "`$CI_REGISTRY_PASSWORD` through standard input",
)
def gitlab_registry_login(model: Pipeline, job: str) -> Findings:
    """A login that shows no password in the list of processes."""
    found = yield from find_job(model, job)
    if found is None:
        return
    first = _first_push(found)
    for ran in commands_of(found):
        words = ran.words
        if ran.place >= first or not _program(ran) or "login" not in words[1:3]:
            continue
        users = {value for name, value in _pairs(words) if name in ("-u", "--username")}
        known = "$CI_REGISTRY" in words and users & {"$CI_REGISTRY_USER", "gitlab-ci-token"}
        if known and "--password-stdin" in words and _PASSWORD.search(_input(found, ran)):
            return
    yield model.finding(f"`{job}` does not log in to the registry so", found.place("script"))


_PASSWORD = re.compile(r"\$\{?CI_(?:REGISTRY_PASSWORD|JOB_TOKEN)\b")


def _input(job: Job, ran: Ran) -> str:
    """Return what a command reads: the words of those in front of it in a pipe, or `<<<`."""
    before = " ".join(
        spelled(word, job.variables)
        for run in job.commands
        if run.line is ran.run.line and run.command.pipe == ran.run.command.pipe
        and run.command.offset < ran.run.command.offset and run.program in ("echo", "printf")
        for word in run.words
    )  # fmt: skip
    rest = ran.run.line.text[ran.run.command.offset :].partition("\n")[0]
    return before + spelled(rest.partition("<<<")[2], job.variables)


def _first_push(job: Job) -> int:
    """Return the place of the first command that pushes."""
    places = [ran.place for ran in _builds(job) if _pushes_at_once(ran)]
    places += [ran.place for ran in commands_of(job)
               if _program(ran) and _verbs(ran)[:1] == ("push",)]  # fmt: skip
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
    made = found.artifacts
    kept = [clean_path(path, found) for path in made.paths] if made else []
    whole = made is None or made.when != "on_failure"
    named = publish or found.tree.get("publish")  # GitLab keeps it by itself
    there = whole and (folder in kept or clean_path(str(named or ""), found) == folder)
    if not found.pages or clean_path(str(served), found) != folder or not there:
        yield model.finding(f"`{job}` does not publish `{folder}`", found.mark)
