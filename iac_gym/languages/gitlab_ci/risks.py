"""What is dangerous in a pipeline that GitLab accepts, found in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from iac_gym.formats.shell import SHELLS, Command, read_script
from iac_gym.formats.yaml import Mark, YamlMap
from iac_gym.languages.gitlab_ci.job import Job
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.languages.gitlab_ci.values import Clause, Include, Line
from iac_gym.verdict import Finding

#: Most lines of scripts that are looked at.
MOST_LINES = 2_000

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|SECRET_KEY|ACCESS_KEY)"
    r"(?:$|_(?:ID|KEY|VALUE)$)",
    re.IGNORECASE,
)
_SECRET_TEXT = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|glpat-[A-Za-z0-9_-]{20}|xox[baprs]-[A-Za-z0-9-]{10}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|sk_live_[A-Za-z0-9]{16}"
)
#: What the images of databases want to be told; the database of a test lives as long as its job.
_OF_SERVICES = re.compile(
    r"(?:POSTGRES|MYSQL|MARIADB|MONGO_INITDB|RABBITMQ_DEFAULT|REDIS|MINIO|MSSQL_SA|SA)_"
    r"(?:ROOT_)?(?:PASSWORD|PASS|SECRET_KEY)"
)
_PLAIN_ANSWERS = frozenset(("", "true", "false", "yes", "no", "0", "1", "none", "null"))
_SUSPICIOUS = re.compile(
    r"""\b(?:curl|wget)\b
    |\blogin\b.{0,300}\s(?:-p|--password(?!-stdin))
    |\b(?:echo|printf)\b[^|\n]{0,200}\$\{?\w{0,60}(?:PASS|SECRET|TOKEN|KEY)[^|\n]{0,200}$
    |^\s*(?:env|printenv)\s*$
    |http\.sslverify|StrictHostKey|CI_JOB_JWT""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)")
_DOWNLOADERS = frozenset(("curl", "wget"))
_LOGINS = frozenset(("buildah", "crane", "docker", "helm", "nerdctl", "podman", "skopeo"))
_SCANNERS = frozenset(
    """bandit checkov gitleaks grype hadolint kics semgrep snyk tfsec trivy trufflehog
    dependency-check osv-scanner safety pip-audit""".split()
)
_SCAN_REPORTS = frozenset(
    """sast secret_detection dependency_scanning container_scanning dast api_fuzzing
    coverage_fuzzing cluster_image_scanning""".split()
)
_SECRET_FILES = re.compile(
    r"(?:^|/)(?:\.env(?:\.\w+)?|.*\.(?:pem|key|p12|pfx|jks)|id_(?:rsa|ed25519|ecdsa)|\.npmrc|\.pypirc"
    r"|\.netrc|kubeconfig|credentials)$"
)
_PRODUCTION = re.compile(r"prod(?:uction)?\b|live\b", re.IGNORECASE)
_GUARD = re.compile(
    r"CI_COMMIT_(?:BRANCH|TAG|REF_NAME|REF_PROTECTED)|CI_DEFAULT_BRANCH|CI_PIPELINE"
)
_MOVING = frozenset(("latest", "main", "master", "~latest", "develop"))

Risks = dict[str, list[Finding]]


def risks(pipeline: Pipeline) -> Mapping[str, list[Finding]]:
    """Return the findings of all security rules by their names; they are looked for once."""
    known = pipeline.shared.get("risks")
    if known is None:
        known = pipeline.shared["risks"] = _Search(pipeline).run()
    found: Mapping[str, list[Finding]] = known
    return found


