"""Families of GitHub workflows that check code: tests over a matrix, linters, services."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    READ_ONLY,
    artifact,
    command,
    coverage,
    goes_on,
    last_version_only,
    matrix_of,
    on_systems,
    own_cache,
    parallel,
    runner,
    secret_variable,
    setting,
    setup_cache,
    starts,
    step_timeout,
    timeout,
)
from envs.cicd.families.github_recipe import SETUP, Job, Workflow
from envs.cicd.requirements import github_caches as caches
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_python_tests(draw: Draw) -> Draft:
    """Tests of a Python project over several versions."""
    flow = Workflow(draw)
    starts(flow)
    job = flow.job(
        draw.choice("job", ("pytest", "python-tests", "py-tests", "unit-py", "suite-py"))
    )
    job.checkout()
    versions = sorted(draw.sample("versions", choices.PYTHON_VERSIONS, 3), key=_number)
    matrix_of(flow, job, "Python", versions)
    job.run("install", draw.phrase("install", ("pip install -r requirements.txt", "pip install .")))
    folder = draw.choice("tests", ("tests", "tests/unit", "test", "src/tests", "app/tests"))
    line = f"pytest {draw.choice('flags', ('-q', '-x', '-v', '-ra', '-n auto', '-q -x'))} {folder}"
    job.run("test", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.grow((
        setup_cache(job, "pip"), goes_on(job), command(job, "lint", "lint", (
            "ruff check .", "ruff format --check .", "flake8 src", "mypy src", "black --check .")),
        on_systems(job), timeout(job), CANCEL_OLDER, READ_ONLY,
        last_version_only(job, "Python", versions, (
            "coverage xml", "coverage report", "python scripts/badge.py", "make docs")),
        secret_variable(job, line, ("API_TOKEN", "DATABASE_URL", "SIGNING_KEY")),
        setting(job, "PYTHONWARNINGS", ("error", "default", "always", "ignore")), parallel(job),
        coverage(job, ("coverage.xml", "reports/coverage.xml", "build/coverage.xml")),
        command(job, "build", "build", ("python -m build", "pip wheel .", "hatch build")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that tests our Python package",
        "We want CI for a Python project on GitHub Actions",
        "Test a Python library on GitHub",
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_node_tests(draw: Draw) -> Draft:
    """Tests of a Node.js project over several versions."""
    flow = Workflow(draw)
    starts(flow)
    job = flow.job(draw.choice("job", ("jest", "node-tests", "js-tests", "web-tests", "frontend")))
    job.checkout()
    versions = sorted(draw.sample("versions", choices.NODE_VERSIONS, 2), key=_number)
    matrix_of(flow, job, "Node.js", versions)
    job.run("install", "npm ci")
    line = draw.choice("tests", (
        "npm test", "npm run test:unit", "npm run test:ci", "npx vitest run", "npx jest --ci",
        "npm run coverage"))  # fmt: skip
    job.run("test", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.grow((
        setup_cache(job, "npm"), command(job, "lint", "lint", (
            "npm run lint", "npx eslint .", "npx prettier --check .", "npx tsc --noEmit")),
        goes_on(job), on_systems(job), READ_ONLY, timeout(job), CANCEL_OLDER,
        command(job, "build", "build", ("npm run build", "npm run bundle", "npx vite build")),
        setting(job, "NODE_ENV", ("test", "production", "development", "ci")),
        secret_variable(job, line, ("NPM_AUTH", "SENTRY_DSN", "API_KEY")), parallel(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that tests our Node.js application",
        "Set CI up for a JavaScript project on GitHub",
        "The npm package needs automatic tests on GitHub Actions",
    )


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_go_tests(draw: Draw) -> Draft:
    """Checks of a Go module: vet, tests, build."""
    flow = Workflow(draw)
    starts(flow)
    job = flow.job(draw.choice("job", ("go-tests", "golang", "go-checks", "gotest", "go-module")))
    job.checkout()
    job.run("test", line := draw.choice("tests", (
        "go test ./...", "go test -race ./...", "go test -v ./internal/...", "go test -short ./...",
        "go test -count=1 ./...", "go test -cover ./...")))  # fmt: skip
    if draw.chance("version file", 0.3):
        file = draw.choice("file", ("go.mod", "go.work", "tools/go.mod", "backend/go.mod"))
        job.use("setup", "actions/setup-go@v5", go_version_file=file)
        flow.ask(tools.workflow_tool_file(job=job.name, tool="Go", file=file))
    else:
        version = draw.choice("version", choices.GO_VERSIONS)
        job.setup("Go", version)
        flow.ask(tools.workflow_tool(job=job.name, tool="Go", version=version))
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.grow((
        command(job, "vet", "lint", ("go vet ./...", "staticcheck ./...", "gofmt -l .")),
        runner(job), command(job, "build", "build", (
            "go build ./...", "go build -o bin/app ./cmd/app", "go build -trimpath ./cmd/...")),
        timeout(job), READ_ONLY, _go_folder(job),
        setting(job, "CGO_ENABLED", ("0", "1")), CANCEL_OLDER, step_timeout(job, line),
        coverage(job, ("cover.out", "coverage.txt", "profile.cov")),
        own_cache(job, ("~/.cache/golangci-lint", "bin/tools", ".tools"), ("go.sum", "tools.sum")),
        artifact(job, ("binaries", "go-coverage", "app-binary"), ("bin/", "cover.out", "dist/")),
        setting(job, "GOFLAGS", ("-mod=readonly", "-mod=vendor", "-buildvcs=false")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that checks our Go module",
        "CI for a Go service on GitHub Actions",
        "Check a Go project on GitHub",
    )


def _go_folder(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        folder = flow.draw.choice("module folder", choices.FOLDERS)
        job.fields["defaults"] = {"run": {"working-directory": folder}}
        flow.ask(jobs.workflow_job_folder(job=job.name, folder=folder))

    return Extra("module folder", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_java_build(draw: Draw) -> Draft:
    """A build of a Java project with Maven or Gradle."""
    flow = Workflow(draw)
    starts(flow)
    manager = draw.choice("manager", ("maven", "gradle"))
    job = flow.job(draw.choice("job", ("java-build", "jvm", "java-tests", "compile", "assemble")))
    job.checkout()
    lines = {
        "maven": ("mvn -B verify", "mvn -B test", "./mvnw -B package", "mvn -B -ntp install"),
        "gradle": ("./gradlew build", "./gradlew check", "./gradlew test --info"),
    }[manager]
    line = draw.choice(f"{manager} tests", lines)
    job.run("test", line)
    version = draw.choice("version", choices.JAVA_VERSIONS)
    job.setup("Java", version, distribution="temurin")
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.ask(tools.workflow_tool(job=job.name, tool="Java", version=version))
    flow.grow((
        _vendor(job), _java_cache(job, manager), runner(job), timeout(job), READ_ONLY,
        artifact(job, ("jars", "surefire", "test-results", "java-report"),
                 ("target/*.jar", "build/libs/", "target/surefire-reports/", "build/reports/")),
        setting(job, "MAVEN_OPTS" if manager == "maven" else "GRADLE_OPTS",
                ("-Xmx1g", "-Xmx2g", "-Xmx3g", "-Xmx512m")),
        CANCEL_OLDER, _job_title(job), secret_variable(job, line, ("NEXUS_TOKEN", "SONAR_TOKEN")),
        command(job, "lint", "lint", {
            "maven": ("mvn -B checkstyle:check", "mvn -B spotbugs:check", "mvn -B pmd:check"),
            "gradle": ("./gradlew spotlessCheck", "./gradlew checkstyleMain", "./gradlew lint"),
        }[manager]),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds our Java project",
        "Build a Java application on GitHub Actions",
    )


def _vendor(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        vendor = flow.draw.choice("vendor", ("corretto", "zulu", "microsoft", "liberica", "oracle"))
        job.first("setup")["with"]["distribution"] = vendor
        flow.ask(tools.workflow_java_vendor(job=job.name, vendor=vendor))

    return Extra("vendor", 1, make)


def _java_cache(job: Job, manager: str) -> Extra:
    def make(flow: Workflow) -> None:
        job.first("setup")["with"]["cache"] = manager
        flow.ask(caches.workflow_downloads_cached(job=job.name, manager=manager))

    return Extra("cache", 1, make)


def _job_title(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        title = flow.draw.choice("title", ("Build and test", "Java build", "Compile", "JVM checks"))
        job.fields["name"] = title
        flow.ask(jobs.workflow_job_title(job=job.name, title=title))

    return Extra("title", 1, make)


#: Linters: the tool that runs them, how they are installed, the command.
_LINTERS = (
    ("Python", "pip install ruff", "ruff check ."),
    ("Python", "pip install mypy", "mypy --strict src"),
    ("Node.js", "npm ci", "npx eslint ."),
    ("Node.js", "npm ci", "npx prettier --check ."),
    ("Python", "pip install yamllint", "yamllint ."),
    ("Ruby", "gem install rubocop", "rubocop"),
    ("Node.js", "npm ci", "npx markdownlint-cli2 '**/*.md'"),
)
_VERSIONS = {
    "Python": ("3.x", choices.PYTHON_VERSIONS),
    "Node.js": ("lts/*", choices.NODE_VERSIONS),
    "Ruby": ("ruby", choices.RUBY_VERSIONS),
}


@family("github_actions", levels=(1, 2, 3, 4))
def github_linters(draw: Draw) -> Draft:
    """Linters in jobs of their own, on every pull request."""
    flow = Workflow(draw, ".github/workflows/lint.yml")
    flow.event("pull_request")
    flow.ask(triggers.workflow_every_pull_request())
    pool = ("lint", "style", "static-checks", "formatting", "hygiene")
    tool, install, line = draw.choice("linter", _LINTERS)
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    job.setup(tool, _VERSIONS[tool][0])
    job.run("install", install)
    job.run("lint", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def second(flow: Workflow) -> None:
        scripts = ("scripts/*.sh", "bin/deploy.sh", "ci/*.sh", "tools/*.sh")
        other = flow.job(draw.choice("second job", ("shellcheck", "shell-scripts", "sh-lint")))
        other.checkout()
        shell = f"shellcheck {draw.choice('scripts', scripts)}"
        other.run("lint", shell)
        flow.ask(steps.workflow_runs(job=other.name, command=shell))

    def versioned(flow: Workflow) -> None:
        version = draw.choice("version", _VERSIONS[tool][1])
        job.first("setup")["with"][SETUP[tool][1]] = version
        flow.ask(tools.workflow_tool(job=job.name, tool=tool, version=version))

    def unfinished(flow: Workflow) -> None:
        job.checkout()["with"] = {"persist-credentials": False}
        flow.ask(steps.workflow_no_credentials(job=job.name))

    flow.grow((
        Extra("version", 1, versioned), Extra("second linter", 1, second), READ_ONLY, CANCEL_OLDER,
        timeout(job), runner(job), Extra("no credentials", 1, unfinished),
        command(job, "extra check", "verify", (
            "git diff --exit-code", "make check-generated", "./scripts/check-licenses.sh")),
        setting(job, "FORCE_COLOR", ("0", "1", "2", "3")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that lints our code",
        "Our pull requests should be linted on GitHub",
    )
