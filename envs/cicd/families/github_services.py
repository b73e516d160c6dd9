"""Families of GitHub workflows that test beside service containers."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    CANCEL_OLDER,
    READ_ONLY,
    RUNNERS,
    artifact,
    logs,
    runner,
    starts,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow
from envs.cicd.requirements import github_services as services
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra

#: Images of databases: port, settings, health command, the driver's variable of the tests.
_POSTGRES_SETTINGS = ("POSTGRES_DB", "POSTGRES_PASSWORD", "pg_isready -U postgres")
_MYSQL_SETTINGS = ("MYSQL_DATABASE", "MYSQL_ROOT_PASSWORD", "mysqladmin ping -h localhost")
_DATABASES = tuple((image, 5432, *_POSTGRES_SETTINGS) for image in choices.POSTGRES) + tuple(
    (image, 3306, *_MYSQL_SETTINGS) for image in ("mysql:8.0", "mysql:8.4", "mysql:9.1")
)


def _health(job: Job, image: str, health: str, options: dict[str, str]) -> Extra:
    """Check the health of a service; `options` are those of its container."""

    def make(flow: Workflow) -> None:
        draw = flow.draw
        options["--health-cmd"] = f'"{health}"'
        flow.ask(services.workflow_service_health(job=job.name, image=image, command=health))
        if draw.chance("interval wanted", 0.6):
            time = draw.choice("interval", ("5s", "8s", "10s", "15s", "20s"))
            options["--health-interval"] = time
            flow.ask(services.workflow_service_interval(job=job.name, image=image, time=time))
        if draw.chance("health timeout wanted", 0.4):
            time = draw.choice("health timeout", ("2s", "3s", "4s", "6s"))
            options["--health-timeout"] = time
            flow.ask(services.workflow_service_timeout(job=job.name, image=image, time=time))
        if draw.chance("retries wanted", 0.5):
            count = draw.integer("retries", 4, 12)
            options["--health-retries"] = str(count)
            flow.ask(services.workflow_service_retries(job=job.name, image=image, count=count))

    return Extra("health", 2.5, make)


def _migrated(job: Job, tests: str) -> Extra:
    """Migrate the database before the tests."""

    def make(flow: Workflow) -> None:
        lines = (
            "make migrate",
            "./scripts/migrate.sh",
            "npx prisma migrate deploy",
            "rake db:setup",
        )
        line = flow.draw.choice("migration", lines)
        job.run("prepare", line)
        flow.ask(steps.workflow_runs_after(job=job.name, command=tests, earlier=line))

    return Extra("migration", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_service_tests(draw: Draw) -> Draft:
    """Integration tests beside a database, and perhaps a cache, in service containers."""
    flow = Workflow(draw, ".github/workflows/integration.yml")
    starts(flow)
    pool = ("integration", "integration-tests", "db-tests", "with-database", "backend-tests")
    job = flow.job(draw.choice("job", pool))
    job.checkout()
    image, port, database, password, health = draw.choice("database", _DATABASES)
    service = {"image": image, "env": {password: "ci-only"}, "ports": [f"{port}:{port}"]}
    job.fields["services"] = {draw.phrase("service", ("db", "database", "sql")): service}
    options: dict[str, str] = {}
    line = draw.choice("tests", (
        "make integration-test", "./scripts/integration.sh", "npm run test:integration",
        "go test -tags=integration ./...", "pytest -q tests/integration", "rspec"))  # fmt: skip
    job.run("test", line)
    flow.ask(services.workflow_service(job=job.name, image=image))
    flow.ask(steps.workflow_runs(job=job.name, command=line))

    def reachable(flow: Workflow) -> None:
        host = draw.integer("host port", 15432, 15499, 3)
        service["ports"] = [f"{host}:{port}"]
        flow.ask(services.workflow_service_port(job=job.name, image=image, port=port, host=host))

    def named(flow: Workflow) -> None:
        name = draw.choice("database name", choices.DATABASES)
        service["env"] = {database: name, password: "ci-only"}
        flow.ask(
            services.workflow_service_variable(
                job=job.name, image=image, variable=database, value=name
            )
        )

    def cached(flow: Workflow) -> None:
        redis = draw.choice("redis", choices.REDIS)
        job.fields["services"]["cache"] = {"image": redis, "ports": ["6379:6379"]}
        flow.ask(services.workflow_service(job=job.name, image=redis))

    def told(flow: Workflow) -> None:
        host = draw.choice("variable", ("DATABASE_HOST", "DB_HOST", "SQL_HOST"))
        job.running(line)["env"] = {host: "127.0.0.1"}
        flow.ask(
            steps.workflow_command_variable(
                job=job.name, command=line, variable=host, value="127.0.0.1"
            )
        )

    flow.grow((
        _health(job, image, health, options), Extra("port", 1, reachable), Extra("name", 1, named),
        Extra("redis", 1, cached), _migrated(job, line), timeout(job),
        logs(job, ("./ci/service-logs.sh", "make service-logs", "docker ps -a")),
        Extra("variable", 1, told),
        runner(job, RUNNERS[:2]), READ_ONLY, CANCEL_OLDER,
        artifact(job, ("integration-logs", "server-logs"), ("logs/", "tmp/log/", "dump.sql")),
    ))  # fmt: skip
    for_options = " ".join(f"{name} {value}" for name, value in options.items())
    if for_options:
        service["options"] = for_options
    return flow.draft(
        "Write a GitHub Actions workflow that runs our integration tests against a real database",
        "Run the integration tests on GitHub with their database beside them",
    )
