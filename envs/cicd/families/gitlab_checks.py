"""Families of GitLab pipelines that check code: tests, linters, services, matrices, scans."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.gitlab_recipe import (
    NO_SECOND_PIPELINE,
    Extra,
    Job,
    Pipeline,
    afterwards,
    artifact,
    cache,
    everywhere,
    interruptible,
    junit,
    more,
    parallel,
    retry,
    runner,
    skip_word,
    timeout,
    variable,
)
from envs.cicd.requirements import gitlab_artifacts as kept
from envs.cicd.requirements import gitlab_deploys as deploys
from envs.cicd.requirements import gitlab_flow as flow
from envs.cicd.requirements import gitlab_scripts as scripts
from envs.cicd.requirements import gitlab_when as when
from iac_gym.category import Draft, family
from iac_gym.draw import Draw


def _coverage(job: Job, patterns: tuple[str, ...]) -> Extra:
    def make(made: Pipeline) -> None:
        pattern = made.draw.choice("coverage pattern", patterns)
        job.fields["coverage"] = pattern
        made.ask(scripts.gitlab_coverage(job=job.name, pattern=pattern))

    return Extra("coverage", 1, make)


def _cobertura(job: Job) -> Extra:
    def make(made: Pipeline) -> None:
        path = made.draw.choice(
            "cobertura", ("coverage.xml", "reports/coverage.xml", "cov/cobertura.xml")
        )
        job.report("coverage_report", {"coverage_format": "cobertura", "path": path})
        made.ask(kept.gitlab_cobertura(job=job.name, path=path))

    return Extra("coverage report", 1, make)


def _on(job: Job) -> Extra:
    """Limit a job to merge requests, a branch, or both."""

    def make(made: Pipeline) -> None:
        kind = made.draw.choice("runs for", ("requests", "branch", "both", "tags"))
        if kind == "tags":
            job.fields["rules"] = [{"if": "$CI_COMMIT_TAG"}]
            made.ask(when.gitlab_tags_only(job=job.name))
        elif kind == "requests":
            made.on_requests(job)
        elif kind == "branch":
            made.on_branch(job, made.draw.choice("branch", choices.BRANCHES))
        else:
            branch = made.draw.choice("branch too", choices.BRANCHES)
            job.fields["rules"] = [
                {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
                {"if": f'$CI_COMMIT_BRANCH == "{branch}"'},
            ]
            made.ask(when.gitlab_requests_and_branch(job=job.name, branch=branch))

    return Extra("when it runs", 1, make)


@family("gitlab_ci", levels=(1, 2, 3, 4, 5))
def gitlab_python_tests(draw: Draw) -> Draft:
    """Tests of a Python project."""
    made = Pipeline(draw)
    job = made.job(draw.choice("job", ("pytest", "unit-tests", "python-tests", "tests", "suite")))
    version = draw.choice("version", choices.PYTHON_VERSIONS)
    made.image(job, f"python:{version}{draw.choice('variant', ('', '-slim', '-bookworm'))}")
    job.run(draw.phrase("install", ("pip install -r requirements.txt", "pip install .")), "install")
    folder = draw.choice("tests", ("tests", "tests/unit", "test", "src/tests", "app/tests"))
    made.runs(job, f"pytest {draw.choice('flags', ('-q', '-x', '-v', '-ra', '-n auto'))} {folder}")

    def pulled(made: Pipeline) -> None:
        policy = draw.choice("pull policy", ("always", "if-not-present", "never"))
        job.fields["image"] = {"name": job.fields["image"], "pull_policy": policy}
        made.ask(scripts.gitlab_pull_policy(job=job.name, policy=policy))

    made.grow((
        cache(job, (".cache/pip", ".venv", ".cache/uv"), ("requirements.txt", "poetry.lock",
                                                         "pyproject.toml", "uv.lock")),
        more(job, "lint", ("ruff check .", "mypy src", "flake8 src", "black --check .")),
        junit(job, ("junit.xml", "report.xml", "reports/junit.xml")), _on(job), timeout(job),
        _coverage(job, (r"/TOTAL.*\s+(\d+%)$/", r"/^TOTAL.+?(\d+%)$/", r"/Cover: (\d+)%/")),
        _cobertura(job), variable(job, "PYTHONWARNINGS", ("error", "default", "always", "ignore")),
        runner(job), retry(job), interruptible(job), NO_SECOND_PIPELINE, parallel(job),
        Extra("pull policy", 1, pulled),
        artifact(job, ("htmlcov/", "logs/", "reports/html/", "screenshots/")),
        afterwards(job, ("coverage report", "python scripts/badge.py", "rm -rf .pytest_cache")),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` that tests our Python project",
        "We want GitLab CI for a Python package",
        "Test a Python library on GitLab",
    )


@family("gitlab_ci", levels=(2, 3, 4, 5))
def gitlab_node_pipeline(draw: Draw) -> Draft:
    """Lint, tests and a build of a Node.js project, in stages."""
    made = Pipeline(draw, "test", "build")
    image = f"node:{draw.choice('version', choices.NODE_VERSIONS)}" + draw.choice(
        "variant", ("", "-alpine", "-slim")
    )
    made.fields["default"] = {"image": image}
    tests = made.job(draw.choice("job", ("jest", "unit", "vitest", "web-tests", "specs")), "test")
    tests.run("npm ci", "install")
    line = draw.choice("tests", ("npm test", "npm run test:ci", "npx vitest run", "npx jest --ci",
                                 "npm run coverage"))  # fmt: skip
    made.ask(scripts.gitlab_image(job=tests.name, image=image))
    made.runs(tests, line)
    build = made.job(draw.choice("build", ("bundle", "build-web", "dist", "compile")), "build")
    build.run("npm ci", "install")
    made.runs(build, draw.choice("building", ("npm run build", "npx vite build", "npm run bundle")))
    path = draw.choice("bundle", ("dist/", "build/", "public/assets/", "out/"))
    build.keep(path)
    made.ask(
        kept.gitlab_artifact(job=build.name, path=path),
        flow.gitlab_after(job=build.name, other=tests.name),
    )

    def days(made: Pipeline) -> None:
        count = draw.choice("days", choices.RETENTION_DAYS)
        build.fields["artifacts"]["expire_in"] = f"{count} days"
        made.ask(kept.gitlab_artifact_days(job=build.name, path=path, days=count))

    def lint(made: Pipeline) -> None:
        other = made.job(draw.choice("lint", ("eslint", "style", "lint-web")), "test")
        other.run("npm ci", "install")
        made.runs(
            other, draw.choice("linting", ("npm run lint", "npx eslint .", "npx tsc --noEmit"))
        )
        if draw.chance("lint may fail", 0.4):
            other.fields["allow_failure"] = True
            made.ask(flow.gitlab_may_fail(job=other.name))

    def both(made: Pipeline) -> None:
        _on(build).make(made)
        # Its tests are in the same pipelines, or nothing would come before it.
        tests.fields["rules"] = [dict(rule) for rule in build.fields["rules"]]

    made.grow((
        Extra("artifact days", 1, days), cache(tests, ("node_modules/", ".npm/", ".cache/yarn"),
                                               ("package-lock.json", "yarn.lock", "web/yarn.lock")),
        Extra("lint", 1.4, lint), junit(tests, ("junit.xml", "jest.xml", "test-results.xml")),
        timeout(tests), variable(tests, "NODE_ENV", ("test", "ci", "development")),
        Extra("when it runs", 1, both),
        NO_SECOND_PIPELINE, retry(tests), interruptible(tests), runner(build),
        variable(build, "NODE_OPTIONS", ("--max-old-space-size=4096", "--max-old-space-size=2048")),
    ))  # fmt: skip
    return made.draft(
        "Write a GitLab pipeline that tests and builds our Node.js application",
        "Set GitLab CI up for a JavaScript project",
        "Our front end needs a `.gitlab-ci.yml`",
    )


@family("gitlab_ci", levels=(1, 2, 3, 4, 5))
def gitlab_version_matrix(draw: Draw) -> Draft:
    """Tests over several versions of a language."""
    made = Pipeline(draw)
    tool = draw.choice("tool", ("python", "node", "golang", "ruby"))
    versions, lines = {
        "python": (choices.PYTHON_VERSIONS, ("tox -e py", "pytest -q", "nox -s tests")),
        "node": (choices.NODE_VERSIONS, ("npm test", "npx vitest run", "npm run check")),
        "golang": (choices.GO_VERSIONS, ("go test ./...", "go test -race ./...", "go vet ./...")),
        "ruby": (choices.RUBY_VERSIONS, ("bundle exec rspec", "rake test", "rake spec")),
    }[tool]
    job = made.job(draw.choice("job", ("versions", "compat", "matrix-tests", "all-versions")))
    name = draw.choice("variable", ("VERSION", "RELEASE", "TOOL_VERSION", "LANG_VERSION"))
    chosen = sorted(draw.sample(f"{tool} versions", versions, 3), key=_number)
    job.fields["parallel"] = {"matrix": [{name: chosen}]}
    job.fields["image"] = f"{tool}:${name}"
    made.ask(
        scripts.gitlab_matrix(job=job.name, variable=name, values=chosen),
        scripts.gitlab_matrix_image(job=job.name, name=tool, variable=name),
    )
    made.runs(job, draw.choice(f"{tool} tests", lines))

    def second(made: Pipeline) -> None:
        other = draw.choice("second variable", ("DB", "BACKEND", "FLAVOUR"))
        values = list(draw.sample("second values", ("postgres", "mysql", "sqlite", "mariadb"), 2))
        job.fields["parallel"]["matrix"][0][other] = values
        made.ask(scripts.gitlab_matrix(job=job.name, variable=other, values=values))

    made.grow((
        timeout(job), _on(job), Extra("second variable", 1, second), retry(job), runner(job),
        interruptible(job), junit(job, ("junit.xml", "report.xml", "rspec.xml")),
        cache(job, (".cache/deps", "vendor/", ".tox/"), ("deps.lock", "go.sum", "Gemfile.lock")),
        artifact(job, ("coverage/", "logs/", "profiles/")), NO_SECOND_PIPELINE,
        variable(job, "CI_DEBUG_LEVEL", ("1", "2", "3")),
        afterwards(job, ("make report", "./scripts/collect-logs.sh", "du -sh .")),
    ))  # fmt: skip
    return made.draft(
        "Write a GitLab CI file that tests our project with several versions of its language",
        "Our library must be tested with several releases of its language on GitLab",
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


_SERVICES = (
    (choices.POSTGRES, "postgres", "POSTGRES_DB", "POSTGRES_PASSWORD"),
    (choices.MYSQL, "mysql", "MYSQL_DATABASE", "MYSQL_ROOT_PASSWORD"),
)


@family("gitlab_ci", levels=(2, 3, 4, 5))
def gitlab_service_tests(draw: Draw) -> Draft:
    """Integration tests against a database beside the job."""
    made = Pipeline(draw)
    job = made.job(draw.choice("job", ("integration", "db-tests", "e2e", "system-tests")))
    images, alias, database, password = draw.choice("kind", _SERVICES)
    image = draw.choice(f"{alias} image", images)
    service: dict[str, object] = {"name": image, "alias": draw.choice("alias", (
        "db", "database", "sql", f"{alias}-test"))}  # fmt: skip
    job.fields["services"] = [service]
    made.ask(
        scripts.gitlab_service(job=job.name, service=image),
        scripts.gitlab_service_alias(job=job.name, service=image, alias=str(service["alias"])),
    )
    made.runs(job, draw.choice("tests", (
        "make integration", "npm run test:db", "tox -e integration", "mvn -B verify",
        "go test -tags integration ./...")))  # fmt: skip
    name = draw.choice("database", choices.DATABASES)
    job.set("variables", database, name)
    job.set("variables", password, draw.phrase("password", ("test", "ci-only", "example")))
    made.ask(
        scripts.gitlab_service_variable(job=job.name, service=image, name=database, value=name)
    )

    def second(made: Pipeline) -> None:
        other = draw.choice("second service", choices.REDIS)
        job.add("services", other)
        made.ask(scripts.gitlab_service(job=job.name, service=other))

    def own_image(made: Pipeline) -> None:
        made.image(job, draw.choice("own image", (
            "python:3.12", "node:22", "golang:1.23", "maven:3.9-eclipse-temurin-21")))  # fmt: skip

    made.grow((
        Extra("image", 1, own_image), Extra("second service", 1, second), timeout(job), _on(job),
        more(job, "migration", ("make migrate", "./scripts/migrate.sh", "npm run migrate")),
        retry(job), junit(job, ("junit.xml", "report.xml", "target/surefire-reports/TEST-*.xml")),
        everywhere("TZ", ("UTC", "Europe/Berlin", "Asia/Tokyo")), parallel(job),
        variable(job, "LOG_LEVEL", ("debug", "warning", "info")), runner(job), interruptible(job),
        artifact(job, ("logs/", "dumps/", "screenshots/")),
        afterwards(job, ("make stop", "./scripts/dump-logs.sh")), NO_SECOND_PIPELINE,
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` that runs our integration tests against a database",
        "The integration tests need a database on GitLab CI",
    )


@family("gitlab_ci", levels=(1, 2, 3, 4, 5))
def gitlab_monorepo(draw: Draw) -> Draft:
    """Jobs of a repository with several projects, each started by changes in its folder."""
    made = Pipeline(draw)
    requests = draw.phrase("kind", (True, False))

    def project(place: int) -> tuple[Job, str]:
        folder = draw.choice(f"folder {place}", choices.FOLDERS[place::3])
        line = draw.choice(
            f"command {place}",
            ("make test", "make check", "./run-tests.sh", "npm test", "go test ./...", "pytest -q"),
        )
        job = made.job(f"test-{folder.rpartition('/')[2]}")
        job.run(f"cd {folder}", "install")
        rule = {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'} if requests else {}
        job.fields["rules"] = [{**rule, "changes": [f"{folder}/**/*"]}]
        job.run(line)
        made.ask(
            scripts.gitlab_runs_in(job=job.name, command=line, folder=folder),
            when.gitlab_changes(job=job.name, folder=folder),
        )
        return job, folder

    def pipelines(made: Pipeline) -> None:
        if requests:
            skip_word(made)
            return
        branch = draw.choice("pipelines of", choices.BRANCHES)
        made.fields["workflow"] = {"rules": [
            {"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'},
            {"if": f'$CI_COMMIT_BRANCH == "{branch}"'},
        ]}  # fmt: skip
        made.ask(when.gitlab_pipelines_for(branch=branch))

    first, home = project(0)
    made.grow((
        Extra("second project", 2, lambda made: _discard(project(1))), timeout(first),
        runner(first), retry(first), interruptible(first), Extra("pipelines", 1, pipelines),
        Extra("third project", 2, lambda made: _discard(project(2))),
        junit(first, (f"{home}/junit.xml", f"{home}/report.xml")),
        variable(first, "LOG_LEVEL", ("debug", "info")),
        artifact(first, (f"{home}/coverage/", f"{home}/logs/", f"{home}/build/")),
        afterwards(first, ("make clean", "./scripts/report.sh")),
    ))  # fmt: skip
    return made.draft(
        "Write a GitLab pipeline that tests only the services of our repository that have changed",
        "Our monorepo on GitLab should test just the services that were touched",
    )


def _discard(made: tuple[Job, str]) -> None:
    """Take a job that is already in its pipeline."""


@family("gitlab_ci", levels=(1, 2, 3, 4), held_out=True)
def gitlab_scans(draw: Draw) -> Draft:
    """Security scans: GitLab's templates and a scanner of one's own."""
    made = Pipeline(draw)
    template = draw.choice("template", (
        "Security/SAST.gitlab-ci.yml", "Security/Secret-Detection.gitlab-ci.yml",
        "Jobs/Dependency-Scanning.gitlab-ci.yml", "Jobs/SAST.gitlab-ci.yml",
        "Jobs/Container-Scanning.gitlab-ci.yml"))  # fmt: skip
    made.fields["include"] = [{"template": template}]
    made.ask(deploys.gitlab_template(template=template))
    job = made.job(draw.choice("job", ("trivy", "grype", "own-scan", "licence-check")), "test")
    made.image(job, draw.choice("image", ("aquasec/trivy:0.57.0", "anchore/grype:v0.84.0",
                                          "alpine:3.20", "debian:12-slim")))  # fmt: skip
    made.runs(job, draw.choice("scan", (
        "trivy fs --exit-code 1 .", "grype dir:. --fail-on high", "./scripts/scan.sh",
        "trivy config --severity HIGH,CRITICAL .")))  # fmt: skip

    def report(made: Pipeline) -> None:
        kind = draw.choice("report", ("sast", "dependency_scanning", "container_scanning",
                                      "secret_detection"))  # fmt: skip
        path = draw.choice("report file", ("gl-report.json", "scan.json", "reports/gl.json"))
        job.report(kind, path)
        made.ask(kept.gitlab_scan_report(job=job.name, kind=kind, path=path))

    def included(made: Pipeline) -> None:
        file = draw.choice("own file", ("ci/scans.yml", ".gitlab/ci/base.yml", "ci/common.yml"))
        made.fields["include"].append({"local": file})
        made.ask(deploys.gitlab_local_include(file=file))

    def forgiven(made: Pipeline) -> None:
        job.fields["allow_failure"] = True
        made.ask(flow.gitlab_may_fail(job=job.name))

    made.grow((
        Extra("report", 1, report), timeout(job), Extra("may fail", 1, forgiven), _on(job),
        Extra("included file", 1, included), everywhere("SCAN_LEVEL", ("low", "high", "medium")),
        runner(job), variable(job, "TRIVY_NO_PROGRESS", ("true", "1")), retry(job),
        artifact(job, ("scan.txt", "reports/", "findings.html")), interruptible(job),
    ))  # fmt: skip
    return made.draft(
        "Write a `.gitlab-ci.yml` that scans our code for security problems",
        "Security scans on GitLab: GitLab's own and one of ours",
    )
