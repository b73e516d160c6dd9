"""Requirements about logins to clouds by OIDC, and about GitHub Pages."""

from __future__ import annotations

from envs.cicd.requirements.github_find import (
    Found,
    comes_late,
    find_action,
    live_steps,
    using,
    value_of,
)
from envs.cicd.requirements.github_texts import (
    clean_path,
    compact,
)
from iac_gym.check import Findings, requirement
from iac_gym.languages.github_actions.model import Job, Repository, Step

_AWS = "aws-actions/configure-aws-credentials"
_GOOGLE = "google-github-actions/auth"
_AZURE = "azure/login"


def _login(model: Repository, job: str, action: str) -> Found[list[Step]]:
    """Return the OIDC logins of a job; yield what they lack."""
    steps = yield from find_action(model, job, f"does not use `{action}`", action)
    owner = steps[0].owner if steps else None
    given = owner.permissions if isinstance(owner, Job) else None
    if steps and (given is None or not given.allows("id-token", "write")):
        yield steps[0].finding("the login needs the permission `id-token: write`")
        return []
    timely = [step for step in steps if not comes_late(step)]
    if steps and not timely:
        yield steps[0].finding("the login comes after all that the job runs")
    return timely


@requirement(
    "the job `{job}` assumes the AWS role `{role}` with its OIDC token",
    "by OIDC, without stored keys, the job `{job}` takes on the AWS role `{role}`",
)
def workflow_aws_role(model: Repository, job: str, role: str) -> Findings:
    """The role of the AWS login, with `id-token: write` and no keys."""
    steps = yield from _login(model, job, _AWS)
    keys = ("aws-access-key-id", "aws-secret-access-key")
    for step in steps:
        stored = any(step.inputs.get(key) for key in keys) or "AWS_ACCESS_KEY_ID" in step.env
        if value_of(step, "role-to-assume") == role and not stored:
            return
    if steps:
        yield steps[0].finding(f"the role is not `{role}`", "with")


@requirement(
    "the job `{job}` works in the AWS region `{region}`",
    "`{region}` is the AWS region of the job `{job}`",
)
def workflow_aws_region(model: Repository, job: str, region: str) -> Findings:
    """The region of the AWS login."""
    steps = yield from find_action(model, job, f"does not use `{_AWS}`", _AWS)
    if steps and not any(value_of(step, "aws-region") == region for step in steps):
        yield steps[0].finding(f"the region is not `{region}`", "with")


@requirement(
    "the job `{job}` logs in to Google Cloud through the identity provider `{provider}`",
    "`{provider}` is the workload identity provider by which `{job}` logs in to Google Cloud",
)
def workflow_google_provider(model: Repository, job: str, provider: str) -> Findings:
    """The workload identity provider of the Google login, with `id-token: write`."""
    steps = yield from _login(model, job, _GOOGLE)
    if steps and not any(value_of(s, "workload_identity_provider") == provider for s in steps):
        yield steps[0].finding(f"the provider is not `{provider}`", "with")


@requirement(
    "the job `{job}` acts as the service account `{account}`",
    "`{account}` is the Google service account of the job `{job}`",
)
def workflow_google_account(model: Repository, job: str, account: str) -> Findings:
    """The service account of the Google login."""
    steps = yield from find_action(model, job, f"does not use `{_GOOGLE}`", _GOOGLE)
    if steps and not any(value_of(step, "service_account") == account for step in steps):
        yield steps[0].finding(f"the service account is not `{account}`", "with")


@requirement(
    "the job `{job}` logs in to Azure by OIDC with the secrets {secrets} as client, tenant and "
    "subscription",
    "the secrets {secrets} (client, tenant, subscription) log the job `{job}` in to Azure by OIDC",
)
def workflow_azure_login(model: Repository, job: str, secrets: list[str]) -> Findings:
    """The three identifiers of the Azure login, with `id-token: write`."""
    steps = yield from _login(model, job, _AZURE)
    wanted = [f"${{{{secrets.{name}}}}}".lower() for name in secrets]
    names = ("client-id", "tenant-id", "subscription-id")
    if steps and not any([value_of(s, name).lower() for name in names] == wanted for s in steps):
        yield steps[0].finding("client, tenant and subscription are not those secrets", "with")


# --- Pages ---------------------------------------------------------------------------------------


@requirement(
    "the job `{job}` uploads `{folder}` as the content of GitHub Pages",
    "`{folder}` is what the job `{job}` uploads for GitHub Pages",
)
def workflow_pages_content(model: Repository, job: str, folder: str) -> Findings:
    """`actions/upload-pages-artifact` of a folder."""
    action = "actions/upload-pages-artifact"
    steps = yield from find_action(model, job, "uploads no pages", action)
    wanted = clean_path(folder)
    if steps and not any(clean_path(value_of(s, "path", "_site/")) == wanted for s in steps):
        yield steps[0].finding(f"`{folder}` is not what is uploaded", "with")


@requirement(
    "the job `{job}` deploys to GitHub Pages what was uploaded, with the permissions that it needs",
    "GitHub Pages are deployed by the job `{job}`, whose token has the permissions for it",
)
def workflow_pages_deployed(model: Repository, job: str) -> Findings:
    """`actions/deploy-pages` after an upload, with `pages: write` and `id-token: write`."""
    steps = yield from find_action(model, job, "deploys no pages", "actions/deploy-pages")
    owner = steps[0].owner if steps else None
    if not isinstance(owner, Job):
        return
    given = owner.permissions
    if given is None or not (given.allows("pages", "write") and given.allows("id-token", "write")):
        yield owner.finding("Pages need `pages: write` and `id-token: write`", "permissions")
    names = (owner.id, *owner.ancestors)
    jobs = [owner.workflow.jobs[name] for name in names if name in owner.workflow.possible]
    upload = "actions/upload-pages-artifact"
    name = value_of(steps[0], "artifact_name", "github-pages")
    if not any(
        value_of(one, "name", "github-pages") == name
        and (job_.id != owner.id or one.index < steps[-1].index)
        for job_ in jobs
        for one in using(live_steps(job_), upload)
    ):
        yield owner.finding("nothing that was uploaded before is deployed", "needs")


@requirement(
    "the job `{job}` shows the address of the deployed pages in the environment `{environment}`",
    "the environment `{environment}` of the job `{job}` links to the pages that were deployed",
)
def workflow_pages_address(model: Repository, job: str, environment: str) -> Findings:
    """An environment whose address is the output `page_url` of the deployment."""
    steps = yield from find_action(model, job, "deploys no pages", "actions/deploy-pages")
    owner = steps[0].owner if steps else None
    if not isinstance(owner, Job):
        return
    given = owner.environment
    wanted = [f"${{{{steps.{step.id}.outputs.page_url}}}}" for step in steps if step.id]
    if given is None or given.name != environment or compact(given.url) not in wanted:
        yield owner.finding("the environment does not link to the deployed pages", "environment")
