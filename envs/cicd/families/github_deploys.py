"""Families of GitHub workflows that deploy: environments, Terraform, Helm, clouds, Pages."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_parts import (
    READ_ONLY,
    command,
    one_at_a_time,
    runner,
    secret_variable,
    setting,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, permission, secret
from envs.cicd.requirements import github_clouds as clouds
from envs.cicd.requirements import github_deploys as deploys
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


def environment(flow: Workflow, job: Job, name: str) -> None:
    """Put a job into an environment, spelled in one of two ways. One requirement."""
    job.fields["environment"] = {"name": name}
    flow.ask(jobs.workflow_job_environment(job=job.name, environment=name))


def address(job: Job) -> Extra:
    """Link the environment of a job to an address."""

    def make(flow: Workflow) -> None:
        url = flow.draw.choice(f"{job.name} url", choices.URLS)
        job.fields["environment"]["url"] = url
        flow.ask(jobs.workflow_job_url(job=job.name, url=url))

    return Extra(f"address of {job.name}", 1, make)


_SCRIPTS = tuple(f"./{folder}/{name}.sh" for folder in ("scripts", "ci", "bin", "deploy")
                 for name in ("deploy", "rollout", "release", "ship"))  # fmt: skip


@family("github_actions", levels=(2, 3, 4, 5))
def github_staged_deployment(draw: Draw) -> Draft:
    """A deployment to one environment and, after its approval, to the next."""
    flow = Workflow(draw, ".github/workflows/deploy.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    script = draw.choice("script", _SCRIPTS)
    before = draw.choice("first", ("staging", "qa", "preview", "demo", "sandbox", "canary"))
    after = draw.choice("second", choices.PROTECTED)
    first, second = flow.job(f"to-{before}"), flow.job(f"to-{after}")
    for job, name in ((first, before), (second, after)):
        job.checkout()
        job.run("deploy", f"{script} {name}")
        environment(flow, job, name)
    second.fields["needs"] = draw.phrase("needs", (first.name, [first.name]))
    flow.ask(order.workflow_job_after(job=second.name, other=first.name))
    flow.ask(steps.workflow_runs(job=second.name, command=f"{script} {after}"))

    def tested(flow: Workflow) -> None:
        job = flow.job(draw.choice("test job", ("smoke-test", "acceptance", "verify-all", "probe")))
        job.checkout()
        line = draw.choice("smoke", ("make smoke", "./ci/smoke.sh", "npm run smoke", "make e2e"))
        job.run("test", line)
        first.fields["needs"] = [job.name]
        flow.ask(steps.workflow_runs(job=job.name, command=line))
        flow.ask(order.workflow_job_after(job=first.name, other=job.name))

    def undone(flow: Workflow) -> None:
        job = flow.job(draw.choice("undo job", ("rollback", "undo", "revert", "restore")))
        job.checkout()
        job.run("deploy", f"{script} --rollback")
        job.fields["needs"] = [second.name]
        job.fields["if"] = draw.phrase("failure", ("failure()", "${{ failure() }}"))
        flow.ask(order.workflow_job_on_failure(job=job.name, other=second.name))

    flow.grow((
        address(second), Extra("tested", 2, tested), one_at_a_time(second), READ_ONLY,
        Extra("undone", 1, undone), timeout(first), address(first),
        secret_variable(second, f"{script} {after}", ("DEPLOY_TOKEN", "SSH_KEY", "API_KEY")),
        timeout(second), runner(second),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that deploys in two stages, the second behind an approval",
        "Deploy our application step by step from GitHub Actions",
    )


@family("github_actions", levels=(3, 4, 5))
def github_terraform(draw: Draw) -> Draft:
    """A Terraform plan for pull requests, and its apply on the main branch."""
    flow = Workflow(draw, ".github/workflows/terraform.yml")
    branch = draw.choice("branch", choices.BRANCHES)
    folder = draw.choice("folder", choices.INFRA_FOLDERS)
    flow.on_pull_request(branch)
    flow.on_push(branch)
    plan = flow.job(draw.choice("plan job", ("plan", "tf-plan", "preview-changes", "dry-run")))
    apply = flow.job(draw.choice("apply job", ("apply", "tf-apply", "provision", "roll-out")))
    options: dict[str, list[str]] = {"plan": [], "apply": ["-auto-approve"], "init": []}
    for job in (plan, apply):
        job.fields["defaults"] = {"run": {"working-directory": folder}}
        job.checkout()
        job.step("setup", uses="hashicorp/setup-terraform@v3")
    flow.ask(deploys.workflow_terraform(job=plan.name, verb="plan", folder=folder))
    flow.ask(deploys.workflow_terraform(job=apply.name, verb="apply", folder=folder))
    flow.ask(deploys.workflow_terraform_unasked(job=apply.name, folder=folder))
    _guard(flow, plan, apply, branch)
    flow.grow((
        _version(plan), environment_of(apply), _option(
            "plan", plan, folder, options, ("-input=false", "-lock=false", "-detailed-exitcode",
                                            "-no-color", "-refresh=false")),
        one_at_a_time(apply), aws(apply), _formatted(plan, folder), timeout(apply),
        setting(plan, "TF_IN_AUTOMATION", ("true", "1", "yes")), runner(apply),
        setting(apply, "TF_LOG", ("INFO", "WARN", "ERROR", "DEBUG")),
        _option("init", plan, folder, options, ("-backend=false", "-upgrade", "-input=false")),
    ))  # fmt: skip
    for job, verb in ((plan, "plan"), (apply, "apply")):
        inits = " ".join(["terraform init", *(options["init"] if job is plan else [])])
        job.run("prepare", inits)
        job.run("deploy", " ".join([f"terraform {verb}", *options[verb]]))
    return flow.draft(
        "Write a GitHub Actions workflow that plans Terraform changes in pull requests and applies "
        "them after the merge",
        "Run Terraform from GitHub Actions",
    )


def _guard(flow: Workflow, plan: Job, apply: Job, branch: str) -> None:
    """Let the plan run for pull requests alone, and the apply on the branch alone."""
    draw = flow.draw
    pull_requests = ("github.event_name == 'pull_request'", "${{ github.event_name != 'push' }}")
    plan.fields["if"] = draw.phrase("plan if", pull_requests)
    pushes = (f"github.ref == 'refs/heads/{branch}'", "github.event_name == 'push'")
    both = f"github.event_name == 'push' && github.ref_name == '{branch}'"
    apply.fields["if"] = draw.phrase("apply if", (*pushes, both))
    flow.ask(order.workflow_job_only_for_pull_requests(job=plan.name))
    flow.ask(order.workflow_job_only_on(job=apply.name, branch=branch))


def _version(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        version = flow.draw.choice("version", ("1.5.7", "1.6.6", "1.7.5", "1.8.5", "1.9.8"))
        job.first("setup")["with"] = {"terraform_version": version}
        flow.ask(tools.workflow_tool(job=job.name, tool="Terraform", version=version))

    return Extra("terraform version", 1, make)


def environment_of(job: Job) -> Extra:
    """Put a job into a protected environment."""

    def make(flow: Workflow) -> None:
        environment(flow, job, flow.draw.choice(f"{job.name} environment", choices.PROTECTED))

    return Extra("environment", 1, make)


def _option(
    verb: str, job: Job, folder: str, options: dict[str, list[str]], pool: tuple[str, ...]
) -> Extra:
    def make(flow: Workflow) -> None:
        option = flow.draw.choice(f"{verb} option", pool)
        options[verb].append(option)
        flow.ask(
            deploys.workflow_terraform_option(job=job.name, verb=verb, folder=folder, option=option)
        )

    return Extra(f"{verb} option", 1, make)


def aws(job: Job) -> Extra:
    """Log a job in to AWS by OIDC. Two requirements."""

    def make(flow: Workflow) -> None:
        number = flow.draw.integer("account", 110000000000, 990000000000, 7000000001)
        role = f"arn:aws:iam::{number}:role/{flow.draw.name('role')}"
        region = flow.draw.choice("region", choices.REGIONS)
        permission(flow, job, "id-token", "write", said=False)
        permission(flow, job, "contents", "read", said=False)
        job.step("login", uses="aws-actions/configure-aws-credentials@v4", with_={
            "role-to-assume": role, "aws-region": region})  # fmt: skip
        flow.ask(clouds.workflow_aws_role(job=job.name, role=role))
        flow.ask(clouds.workflow_aws_region(job=job.name, region=region))

    return Extra("AWS role", 2, make)


def _formatted(job: Job, folder: str) -> Extra:
    def make(flow: Workflow) -> None:
        job.run("lint", "terraform fmt -check -recursive")
        flow.ask(
            deploys.workflow_terraform_option(
                job=job.name, verb="fmt", folder=folder, option="-check"
            )
        )

    return Extra("formatted", 1, make)


def _helm_version(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        chosen = flow.draw.choice("version", ("v3.13.3", "v3.14.4", "v3.15.4", "v3.16.2"))
        job.step("setup", uses="azure/setup-helm@v4", with_={"version": chosen})
        flow.ask(tools.workflow_tool(job=job.name, tool="Helm", version=chosen))

    return Extra("helm version", 1, make)


def _image_tag(job: Job, release: str, flags: list[str]) -> Extra:
    def make(flow: Workflow) -> None:
        keys = ("image.tag", "app.image.tag", "global.imageTag", "web.tag")
        key, value = flow.draw.choice("key", keys), expression("github.sha")
        flags.append(f"--set {key}={value}")
        flow.ask(deploys.workflow_helm_set(job=job.name, release=release, key=key, value=value))

    return Extra("image", 1, make)


@family("github_actions", levels=(1, 2, 3, 4, 5))
def github_helm_deployment(draw: Draw) -> Draft:
    """A Helm release that is installed or upgraded after a push."""
    flow = Workflow(draw, ".github/workflows/helm.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    job = flow.job(draw.choice("job", ("helm", "helm-deploy", "chart", "helm-upgrade", "kube")))
    job.checkout()
    release, chart = draw.name("release"), draw.choice("chart", choices.CHARTS)
    flags: list[str] = []
    step = job.run("deploy", "")
    job.run("login", 'echo "$CONFIG" > kubeconfig', env={"CONFIG": secret("KUBECONFIG_DATA")})
    job.set("env", "KUBECONFIG", "./kubeconfig")
    flow.ask(deploys.workflow_helm(job=job.name, release=release, chart=chart))

    def namespace(flow: Workflow) -> None:
        name = draw.name("namespace")
        flags.append(draw.phrase("n", ("--namespace ", "-n ", "--namespace=")) + name)
        flow.ask(deploys.workflow_helm_namespace(job=job.name, release=release, namespace=name))

    def values(flow: Workflow) -> None:
        file = f"{draw.choice('values', ('deploy', 'helm', 'env', 'config'))}/values.yaml"
        flags.append(draw.phrase("f", ("-f ", "--values ")) + file)
        flow.ask(deploys.workflow_helm_values(job=job.name, release=release, file=file))

    def replicas(flow: Workflow) -> None:
        count = str(draw.integer("replicas", 2, 19))
        flags.append(f"--set replicaCount={count}")
        flow.ask(
            deploys.workflow_helm_set(
                job=job.name, release=release, key="replicaCount", value=count
            )
        )

    def waiting(flow: Workflow) -> None:
        time = draw.choice("time", ("2m", "3m", "5m", "8m", "10m", "90s", "7m"))
        flags.append(f"--wait --timeout {time}")
        flow.ask(deploys.workflow_helm_waits(job=job.name, release=release, time=time))

    def atomic(flow: Workflow) -> None:
        flags.append("--atomic")
        flow.ask(deploys.workflow_helm_atomic(job=job.name, release=release))

    def made(flow: Workflow) -> None:
        flags.append("--create-namespace")
        flow.ask(deploys.workflow_helm_makes_namespace(job=job.name, release=release))

    flow.grow((
        Extra("namespace", 1, namespace), Extra("values", 1, values),
        _image_tag(job, release, flags), environment_of(job), Extra("waits", 1, waiting),
        Extra("atomic", 1, atomic), one_at_a_time(job),
        _helm_version(job), timeout(job), READ_ONLY, Extra("made", 1, made),
        command(job, "lint", "lint", (f"helm lint {chart}", f"helm dependency build {chart}")),
        Extra("replicas", 1, replicas), runner(job),
    ))  # fmt: skip
    step["run"] = " ".join([f"helm upgrade --install {release} ./{chart}", *flags])
    return flow.draft(
        "Write a GitHub Actions workflow that deploys our Helm chart",
        "Upgrade our Helm release from GitHub Actions after each push",
    )
