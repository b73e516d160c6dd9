"""Requirements about deployments with Terraform and Helm."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from envs.cicd.requirements.github_find import (
    Found,
    Ran,
    commands_of,
    find_job,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.formats.lazy import kept
from iac_gym.languages.github_actions.model import Job, Repository

# --- Terraform -----------------------------------------------------------------------------------


class Terraform(NamedTuple):
    """A terraform command: its subcommand, its options (a single dash), the folder, plain words."""

    ran: Ran
    verb: str
    options: frozenset[str]
    folder: str
    plain: tuple[str, ...]


@kept
def _terraform(job: Job) -> tuple[Terraform, ...]:
    return tuple(_read_terraform(job))


def _read_terraform(job: Job) -> Iterator[Terraform]:
    for ran in commands_of(job):
        if ran.words[0] not in ("terraform", "tofu"):
            continue
        folder, rest = ran.folder, list(ran.words[1:])
        while rest and rest[0].startswith("-chdir"):
            target = rest[0].partition("=")[2] or (rest.pop(1) if len(rest) > 1 else "")
            folder = posixpath.normpath(posixpath.join(folder, target))
            rest.pop(0)
        if rest:
            options, plain = _terraform_words(rest[1:])
            yield Terraform(ran, rest[0], options, clean_path(folder), plain)


#: Options whose value may stand behind a space.
_VALUED = frozenset(
    "-var -var-file -out -target -state -backend-config -parallelism -lock-timeout".split()
)


def _terraform_words(words: Sequence[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Split words into options, with one dash and `=`, and plain words."""
    options: list[str] = []
    plain: list[str] = []
    valued = False
    for word in words:
        if word.startswith("-"):
            options.append("-" + word.lstrip("-"))
            valued = options[-1] in _VALUED
        elif valued or (options and word in ("true", "false")):
            options[-1] += f"={word}"
            valued = False
        else:
            plain.append(word)
    return frozenset(options), tuple(plain)