class _Search:
    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.found: Risks = {}
        self.seen: set[Mark] = set()
        self.left = MOST_LINES

    def note(self, rule: str, message: str, mark: Mark, hint: str = "") -> None:
        self.found.setdefault(rule, []).append(self.pipeline.finding(message, mark, hint))

    def run(self) -> Risks:
        tree = self.pipeline.tree
        if tree.get("variables").__class__ is YamlMap:
            self.variables(tree["variables"])
        for include in self.pipeline.includes:
            self.include(include)
        for job in self.pipeline.jobs.values():
            self.job(job)
        return self.found

    def job(self, job: Job) -> None:
        own = job.tree.get("variables")
        if own.__class__ is YamlMap:
            self.variables(own)
        if not job.runs:
            return
        self.images(job)
        self.scanner(job)
        self.production(job)
        if job.artifacts and job.artifacts.mark not in self.seen:
            self.seen.add(job.artifacts.mark)
            for path in job.artifacts.paths:
                if _SECRET_FILES.search(path):
                    message = f"`{job.name[:60]}` keeps `{path[:60]}`, which may hold secrets"
                    self.note("artifacts-hold-no-secrets", message, job.artifacts.mark)
        for script in (job.before_script, job.script, job.after_script):
            for line in script:
                self.line(line)

    def variables(self, tree: YamlMap) -> None:
        for name, given in tree.items():
            mark = tree.marks[name]
            if mark in self.seen:
                continue
            self.seen.add(mark)
            value = given.get("value") if given.__class__ is YamlMap else given
            if value.__class__ is not str and value is not True and value.__class__ is not int:
                continue
            text = "true" if value is True else str(value)
            self.variable(str(name), text, mark)

    def variable(self, name: str, text: str, mark: Mark) -> None:
        named = (
            _SECRET_NAME.search(name)
            and text.lower() not in _PLAIN_ANSWERS
            and not _OF_SERVICES.fullmatch(name)
        )
        path = text.startswith(("/", "./")) or "://" in text[:12]
        if (named and "$" not in text and not path) or _SECRET_TEXT.search(text):
            self.note(
                "secrets-are-not-in-the-file", f"`{name[:60]}` holds a secret in plain text", mark,
                "set it in the project's settings, masked and protected",
            )  # fmt: skip
        if name in ("CI_DEBUG_TRACE", "CI_DEBUG_SERVICES") and text.lower() in ("true", "1"):
            message = f"`{name}` writes every variable into the log"
            self.note("debug-logs-are-off", message, mark)
        off = text.lower() in ("0", "false")
        if (name == "GIT_SSL_NO_VERIFY" and text.lower() in ("1", "true")) or (
            off and name in ("NODE_TLS_REJECT_UNAUTHORIZED", "PYTHONHTTPSVERIFY")
        ):
            self.note("certificates-are-checked", f"`{name}` turns checks off", mark)

    def images(self, job: Job) -> None:
        if job.image and job.image.mark not in self.seen:
            self.seen.add(job.image.mark)
            if _moves(job.image.name):
                message = f"the image `{job.image.name[:80]}` may change: it has no fixed tag"
                self.note("images-are-pinned", message, job.image.mark)
        for service in job.services:
            if "dind" in service.name:
                self.docker(job, service.mark)
            if service.mark not in self.seen:
                self.seen.add(service.mark)
                if _moves(service.name):
                    message = f"the service `{service.name[:80]}` may change: it has no fixed tag"
                    self.note("images-are-pinned", message, service.mark)

    def docker(self, job: Job, mark: Mark) -> None:
        host = job.variables.get("DOCKER_HOST", "")
        certificates = job.variables.get("DOCKER_TLS_CERTDIR", "/certs")
        if ":2375" in host or not certificates:
            message = f"`{job.name[:60]}` speaks to the Docker daemon without TLS"
            self.note("the-docker-daemon-uses-tls", message, mark,
                      'set DOCKER_TLS_CERTDIR: "/certs" and leave out DOCKER_HOST')  # fmt: skip

    def scanner(self, job: Job) -> None:
        if not any(clause.allow_failure for clause in job.chances):
            return
        reports = job.artifacts.reports.keys() if job.artifacts else ()
        programs = {line.text.split()[0] for line in job.script if line.text.strip()}
        if not _SCAN_REPORTS.isdisjoint(reports) or not _SCANNERS.isdisjoint(programs):
            message = f"`{job.name[:60]}` is a scan whose failure is allowed"
            self.note("scans-are-not-ignored", message, job.place("allow_failure"))

    def production(self, job: Job) -> None:
        where = job.environment
        if where is None or where.action not in ("start", ""):
            return
        if where.tier != "production" and not (not where.tier and _PRODUCTION.match(where.name)):
            return
        if job.only is not None or not all(_open(clause) for clause in job.chances[:1]):
            return
        message = f"`{job.name[:60]}` deploys to `{where.name[:60]}` from any branch by itself"
        self.note("production-is-guarded", message, where.mark,
                  "add `when: manual` or a rule for the default branch")  # fmt: skip

    def include(self, include: Include) -> None:
        moving = ""
        if include.kind == "project" and (not include.ref or include.ref in _MOVING):
            moving = f"`{include.project[:60]}` at no fixed `ref`"
        elif include.kind == "component" and include.target.rpartition("@")[2] in _MOVING:
            moving = f"`{include.target[:80]}`"
        elif include.kind == "remote" and include.target.startswith("http:"):
            moving = f"`{include.target[:80]}` over plain HTTP"
        if moving:
            message = f"{moving} is included: it may change"
            self.note("includes-are-pinned", message, include.mark)

    def line(self, line: Line) -> None:
        if line.mark in self.seen or not _SUSPICIOUS.search(line.text) or self.left <= 0:
            return
        self.seen.add(line.mark)
        self.left -= 1
        commands = read_script(line.text, {}).commands
        pipes: dict[int, list[Command]] = {}
        for command in commands:
            if command.words:
                pipes.setdefault(command.pipe, []).append(command)
        for together in pipes.values():
            for rule, message in _dangers(together):
                self.note(rule, message, line.mark)


