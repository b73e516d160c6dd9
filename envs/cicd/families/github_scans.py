"""Families of GitHub workflows that scan: images, files, code."""

from __future__ import annotations

from typing import Any

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    command,
    one_at_a_time,
    runner,
    starts,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, permission
from envs.cicd.requirements import github_scans as scans
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra

_SHA = expression("github.sha")


def _severities(job: Job, inputs: dict[str, Any]) -> Extra:
    def make(flow: Workflow) -> None:
        pool = ("CRITICAL", "HIGH", "MEDIUM", "LOW")
        chosen = list(flow.draw.sample("severities", pool, 2))
        inputs["severity"] = ",".join(chosen)
        flow.ask(scans.workflow_trivy_severities(job=job.name, severities=chosen))

    return Extra("severities", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_vulnerability_scan(draw: Draw) -> Draft:
    """A scan of an image or of the repository with Trivy."""
    flow = Workflow(draw, ".github/workflows/scan.yml")
    starts(flow)
    job = flow.job(
        draw.choice("job", ("trivy", "vulnerabilities", "cve-scan", "image-scan", "scan"))
    )
    job.checkout()
    inputs: dict[str, Any] = {}
    if draw.chance("of an image", 0.5):
        registry, name = draw.choice("registry", choices.REGISTRIES), draw.name("image")
        image = f"{registry}/{draw.choice('organisation', choices.ORGANISATIONS)}/{name}:{_SHA}"
        job.run("build", f"docker build -t {image} .")
        inputs["image-ref"] = image
        flow.ask(scans.workflow_trivy_image(job=job.name, image=image))
    else:
        folder = draw.choice("folder", choices.FOLDERS)
        inputs |= {"scan-type": "fs", "scan-ref": folder}
        flow.ask(scans.workflow_trivy_files(job=job.name, folder=folder))
    job.step("test", uses="aquasecurity/trivy-action@0.28.0", with_=inputs)

    def failing(flow: Workflow) -> None:
        code = draw.integer("exit code", 1, 9)
        inputs["exit-code"] = draw.phrase("exit code as", (code, str(code)))
        flow.ask(scans.workflow_trivy_fails(job=job.name, code=code))

    def fixed(flow: Workflow) -> None:
        inputs["ignore-unfixed"] = True
        flow.ask(scans.workflow_trivy_fixed(job=job.name))

    def reported(flow: Workflow) -> None:
        file = draw.choice("report", ("trivy.sarif", "trivy-results.sarif", "reports/trivy.sarif"))
        inputs.update({"format": "sarif", "output": file})
        permission(flow, job, "contents", "read", said=False)
        permission(flow, job, "security-events", "write", said=False)
        action = "github/codeql-action/upload-sarif@v3"
        step = job.step("report", uses=action, with_={"sarif_file": file})
        flow.ask(scans.workflow_sarif(job=job.name, file=file))
        if draw.chance("always", 0.5):
            step["if"] = draw.phrase("if", ("always()", "success() || failure()"))
            flow.ask(scans.workflow_sarif_always(job=job.name, file=file))

    flow.grow((
        _severities(job, inputs), Extra("report", 1.5, reported), Extra("exit code", 1, failing),
        Extra("unfixed", 1, fixed), timeout(job), runner(job), _no_credentials(job),
        one_at_a_time(job), _weekly(),
        command(job, "prepared", "prepare", ("make deps", "./ci/fetch.sh", "npm ci")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that scans for known vulnerabilities with Trivy",
        "Trivy should look for vulnerabilities on GitHub",
    )


def _no_credentials(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        job.checkout()["with"] = {"persist-credentials": False}
        flow.ask(steps.workflow_no_credentials(job=job.name))

    return Extra("no credentials", 1, make)


def _weekly() -> Extra:
    def make(flow: Workflow) -> None:
        day, time = (
            flow.draw.choice("day", choices.WEEKDAYS),
            flow.draw.choice("time", choices.TIMES),
        )
        flow.every_week(day, time)

    return Extra("weekly", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5), held_out=True)
def github_code_analysis(draw: Draw) -> Draft:
    """CodeQL over one or several languages."""
    flow = Workflow(draw, ".github/workflows/codeql.yml")
    flow.every_week(draw.choice("day", choices.WEEKDAYS), draw.choice("time", choices.TIMES))
    job = flow.job(draw.choice("job", ("codeql", "analyze", "code-scanning", "security-analysis")))
    pool = ("python", "javascript-typescript", "java-kotlin", "ruby", "csharp")
    languages = list(draw.sample("languages", pool, draw.choice("how many", (1, 2, 2))))
    job.checkout()
    inputs: dict[str, Any] = {"languages": ",".join(languages)}
    if len(languages) > 1 and draw.phrase("as matrix", (True, False)):
        job.fields["strategy"] = {"fail-fast": False, "matrix": {"language": languages}}
        inputs["languages"] = expression("matrix.language")
    permission(flow, job, "contents", "read", said=False)
    permission(flow, job, "security-events", "write", said=False)
    job.step("setup", uses="github/codeql-action/init@v3", with_=inputs)
    job.use("test", "github/codeql-action/analyze@v3")
    flow.ask(scans.workflow_codeql(job=job.name, languages=languages))
    flow.ask(scans.workflow_may_report(job=job.name))

    def suite(flow: Workflow) -> None:
        name = draw.choice("suite", ("security-extended", "security-and-quality"))
        inputs["queries"] = name
        flow.ask(scans.workflow_codeql_queries(job=job.name, suite=name))

    def unbuilt(flow: Workflow) -> None:
        compiled = {"java-kotlin", "csharp"}.issuperset(languages)
        mode = draw.choice("mode", ("none", "autobuild", "manual") if compiled else ("none",))
        inputs["build-mode"] = mode
        flow.ask(scans.workflow_codeql_mode(job=job.name, mode=mode))

    def configured(flow: Workflow) -> None:
        pool = (".github/codeql.yml", ".github/codeql/config.yml", "security/codeql.yml")
        file = draw.choice("configuration", pool)
        inputs["config-file"] = f"./{file}"
        flow.ask(scans.workflow_codeql_config(job=job.name, file=file))

    def on_push(flow: Workflow) -> None:
        flow.on_push(draw.choice("branch", choices.BRANCHES))

    def reads_actions(flow: Workflow) -> None:
        permission(flow, job, "actions", "read")

    flow.grow((
        Extra("queries", 1, suite), Extra("push", 1, on_push), timeout(job),
        Extra("build mode", 1, unbuilt), Extra("configuration", 1, configured), runner(job),
        Extra("actions", 1, reads_actions), _no_credentials(job),
        command(job, "prepared", "build", ("make generate", "./ci/codegen.sh", "make build")),
        one_at_a_time(job),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that analyses our code with CodeQL",
        "Set up CodeQL for our repository",
    )