def _find_terraform(model: Repository, job: str, verb: str, folder: str) -> Found[list[Terraform]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    wanted = clean_path(folder)
    made = [
        one
        for one in _terraform(found)
        if one.verb == verb and one.folder == wanted and not _takes_down(one)
    ]
    if not made:
        yield found.finding(f"`terraform {verb}` does not run in `{folder}`", "steps")
    return made


def _takes_down(one: Terraform) -> bool:
    return one.verb in ("apply", "plan") and bool(one.options & {"-destroy", "-destroy=true"})


@requirement(
    "the job `{job}` runs `terraform {verb}` in `{folder}`",
    "in `{folder}`, `terraform {verb}` is run by the job `{job}`",
)
def workflow_terraform(model: Repository, job: str, verb: str, folder: str) -> Findings:
    """A terraform command in a folder: by `working-directory`, `cd` or `-chdir`."""
    made = yield from _find_terraform(model, job, verb, folder)
    if not made or verb in ("init", "fmt", "validate"):
        return
    found = made[0].ran.step.owner
    before = [
        one
        for one in (_terraform(found) if isinstance(found, Job) else ())
        if one.verb == "init" and one.folder == made[0].folder
    ]
    if not any(one.ran.order < made[0].ran.order for one in before):
        yield made[0].ran.step.finding(f"`terraform init` does not come before `{verb}`")


@requirement(
    "`terraform {verb}` in `{folder}` has the option `{option}` in the job `{job}`",
    "in the job `{job}`, `terraform {verb}` runs with `{option}` in `{folder}`",
)
def workflow_terraform_option(
    model: Repository, job: str, verb: str, folder: str, option: str
) -> Findings:
    """An option of a terraform command, with one dash or two."""
    made = yield from _find_terraform(model, job, verb, folder)
    wanted = "-" + option.lstrip("-")
    if made and not any(wanted in one.options for one in made):
        yield made[0].ran.step.finding(f"`terraform {verb}` lacks `{option}`", "run")


@requirement(
    "nobody is asked when the job `{job}` runs `terraform apply` in `{folder}`",
    "`terraform apply` in `{folder}` goes through without a question in the job `{job}`",
)
def workflow_terraform_unasked(model: Repository, job: str, folder: str) -> Findings:
    """`-auto-approve`, or a plan file, or no input at all for `terraform apply`."""
    made = yield from _find_terraform(model, job, "apply", folder)
    if made and not any(
        one.options & {"-auto-approve", "-auto-approve=true"} or one.plain for one in made
    ):
        yield made[0].ran.step.finding("`terraform apply` asks before it goes on", "run")


# --- Helm ----------------------------------------------------------------------------------------


class Helm(NamedTuple):
    """A `helm upgrade --install`: the release, the chart, the options."""

    ran: Ran
    release: str
    chart: str
    options: Mapping[str, list[str]]


_SHORT = {"-n": "--namespace", "-f": "--values", "-i": "--install"}
_ALONE = frozenset(
    """--install --wait --atomic --create-namespace --dry-run --debug --force --reuse-values
    --reset-values --wait-for-jobs --cleanup-on-fail --dependency-update
    --rollback-on-failure --skip-crds --no-hooks --devel --verify --insecure-skip-tls-verify
    --plain-http --disable-openapi-validation --skip-schema-validation --render-subchart-notes
    --hide-notes --hide-secret --enable-dns --reset-then-reuse-values --take-ownership
    --pass-credentials --force-conflicts --force-replace""".split()
)


def _helm(job: Job) -> Iterator[Helm]:
    for ran in commands_of(job):
        if ran.words[0] != "helm" or len(ran.words) < 2:
            continue
        plain, options = _helm_words(ran.words[1:])
        if plain[:1] != ["upgrade"] or "--install" not in options:
            continue
        if len(plain) > 2 and "--dry-run" not in options:
            yield Helm(ran, plain[1], plain[2], options)


def _helm_words(words: tuple[str, ...]) -> tuple[list[str], dict[str, list[str]]]:
    plain: list[str] = []
    options: dict[str, list[str]] = {}
    key = last = ""
    for word in words:
        if key:
            options.setdefault(key, []).append(word)
            key = ""
        elif word.startswith("-"):
            name, equals, value = word.partition("=")
            name = last = _SHORT.get(name, name)
            if name in _ALONE or equals:
                options.setdefault(name, []).append(value or "true")
            else:
                key = name
        elif word == "false" and last in options:
            del options[last]
        elif word != "true":
            plain.append(word)
    return plain, options


def _find_helm(model: Repository, job: str, release: str) -> Found[list[Helm]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    made = [one for one in _helm(found) if one.release == release]
    if not made:
        yield found.finding(f"`{job}` does not install the release `{release}`", "steps")
    return made


@requirement(
    "the job `{job}` installs or upgrades the Helm release `{release}` from the chart `{chart}`",
    "the job `{job}` installs the chart `{chart}` as the Helm release `{release}`, or upgrades the "
    "release if it is there",
)
def workflow_helm(model: Repository, job: str, release: str, chart: str) -> Findings:
    """`helm upgrade --install` of a chart."""
    made = yield from _find_helm(model, job, release)
    wanted = clean_path(chart)
    if made and not any(_chart(one) == wanted for one in made):
        yield made[0].ran.step.finding(f"the chart of `{release}` is not `{chart}`", "run")


def _chart(one: Helm) -> str:
    return clean_path(posixpath.join(one.ran.folder, one.chart))


def _given(one: Helm, name: str) -> list[str]:
    values = one.options.get(name, [])
    return [part for value in values for part in value.split(",")]


@requirement(
    "the Helm release `{release}` of the job `{job}` lives in the namespace `{namespace}`",
    "the job `{job}` puts the Helm release `{release}` into the namespace `{namespace}`",
)
def workflow_helm_namespace(model: Repository, job: str, release: str, namespace: str) -> Findings:
    """`--namespace` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    variable = "HELM_NAMESPACE"
    for one in made:
        told = one.ran.given.get(variable, one.ran.step.env.get(variable, ""))
        if compact(namespace) == compact((_given(one, "--namespace") or [told])[-1]):
            return
    if made:
        yield made[0].ran.step.finding(f"`{release}` is not in `{namespace}`", "run")


@requirement(
    "the values of the Helm release `{release}` in the job `{job}` are read from `{file}`",
    "the job `{job}` takes values for the Helm release `{release}` from `{file}`",
)
def workflow_helm_values(model: Repository, job: str, release: str, file: str) -> Findings:
    """`--values` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    wanted = clean_path(file)
    for one in made:
        files = _given(one, "--values")
        if wanted in [clean_path(posixpath.join(one.ran.folder, path)) for path in files]:
            return
    if made:
        yield made[0].ran.step.finding(f"`{release}` takes no values from `{file}`", "run")


@requirement(
    "the Helm release `{release}` of the job `{job}` has `{key}` set to `{value}`",
    "the job `{job}` sets `{key}={value}` in the Helm release `{release}`",
)
def workflow_helm_set(model: Repository, job: str, release: str, key: str, value: str) -> Findings:
    """`--set` or `--set-string` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    names = ("--set", "--set-string", "--set-literal")
    for one in made:
        given = [part.partition("=") for name in names for part in _given(one, name)]
        if [text for name, _, text in given if name == key][-1:] == [compact(value)]:
            return
    if made:
        yield made[0].ran.step.finding(f"`{key}` of `{release}` is not `{value}`", "run")


def _seconds(time: str) -> int | str:
    """Return a time such as `5m`, `5m0s` or `300s` in seconds; as written where it is none."""
    if not re.fullmatch(r"(?:[0-9]{1,6}[hms])+", time):
        return time
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"([0-9]+)([hms])", time))


@requirement(
    "the job `{job}` waits up to `{time}` until the Helm release `{release}` is ready",
    "the Helm release `{release}` has `{time}` to get ready, and the job `{job}` waits for it",
)
def workflow_helm_waits(model: Repository, job: str, release: str, time: str) -> Findings:
    """`--wait` (or `--atomic`) and `--timeout` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    for one in made:
        waits = {"--wait", "--atomic", "--rollback-on-failure"} & set(one.options)
        if waits and [_seconds(text) for text in _given(one, "--timeout")] == [_seconds(time)]:
            return
    if made:
        yield made[0].ran.step.finding(f"the job does not wait `{time}` for `{release}`", "run")


@requirement(
    "a failed upgrade of the Helm release `{release}` in the job `{job}` is rolled back",
    "the job `{job}` rolls the Helm release `{release}` back if its upgrade fails",
)
def workflow_helm_atomic(model: Repository, job: str, release: str) -> Findings:
    """`--atomic` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    names = {"--atomic", "--rollback-on-failure"}
    if made and not any(names & set(one.options) for one in made):
        yield made[0].ran.step.finding(f"a failed upgrade of `{release}` stays", "run")


@requirement(
    "the namespace of the Helm release `{release}` is made by the job `{job}` if it is missing",
    "the job `{job}` creates the namespace of the Helm release `{release}` where there is none",
)
def workflow_helm_makes_namespace(model: Repository, job: str, release: str) -> Findings:
    """`--create-namespace` of a Helm release."""
    made = yield from _find_helm(model, job, release)
    if made and not any("--create-namespace" in one.options for one in made):
        yield made[0].ran.step.finding(f"the namespace of `{release}` is not made", "run")
