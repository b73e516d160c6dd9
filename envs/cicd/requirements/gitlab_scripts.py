"""Requirements about what a GitLab job runs: commands, its image, its services, variables."""

from __future__ import annotations

from envs.cicd.commands import normal, without_pardons
from envs.cicd.requirements.gitlab_find import (
    always,
    find_command,
    find_job,
    settings,
    spelled,
    words_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.formats.shell import read_script
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Service


@requirement(
    "the job `{job}` runs `{command}`",
    "`{command}` runs in the job `{job}`",
    "the script of the job `{job}` runs `{command}`",
)
def gitlab_runs(model: Pipeline, job: str, command: str) -> Findings:
    """A command that certainly runs in a job, and whose failure fails it."""
    yield from find_command(model, job, command)


@requirement(
    "in the job `{job}`, `{command}` comes after `{earlier}`",
    "the job `{job}` runs `{earlier}` before `{command}`",
)
def gitlab_runs_after(model: Pipeline, job: str, command: str, earlier: str) -> Findings:
    """The order of two commands of a job."""
    ran = yield from find_command(model, job, command)
    before = yield from find_command(model, job, earlier)
    if ran and before and not any(one.place > before[0].place for one in ran):
        yield model.finding(f"`{command}` comes before `{earlier}`", ran[0].run.line.mark)


@requirement(
    "the job `{job}` runs `{command}` in the folder `{folder}`",
    "in `{folder}`, the job `{job}` runs `{command}`",
)
def gitlab_runs_in(model: Pipeline, job: str, command: str, folder: str) -> Findings:
    """A command and the folder that `cd` has led to."""
    ran = yield from find_command(model, job, command)
    if ran and not any(one.folder == folder for one in ran):
        yield model.finding(f"`{command}` runs in `{ran[0].folder}`", ran[0].run.line.mark)


@requirement(
    "after the job `{job}`, whether it passes or fails, `{command}` runs",
    "`{command}` runs at the end of the job `{job}` even if the job has failed",
)
def gitlab_runs_afterwards(model: Pipeline, job: str, command: str) -> Findings:
    """A command of `after_script`."""
    found = yield from find_job(model, job)
    if found is None:
        return
    # Failures do not matter here, so `|| true` is as good as nothing.
    text = "\n".join(line.text for line in found.after_script)
    script = read_script(without_pardons(text), found.variables)
    lines = [normal(tuple(spelled(one, found.variables) for one in run.words))
             for run in script.commands if run.certain and run.words]  # fmt: skip
    if words_of(command) not in lines:
        message = f"`{command}` does not run after the job `{job}`"
        yield model.finding(message, found.place("after_script"))


@requirement(
    "the job `{job}` runs in the image `{image}`",
    "`{image}` is the image of the job `{job}`",
    "the job `{job}` uses the container image `{image}`",
)
def gitlab_image(model: Pipeline, job: str, image: str) -> Findings:
    """The container image of a job."""
    found = yield from find_job(model, job)
    if found is None:
        return
    written = found.image.written if found.image else "none"
    if any(_image(spelled(written, known)) != _image(image) for known in settings(found)):
        given = spelled(written, found.variables)
        yield model.finding(f"the image of `{job}` is `{given}`", found.place("image"))


def _image(name: str) -> str:
    for registry in ("index.docker.io/", "docker.io/", "library/"):
        name = name.removeprefix(registry)
    return name


@requirement(
    "for the image of the job `{job}`, the runner follows the pull policy `{policy}`",
    "the image of the job `{job}` has the pull policy `{policy}`",
)
def gitlab_pull_policy(model: Pipeline, job: str, policy: str) -> Findings:
    """When the runner pulls an image."""
    found = yield from find_job(model, job)
    if found and (found.image is None or found.image.pull_policy != (policy,)):
        yield model.finding(f"the pull policy is not `{policy}`", found.place("image"))


def _service(job: Job, image: str) -> Service | None:
    return next(
        (one for one in job.services if _image(spelled(one.name, job.variables)) == _image(image)),
        None,
    )


@requirement(
    "the service `{service}` runs beside the job `{job}`",
    "the job `{job}` has the service `{service}`",
)
def gitlab_service(model: Pipeline, job: str, service: str) -> Findings:
    """A service container of a job."""
    found = yield from find_job(model, job)
    if found and _service(found, service) is None:
        yield model.finding(f"`{job}` has no service `{service}`", found.place("services"))


@requirement(
    "the job `{job}` reaches its service `{service}` as `{alias}`",
    "the service `{service}` of the job `{job}` has the alias `{alias}`",
)
def gitlab_service_alias(model: Pipeline, job: str, service: str, alias: str) -> Findings:
    """The host name of a service: its alias, or one of the names that GitLab makes of its image."""
    found = yield from find_job(model, job)
    if found is None:
        return
    one = _service(found, service)
    if one is None:
        yield model.finding(f"`{job}` has no service `{service}`", found.place("services"))
    elif alias not in _hosts(one):
        yield model.finding(f"`{service}` is not reached as `{alias}`", one.mark)


def _hosts(service: Service) -> set[str]:
    name = _image(service.name).partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    own = service.alias.replace(",", " ").split()
    return {*own, name.replace("/", "__"), name.replace("/", "-")}


@requirement(
    "the service `{service}` of the job `{job}` has the variable `{name}` set to `{value}`",
    "`{name}` is `{value}` for the service `{service}` of the job `{job}`",
)
def gitlab_service_variable(
    model: Pipeline, job: str, service: str, name: str, value: str
) -> Findings:
    """A variable that a service sees: its own, or one of the job."""
    found = yield from find_job(model, job)
    if found is None:
        return
    one = _service(found, service)
    if one is None:
        yield model.finding(f"`{job}` has no service `{service}`", found.place("services"))
        return
    for known in settings(found):
        given = {**known, **one.variables}.get(name)
        if given is None or spelled(given, known) != value:
            yield model.finding(f"`{name}` of `{service}` is not `{value}`", one.mark)
            return


@requirement(
    "the variable `{name}` is `{value}` in the job `{job}`",
    "the job `{job}` runs with `{name}` set to `{value}`",
)
def gitlab_variable(model: Pipeline, job: str, name: str, value: str) -> Findings:
    """A variable in force in a job, whether set there or for the whole pipeline."""
    found = yield from find_job(model, job)
    if found is None:
        return
    if not _is(found, name, value):
        place = found.place("variables", name)
        yield model.finding(f"`{name}` is not `{value}` in the job `{job}`", place)


def _is(job: Job, name: str, value: str) -> bool:
    """Whether a variable has a value however the job comes about."""
    return all(name in known for known in settings(job)) and always(job, f"${{{name}}}", value)


@requirement(
    "the variable `{name}` is `{value}` in every job",
    "all jobs run with `{name}` set to `{value}`",
)
def gitlab_everywhere_variable(model: Pipeline, name: str, value: str) -> Findings:
    """A variable in force in all jobs that can run."""
    if not model.running:
        yield model.finding("no job can run")
    for job in model.running.values():
        if not _is(job, name, value):
            yield model.finding(f"`{name}` is not `{value}` in `{job.name}`", job.mark)


@requirement(
    "only a runner with the tag `{tag}` takes the job `{job}`",
    "the job `{job}` needs a runner tagged `{tag}`",
)
def gitlab_runner_tag(model: Pipeline, job: str, tag: str) -> Findings:
    """A tag of the runners that may take a job."""
    found = yield from find_job(model, job)
    if found and tag not in [spelled(one, found.variables) for one in found.tags]:
        yield model.finding(f"`{job}` does not ask for the tag `{tag}`", found.place("tags"))


@requirement(
    "GitLab reads the coverage of the job `{job}` with the pattern `{pattern}`",
    "the coverage of the job `{job}` is found with `{pattern}`",
)
def gitlab_coverage(model: Pipeline, job: str, pattern: str) -> Findings:
    """The pattern that finds the coverage in a log."""
    found = yield from find_job(model, job)
    if found and found.coverage != pattern:
        yield model.finding(f"the coverage of `{job}` is not found so", found.place("coverage"))


@requirement(
    "{count} copies of the job `{job}` run in parallel",
    "the job `{job}` is split into {count} parallel jobs",
)
def gitlab_parallel(model: Pipeline, job: str, count: int) -> Findings:
    """`parallel` as a number."""
    found = yield from find_job(model, job)
    if found and (found.parallel.count != count or found.parallel.matrix):
        yield model.finding(f"`{job}` does not run {count} times", found.place("parallel"))


@requirement(
    "the job `{job}` runs for each value of `{variable}`: {values}",
    "for each of {values}, the job `{job}` runs with it in the variable `{variable}`",
)
def gitlab_matrix(model: Pipeline, job: str, variable: str, values: list[str]) -> Findings:
    """The values that a variable has in the matrix of a job."""
    found = yield from find_job(model, job)
    if found is None:
        return
    given = {one.get(variable) for one in found.parallel.matrix}
    if given != set(values):
        yield model.finding(
            f"`{variable}` does not have just these values", found.place("parallel")
        )


@requirement(
    "the image of the job `{job}` is `{name}` in the version that the variable `{variable}` holds",
    "each run of the job `{job}` uses `{name}` with `{variable}` as its tag",
)
def gitlab_matrix_image(model: Pipeline, job: str, name: str, variable: str) -> Findings:
    """An image whose tag comes from the matrix."""
    found = yield from find_job(model, job)
    if found is None:
        return
    sets = found.parallel.matrix
    given = spelled(found.image.written, found.variables) if found.image else ""
    if not any(variable in one for one in sets) or _image(given) != f"{name}:${variable}":
        yield model.finding(f"the image is not `{name}:${variable}`", found.place("image"))


@requirement(
    "the job `{job}` has the identity token `{name}` for the audience `{audience}`",
    "GitLab gives the job `{job}` an ID token `{name}` whose audience is `{audience}`",
)
def gitlab_id_token(model: Pipeline, job: str, name: str, audience: str) -> Findings:
    """An identity token."""
    found = yield from find_job(model, job)
    given = found.id_tokens.get(name, ()) if found else ()
    if found and [spelled(one, found.variables) for one in given] != [audience]:
        yield model.finding(f"`{job}` has no such token", found.place("id_tokens"))
