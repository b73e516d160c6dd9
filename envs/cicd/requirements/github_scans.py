"""Requirements about scans: CodeQL, Trivy, and reports for code scanning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from envs.cicd.requirements.github_conditions import FAILED, WELL, step_holds
from envs.cicd.requirements.github_find import (
    Found,
    commands_of,
    find_action,
    find_job,
    live_steps,
    using,
    value_of,
    values_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
    lines_of,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_INIT, _ANALYZE = "github/codeql-action/init", "github/codeql-action/analyze"
_UPLOAD = "github/codeql-action/upload-sarif"
_TRIVY = "aquasecurity/trivy-action"
#: CodeQL knows some languages by two names.
_SAME = {
    "javascript": "javascript-typescript", "typescript": "javascript-typescript",
    "java": "java-kotlin", "kotlin": "java-kotlin", "c": "c-cpp", "cpp": "c-cpp",
}  # fmt: skip


def _may_report(job: Job) -> bool:
    given = job.permissions
    return given is not None and given.allows("security-events", "write")


@requirement(
    "CodeQL analyses {languages} in the job `{job}`",
    "the job `{job}` scans {languages} with CodeQL",
)
def workflow_codeql(model: Repository, job: str, languages: list[str]) -> Findings:
    """CodeQL set up for exactly these languages (over a matrix or at once), and run."""
    steps = yield from find_action(model, job, "does not set CodeQL up", _INIT)
    scans = yield from find_action(model, job, "does not run the analysis of CodeQL", _ANALYZE)
    if not steps or not scans:
        return
    texts = {line for step in steps for text in values_of(step, "languages")
             for line in lines_of(text)}  # fmt: skip
    if {_SAME.get(text.lower(), text.lower()) for text in texts} != set(languages):
        shown = ", ".join(sorted(texts)) or "not said"
        yield steps[0].finding(f"the languages are {shown}", "with")
    elif not any(one.index > steps[0].index for one in scans):
        yield scans[0].finding("the analysis comes before CodeQL is set up")


@requirement(
    "the job `{job}` may upload its results to code scanning",
    "the token of the job `{job}` may write security events, for its results",
)
def workflow_may_report(model: Repository, job: str) -> Findings:
    """`security-events: write`."""
    found = yield from find_job(model, job)
    if found is not None and not _may_report(found):
        yield found.finding(f"the job `{job}` may not write security events", "permissions")


@requirement(
    "CodeQL in the job `{job}` uses the query suite `{suite}`",
    "`{suite}` are the queries of CodeQL in the job `{job}`",
)
def workflow_codeql_queries(model: Repository, job: str, suite: str) -> Findings:
    """`queries` of CodeQL."""
    steps = yield from find_action(model, job, "does not set CodeQL up", _INIT)
    given = [[q.lstrip("+") for q in lines_of(value_of(one, "queries"))] for one in steps]
    if steps and [suite] not in given:
        yield steps[0].finding(f"the queries are not `{suite}`", "with")


@requirement(
    "CodeQL in the job `{job}` has the build mode `{mode}`",
    "the build mode of CodeQL in the job `{job}` is `{mode}`",
)
def workflow_codeql_mode(model: Repository, job: str, mode: str) -> Findings:
    """`build-mode` of CodeQL."""
    steps = yield from find_action(model, job, "does not set CodeQL up", _INIT)
    if steps and not any(values_of(step, "build-mode") == {mode} for step in steps):
        yield steps[0].finding(f"the build mode is not `{mode}`", "with")


@requirement(
    "CodeQL in the job `{job}` reads its configuration from `{file}`",
    "`{file}` is the configuration file of CodeQL in the job `{job}`",
)
def workflow_codeql_config(model: Repository, job: str, file: str) -> Findings:
    """`config-file` of CodeQL."""
    steps = yield from find_action(model, job, "does not set CodeQL up", _INIT)
    if steps and not any(clean_path(value_of(s, "config-file")) == clean_path(file) for s in steps):
        yield steps[0].finding(f"the configuration is not `{file}`", "with")


# --- Trivy ---------------------------------------------------------------------------------------


class Scan(NamedTuple):
    """A scan by Trivy: `kind` is image, fs, config or repo, `target` what is scanned."""

    step: Step
    kind: str
    target: str
    options: dict[str, str]


_OPTIONS = {
    "--severity": "severity", "-s": "severity", "--format": "format", "-f": "format",
    "--output": "output", "-o": "output", "--exit-code": "exit-code", "--scanners": "scanners",
    "--ignorefile": "trivyignores",
}  # fmt: skip
_KINDS = {"filesystem": "fs", "i": "image", "repository": "repo", "conf": "config"}


def _scans(job: Job) -> Iterator[Scan]:
    for step in using(live_steps(job), _TRIVY):
        kind = value_of(step, "scan-type", "image")
        image = next(iter(values_of(step, "image-ref")), "") if kind == "image" else ""
        target = image if kind == "image" else value_of(step, "scan-ref", ".")
        options = {**_told(step), **{name: value_of(step, name) for name in step.inputs}}
        yield Scan(step, _KINDS.get(kind, kind), compact(target), options)
    for ran in commands_of(job):
        if ran.words[0] == "trivy" and len(ran.words) > 2:
            yield _typed(ran.step, ran.words[1:])


def _told(step: Step) -> dict[str, str]:
    """Return the options of Trivy that variables give."""
    names = {name: f"TRIVY_{name.upper().replace('-', '_')}" for name in _NAMED}
    return {name: step.env[variable] for name, variable in names.items() if variable in step.env}


_NAMED = ("severity", "format", "output", "exit-code", "scanners", "ignore-unfixed")
_FLAGS = frozenset(
    """--no-progress --quiet -q --debug -d --skip-db-update --skip-java-db-update --offline-scan
    --list-all-pkgs --insecure --light --dependency-tree --ignore-unfixed""".split()
)


def _typed(step: Step, words: tuple[str, ...]) -> Scan:
    options = _told(step)
    plain: list[str] = []
    key = last = ""
    for word in words:
        if key:
            options[key], key = word, ""
        elif word in _FLAGS:
            last = word.lstrip("-")
            options[last] = "true"
        elif word in ("true", "false") and last:
            options[last] = word
        elif word.startswith("-"):
            key = _OPTIONS.get(word, word)
        else:
            plain.append(word)
    kind = plain[0] if plain else ""
    return Scan(step, _KINDS.get(kind, kind), plain[-1] if len(plain) > 1 else "", options)


def _find_scans(model: Repository, job: str) -> Found[list[Scan]]:
    found = yield from find_job(model, job)
    if found is None:
        return []
    made = list(_scans(found))
    if not made:
        yield found.finding(f"the job `{job}` scans nothing with Trivy", "steps")
    return made


@requirement(
    "Trivy scans the image `{image}` in the job `{job}`",
    "the job `{job}` has Trivy scan the image `{image}`",
)
def workflow_trivy_image(model: Repository, job: str, image: str) -> Findings:
    """A scan of an image by the action or by the command."""
    made = yield from _find_scans(model, job)
    if made and not any(s.kind == "image" and s.target == compact(image) for s in made):
        yield made[0].step.finding(f"`{image}` is not what is scanned", "with", "run")


@requirement(
    "Trivy scans the files in `{folder}` in the job `{job}`",
    "the job `{job}` has Trivy scan the file system below `{folder}`",
)
def workflow_trivy_files(model: Repository, job: str, folder: str) -> Findings:
    """A scan of files by the action or by the command."""
    made = yield from _find_scans(model, job)
    wanted = clean_path(folder)
    if made and not any(s.kind == "fs" and clean_path(s.target) == wanted for s in made):
        yield made[0].step.finding(f"the files in `{folder}` are not scanned", "with", "run")


@requirement(
    "the Trivy scan of the job `{job}` looks at the severities {severities} alone",
    "of what Trivy finds in the job `{job}`, only {severities} count",
)
def workflow_trivy_severities(model: Repository, job: str, severities: list[str]) -> Findings:
    """The severities of a scan, exactly these."""
    made = yield from _find_scans(model, job)
    wanted = set(severities)
    if made and not any(set(lines_of(s.options.get("severity", ""))) == wanted for s in made):
        yield made[0].step.finding(f"not just {', '.join(severities)} count", "with", "run")


@requirement(
    "a finding of Trivy fails the job `{job}` (exit code {code})",
    "the job `{job}` fails with exit code {code} where Trivy finds something",
)
def workflow_trivy_fails(model: Repository, job: str, code: int) -> Findings:
    """The exit code of a scan that finds something."""
    made = yield from _find_scans(model, job)
    if made and not any(s.options.get("exit-code") == str(code) for s in made):
        yield made[0].step.finding(f"the exit code is not {code}", "with", "run")


@requirement(
    "what has no fix yet is ignored by the Trivy scan of the job `{job}`",
    "the Trivy scan of the job `{job}` leaves unfixed vulnerabilities out",
)
def workflow_trivy_fixed(model: Repository, job: str) -> Findings:
    """`ignore-unfixed` of a scan."""
    made = yield from _find_scans(model, job)
    if made and not any(s.options.get("ignore-unfixed", "").lower() == "true" for s in made):
        yield made[0].step.finding("what has no fix is not ignored", "with", "run")


@requirement(
    "the job `{job}` uploads the SARIF report `{file}` of its scan to code scanning",
    "the SARIF report that the scan of the job `{job}` writes to `{file}` goes to code scanning",
)
def workflow_sarif(model: Repository, job: str, file: str) -> Findings:
    """A report that a scan writes as SARIF, and its upload, with the permission for it."""
    found = yield from find_job(model, job)
    if found is None:
        return
    written = _writes_sarif(found, file)
    steps = [
        step
        for step in using(found.active, _UPLOAD)
        if clean_path(value_of(step, "sarif_file", "../results")) == clean_path(file)
        and all(held is True for _, held in step_holds(step, WELL))
    ]
    if written is None:
        yield found.finding(f"no scan of the job `{job}` writes SARIF to `{file}`", "steps")
    elif not any(step.index > written for step in steps):
        yield found.finding(f"`{file}` is not uploaded to code scanning", "steps")
    elif not _may_report(found):
        yield found.finding("the upload needs `security-events: write`", "permissions")


def _writes_sarif(job: Job, file: str) -> int | None:
    """Return the place of the step that writes a report as SARIF, None where there is none."""
    for scan in _scans(job):
        same = clean_path(scan.options.get("output", "")) == clean_path(file)
        if same and scan.options.get("format", "").lower() == "sarif":
            return scan.step.index
    for ran in commands_of(job):
        if _is_sarif(ran.words, clean_path(file)):
            return ran.step.index
    return None


def _is_sarif(words: tuple[str, ...], file: str) -> bool:
    """Whether another scanner is told to write SARIF to a file."""
    parts = [(word, word.rpartition("=")[2]) for word in words if words[0] != "trivy"]
    named = [file in (clean_path(whole), clean_path(last)) for whole, last in parts]
    told = any("sarif" in parts[n][0].lower() and not one for n, one in enumerate(named))
    return any(named) and told


@requirement(
    "the report `{file}` of the job `{job}` is uploaded to code scanning even if the scan failed",
    "the job `{job}` uploads `{file}` to code scanning in any case, also after a failed scan",
)
def workflow_sarif_always(model: Repository, job: str, file: str) -> Findings:
    """An upload of a report whose step runs whatever has happened before."""
    found = yield from find_job(model, job)
    if found is None:
        return
    for step in using(found.active, _UPLOAD):
        told = (*step_holds(step, WELL), *step_holds(step, FAILED))
        same = clean_path(value_of(step, "sarif_file")) == clean_path(file)
        if same and all(held is True for _, held in told):
            return
    yield found.finding(f"`{file}` is not uploaded after a failure", "steps")