def _open(clause: Clause) -> bool:
    """Whether a clause lets a job start by itself on any branch."""
    guarded = _GUARD.search(clause.condition)
    return clause.when not in ("manual", "delayed") and not guarded


def _moves(name: str) -> bool:
    """Whether an image has no fixed tag; one with unknown variables may have."""
    if "$" in name or "@sha256:" in name:
        return False
    tag = name.rpartition("/")[2].partition(":")[2]
    return tag in ("", "latest")


def _dangers(pipe: list[Command]) -> Iterator[tuple[str, str]]:
    first, last = pipe[0], pipe[-1]
    if len(pipe) > 1 and first.program in _DOWNLOADERS and last.program in SHELLS:
        yield "downloads-are-not-run", f"`{first.program} | {last.program}` runs what it downloads"
    for command in pipe:
        yield from _command(command, len(pipe) == 1)


def _command(command: Command, alone: bool) -> Iterator[tuple[str, str]]:
    words, program = command.words, command.program
    if program in SHELLS and any(
        re.match(r"[\"']?[<$]\(\s*(?:curl|wget)\b", word) for word in words[1:]
    ):
        yield "downloads-are-not-run", f"`{program}` runs what it downloads"
    if _insecure(program, words):
        yield "certificates-are-checked", f"`{program}` does not check certificates"
    if program in ("ssh", "scp", "rsync", "sftp") and any("StrictHostKeyChecking=no" in one or
                                                          "StrictHostKeyChecking no" in one
                                                          for one in words):  # fmt: skip
        yield "host-keys-are-checked", f"`{program}` trusts any host"
    if secret := _password(program, words):
        yield "passwords-are-not-arguments", f"`{program}` is given a password as `{secret}`"
    if alone and program in ("echo", "printf"):
        for name in _VARIABLE.findall(" ".join(words[1:])):
            if _SECRET_NAME.search(name):
                yield "secrets-are-not-printed", f"`${name}` is written into the log"
    if alone and words in (("env",), ("printenv",)):
        yield "secrets-are-not-printed", f"`{program}` writes every variable into the log"
    if any("$CI_JOB_JWT" in one or "${CI_JOB_JWT" in one for one in words):
        yield "tokens-are-made-for-a-purpose", "`CI_JOB_JWT` is gone: use `id_tokens`"


def _insecure(program: str, words: tuple[str, ...]) -> bool:
    if program == "curl":
        return any(
            one == "--insecure" or re.fullmatch(r"-[a-zA-Z]*k[a-zA-Z]*", one) for one in words[1:]
        )
    if program == "wget":
        return "--no-check-certificate" in words
    return program == "git" and any(one.lower() == "http.sslverify=false" for one in words)


def _password(program: str, words: tuple[str, ...]) -> str:
    if program not in _LOGINS or "login" not in words:
        return ""
    for word in words[1:]:
        if word == "--password-stdin":
            return ""
        if word in ("-p", "--password") or word.startswith(("--password=", "-p$")):
            return word.partition("=")[0][:20]
    return ""
