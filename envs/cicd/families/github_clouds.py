"""Families of GitHub workflows that deploy to GitHub Pages and to clouds."""

from __future__ import annotations

from envs.cicd import choices
from envs.cicd.families.github_deploys import aws, environment_of
from envs.cicd.families.github_parts import (
    READ_ONLY,
    command,
    one_at_a_time,
    own_cache,
    runner,
    setting,
    setup_cache,
    timeout,
)
from envs.cicd.families.github_recipe import Job, Workflow, expression, permission, secret
from envs.cicd.requirements import github_clouds as clouds
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from iac_gym.category import Draft, family
from iac_gym.draw import Draw
from iac_gym.extras import Extra


@family("github_actions", levels=(2, 3, 4, 5))
def github_pages_site(draw: Draw) -> Draft:
    """A static site that is built and deployed to GitHub Pages."""
    flow = Workflow(draw, ".github/workflows/pages.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    build = flow.job(draw.choice("build", ("build-site", "site", "render", "docs-site")))
    deploy = flow.job(draw.choice("deploy", ("pages", "publish-pages", "deploy-pages", "go-live")))
    folder = draw.choice("folder", ("public", "site", "docs/_build/html", "book", "www", "out"))
    build.checkout()
    line = draw.choice(
        "line",
        (
            "mkdocs build",
            "hugo --minify",
            "npm run docs",
            "make html",
            "mdbook build",
            "zola build",
        ),
    )
    build.run("build", line)
    build.step("report", uses="actions/upload-pages-artifact@v3", with_={"path": folder})
    deploy.fields["needs"] = draw.phrase("needs", (build.name, [build.name]))
    deploy.step("deploy", id="deployment", uses="actions/deploy-pages@v4")
    deploy.fields["permissions"] = {"pages": "write", "id-token": "write"}
    flow.ask(clouds.workflow_pages_content(job=build.name, folder=folder))
    flow.ask(clouds.workflow_pages_deployed(job=deploy.name))
    flow.ask(steps.workflow_runs(job=build.name, command=line))

    def shown(flow: Workflow) -> None:
        name = draw.choice("environment", ("github-pages", "documentation", "website", "docs"))
        url = expression("steps.deployment.outputs.page_url")
        deploy.fields["environment"] = {"name": name, "url": url}
        flow.ask(clouds.workflow_pages_address(job=deploy.name, environment=name))

    flow.grow((
        Extra("address", 1, shown), one_at_a_time(deploy), timeout(build), READ_ONLY, _by_hand(),
        command(build, "checked", "test", ("make linkcheck", "npm run lint:docs", "vale docs")),
        runner(build), timeout(deploy), _python(build),
        own_cache(build, (".cache", "resources/_gen", "~/.cache/mkdocs"), ("docs.lock", "go.sum")),
        setting(build, "SITE_ENV", ("production", "preview", "internal")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that builds our site and deploys it to GitHub Pages",
        "Our documentation belongs on GitHub Pages",
    )


def _by_hand() -> Extra:
    return Extra("by hand", 1, lambda flow: flow.by_hand())


def _python(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        version = flow.draw.choice("python", choices.PYTHON_VERSIONS)
        job.setup("Python", version)
        flow.ask(tools.workflow_tool(job=job.name, tool="Python", version=version))
        if flow.draw.chance("pip cache", 0.3):
            setup_cache(job, "pip").make(flow)

    return Extra("python", 1.3, make)


@family("github_actions", levels=(2, 3, 4, 5), held_out=True)
def github_aws_deployment(draw: Draw) -> Draft:
    """A deployment to AWS by OIDC, without stored keys."""
    flow = Workflow(draw, ".github/workflows/aws.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    job = flow.job(draw.choice("job", ("aws", "upload-site", "aws-deploy", "to-aws", "s3-sync")))
    job.checkout()
    line = draw.choice("line", (
        "aws s3 sync dist s3://acme-site --delete", "aws s3 sync public s3://northwind-web",
        "sam deploy --no-confirm-changeset", "aws lambda publish-version --function-name api",
        "npx cdk deploy --require-approval never", "npx serverless deploy"))  # fmt: skip
    aws(job).make(flow)
    job.run("deploy", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.grow((
        environment_of(job),
        command(job, "build", "build", ("npm run build", "make package", "sam build")),
        one_at_a_time(job), timeout(job), runner(job), _by_hand(),
        setting(job, "STAGE", ("live", "beta", "canary", "blue")), _history(job), _node(job),
        own_cache(job, ("~/.npm-aws", "cdk.out", ".aws-sam"), ("package-lock.json", "poetry.lock")),
    ))  # fmt: skip
    return flow.draft(
        "Write a GitHub Actions workflow that deploys to AWS without stored keys",
        "Our AWS deployment should log in by OIDC from GitHub Actions",
    )


def _history(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        job.checkout()["with"] = {"fetch-depth": 0}
        flow.ask(steps.workflow_full_history(job=job.name))

    return Extra("history", 1, make)


def _node(job: Job) -> Extra:
    def make(flow: Workflow) -> None:
        version = flow.draw.choice("node", choices.NODE_VERSIONS)
        job.setup("Node.js", version)
        flow.ask(tools.workflow_tool(job=job.name, tool="Node.js", version=version))

    return Extra("node", 1, make)


@family("github_actions", levels=(2, 3, 4, 5))
def github_cloud_run(draw: Draw) -> Draft:
    """A deployment to Google Cloud or Azure by OIDC."""
    flow = Workflow(draw, ".github/workflows/cloud.yml")
    flow.on_push(draw.choice("branch", choices.BRANCHES))
    job = flow.job(draw.choice("job", ("cloud", "to-cloud", "cloud-run", "web-app", "hosting")))
    job.checkout()
    permission(flow, job, "id-token", "write", said=False)
    permission(flow, job, "contents", "read", said=False)
    app = draw.name("app")
    if draw.chance("google", 0.6):
        project = draw.choice("project", ("acme-prod", "northwind-live", "globex-web", "umbra-eu"))
        number = draw.integer("number", 100000001, 999999999, 98765433)
        provider = f"projects/{number}/locations/global/workloadIdentityPools/ci/providers/github"
        account = f"deployer@{project}.iam.gserviceaccount.com"
        job.step("login", uses="google-github-actions/auth@v2", with_={
            "workload_identity_provider": provider, "service_account": account})  # fmt: skip
        flow.ask(clouds.workflow_google_provider(job=job.name, provider=provider))
        flow.ask(clouds.workflow_google_account(job=job.name, account=account))
        line = f"gcloud run deploy {app} --source ."
    else:
        prefix = draw.choice("prefix", ("AZURE", "ARM", "AZ", "CLOUD"))
        names = [f"{prefix}_{name}_ID" for name in ("CLIENT", "TENANT", "SUBSCRIPTION")]
        inputs = ("client-id", "tenant-id", "subscription-id")
        job.step("login", uses="azure/login@v2", with_={
            name: secret(own) for name, own in zip(inputs, names, strict=True)})  # fmt: skip
        flow.ask(clouds.workflow_azure_login(job=job.name, secrets=names))
        line = f"az webapp up --name {app}"
    job.run("deploy", line)
    flow.ask(steps.workflow_runs(job=job.name, command=line))
    flow.grow((
        environment_of(job), one_at_a_time(job), timeout(job), _by_hand(), runner(job),
        _history(job),
        command(job, "build", "build", ("make bundle", "npm run build", "./ci/bundle.sh")),
        setting(job, "LOG_LEVEL", ("debug", "info", "warning", "error")), _node(job),
        command(job, "tests", "test", ("make unit", "npm test", "./ci/unit.sh")),
    ))  # fmt: skip
    return flow.draft(
        f"Write a GitHub Actions workflow that deploys `{app}` to our cloud by OIDC",
        f"Deploy `{app}` from GitHub Actions, with no stored cloud credentials",
    )
