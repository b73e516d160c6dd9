"""Requirements about what GitHub workflows use: tools, caches, artifacts, images, clouds, scans."""

import json

import pytest

from envs.cicd.requirements import github_artifacts as kept
from envs.cicd.requirements import github_caches as caches
from envs.cicd.requirements import github_clouds as clouds
from envs.cicd.requirements import github_deploys as deploys
from envs.cicd.requirements import github_images as images
from envs.cicd.requirements import github_registries as registries
from envs.cicd.requirements import github_releases as releases
from envs.cicd.requirements import github_reuse as reuse
from envs.cicd.requirements import github_scans as scans
from envs.cicd.requirements import github_services as services
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.check import RequirementType
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verifier import check_files

MODULES = (
    kept, caches, clouds, deploys, images, registries, releases, reuse, scans, services, tools,
    upkeep,
)  # fmt: skip
TYPES = {
    one.name: one
    for module in MODULES
    for one in vars(module).values()
    if isinstance(one, RequirementType)
}
PATH, CALLED, ACTION = (
    ".github/workflows/ci.yml", ".github/workflows/called.yml", ".github/actions/a/action.yml",
)  # fmt: skip


def wf(*own, on="push", top=None, **job):
    """Write a workflow of one job `t` with these steps; a text is a command."""
    made = [{"run": one} if isinstance(one, str) else one for one in own]
    given = {name.rstrip("_").replace("_", "-"): value for name, value in job.items()}
    tree = {"runs-on": "ubuntu-latest", "steps": made, **given}
    return json.dumps({"on": on, **(top or {}), "jobs": {"t": tree}}, indent=1)


def two(first, second, needs=True):
    """Write a workflow in which the job `t` needs the job `a`."""
    jobs = {
        "a": {"runs-on": "ubuntu-latest", "steps": first},
        "t": {"runs-on": "ubuntu-latest", **({"needs": "a"} if needs else {}), "steps": second},
    }
    return json.dumps({"on": "push", "jobs": jobs}, indent=1)


def caller(own, on="push", called=None):
    """Write a workflow whose job `t` calls another, and perhaps the other."""
    text = json.dumps({"on": on, "jobs": {"t": own}})
    return {PATH: text, **({CALLED: json.dumps(called)} if called else {})}


def act(*own, **top):
    """Write a composite action with these steps."""
    made = [{"run": one, "shell": "bash"} if isinstance(one, str) else one for one in own]
    tree = {"name": "A", "description": "B", **top, "runs": {"using": "composite", "steps": made}}
    return {ACTION: json.dumps(tree)}


def use(action, condition=None, _id=None, **inputs):
    """Return a step that uses an action; `-` in the name of an input is `_`, `__` is `_`."""
    given = {
        name.replace("__", "\0").replace("_", "-").replace("\0", "_"): value
        for name, value in inputs.items()
    }
    step = {"uses": action, **({"with": given} if given else {})}
    step |= {"if": condition} if condition else {}
    return step | ({"id": _id} if _id else {})


def run(text, **more):
    """Return a step that runs a command."""
    return {"run": text, **{name.rstrip("_").replace("_", "-"): v for name, v in more.items()}}


def files_of(answer):
    """Return an answer as files."""
    return answer if isinstance(answer, dict) else {PATH: answer}


def findings(asked, answer):
    """Return what a requirement finds."""
    model = LANGUAGE.parse(files_of(answer))
    return list(TYPES[asked.name].check(model, **asked.args))


SHA = "${{ github.sha }}"
IMAGE = f"ghcr.io/acme/api:{SHA}"
UP = "actions/upload-artifact@v4"
DOWN = "actions/download-artifact@v4"
OIDC = {"id-token": "write", "contents": "read"}
BUILD = "docker/build-push-action@v6"
LOGIN = "docker/login-action@v3"
TOKEN = "${{ secrets.GITHUB_TOKEN }}"
BOTH = {"push": {"branches": ["main"]}, "pull_request": None}
LATER = "${{ github.event_name != 'pull_request' }}"
TF = use("hashicorp/setup-terraform@v3")
PAGES = {"pages": "write", "id-token": "write"}
SEC = {"security-events": "write", "contents": "read"}
SARIF = use("aquasecurity/trivy-action@0.28.0", format="sarif", output="t.sarif", scan_type="fs")
PR = {"contents": "write", "pull-requests": "write"}
STALE = {"issues": "write", "pull-requests": "write"}
FILTER = use("dorny/paths-filter@v3", _id="f", filters="api:\n  - 'services/api/**'\n")


def pushing(**inputs):
    """Return a step that builds and pushes IMAGE."""
    return use(BUILD, **{"push": True, "tags": IMAGE, **inputs})


def db(**more):
    """Return a postgres service."""
    return {"db": {"image": "postgres:16", **more}}


#: (requirement, answers that meet it, answers that do not)
CASES = [
    (tools.workflow_tool(job="t", tool="Python", version="3.12"),
     [wf(use("actions/setup-python@v5", python_version="3.12")),
      wf(use("actions/setup-python@v4", python_version="3.12.x")),
      wf(use("actions/setup-python@v5", python_version="${{ env.V }}"), env={"V": "3.12"})],
     [wf(use("actions/setup-python@v5", python_version="3.1")), wf("make"),
      wf(use("actions/setup-python@v5", python_version="3.11")),
      wf(use("actions/setup-python@v5", "false", python_version="3.12")),
      wf(use("actions/setup-node@v4", node_version="3.12")),
      wf("echo python-version: 3.12"), wf(use("acme/setup-python@v5", python_version="3.12"))]),
    (tools.workflow_tool_file(job="t", tool="Go", file="go.mod"),
     [wf(use("actions/setup-go@v5", go_version_file="go.mod")),
      wf(use("actions/setup-go@v5", go_version_file="./go.mod"))],
     [wf(use("actions/setup-go@v5", go_version="1.23")), wf("cat go.mod"),
      wf(use("actions/setup-go@v5", go_version_file="go.work"))]),
    (tools.workflow_java_vendor(job="t", vendor="zulu"),
     [wf(use("actions/setup-java@v4", java_version=21, distribution="zulu"))],
     [wf(use("actions/setup-java@v4", java_version=21, distribution="temurin")), wf("zulu")]),
    (tools.workflow_npm_registry(job="t", url="https://npm.example.com"),
     [wf(use("actions/setup-node@v4", registry_url="https://npm.example.com/"))],
     [wf(use("actions/setup-node@v4")), wf("npm config set registry https://npm.example.org")]),
    # --- caches
    (caches.workflow_downloads_cached(job="t", manager="pip"),
     [wf(use("actions/setup-python@v5", python_version="3.12", cache="pip")),
      wf(use("actions/cache@v4", path="~/.cache/pip", key="k"))],
     [wf(use("actions/setup-python@v5", python_version="3.12")),
      wf(use("actions/setup-node@v4", cache="npm")), wf("pip install x"),
      wf(use("actions/cache@v4", "false", path="~/.cache/pip", key="k")),
      wf(use("actions/cache@v4", path="pip", key="k"))]),
    (caches.workflow_cache(job="t", path="vendor"),
     [wf(use("actions/cache@v4", path="vendor", key="k")),
      wf(use("actions/cache@v4", path="a\nvendor/\n", key="k")),
      wf(use("actions/cache/restore@v4", path="vendor", key="k"),
         use("actions/cache/save@v4", path="vendor", key="k"))],
     [wf(use("actions/cache@v4", path="vendors", key="k")), wf("cache vendor"),
      wf(use("actions/cache/restore@v4", path="vendor", key="k"))]),
    (caches.workflow_cache_hash(job="t", path="vendor", file="go.sum"),
     [wf(use("actions/cache@v4", path="vendor", key="a-${{ hashFiles('go.sum') }}")),
      wf(use("actions/cache@v4", path="vendor", key="${{ hashFiles('**/go.sum', 'x') }}"))],
     [wf(use("actions/cache@v4", path="vendor", key="go.sum")),
      wf(use("actions/cache@v4", path="vendor", key="hashFiles('go.sum')")),
      wf(use("actions/cache@v4", path="other", key="${{ hashFiles('go.sum') }}"))]),
    (caches.workflow_cache_system(job="t", path="v"),
     [wf(use("actions/cache@v4", path="v", key="${{ runner.os }}-a")),
      wf(use("actions/cache@v4", path="v", key="a-${{ matrix.os }}"), runs_on="${{ matrix.os }}",
         strategy={"matrix": {"os": ["ubuntu-22.04", "macos-14"]}})],
     [wf(use("actions/cache@v4", path="v", key="runner.os")),
      wf(use("actions/cache@v4", path="v", key="linux"))]),
    (caches.workflow_cache_fallback(job="t", path="v"),
     [wf(use("actions/cache@v4", path="v", key="a-${{ hashFiles('x') }}", restore_keys="a-"))],
     [wf(use("actions/cache@v4", path="v", key="a-${{ hashFiles('x') }}")),
      wf(use("actions/cache@v4", path="v", key="a-${{ hashFiles('x') }}", restore_keys="b-"))]),
    # --- artifacts
    (kept.workflow_keeps(job="t", artifact="a", path="dist"),
     [wf(use(UP, name="a", path="dist")), wf(use(UP, name="a", path="./dist/")),
      wf(use(UP, name="a", path="x\ndist/**")), wf(use(UP, "always()", name="a", path="dist")),
      wf(use("actions/upload-artifact@v5", name="${{ env.N }}", path="dist"), env={"N": "a"})],
     [wf(use(UP, name="b", path="dist")), wf(use(UP, name="a", path="build")), wf("cp dist a"),
      wf(use(UP, "failure()", name="a", path="dist")), wf(use(UP, "false", name="a", path="dist")),
      wf({**use(UP, name="a", path="dist"), "continue-on-error": True})]),
    (kept.workflow_kept_days(job="t", artifact="a", days=5),
     [wf(use(UP, name="a", path="x", retention_days=5)),
      wf(use(UP, name="a", path="x", retention_days="5"))],
     [wf(use(UP, name="a", path="x")), wf(use(UP, name="b", path="x", retention_days=5))]),
    (kept.workflow_kept_needed(job="t", artifact="a"),
     [wf(use(UP, name="a", path="x", if_no_files_found="error"))],
     [wf(use(UP, name="a", path="x")), wf(use(UP, name="a", path="x", if_no_files_found="warn"))]),
    (kept.workflow_kept_always(job="t", artifact="a"),
     [wf(use(UP, "always()", name="a", path="x")), wf(use(UP, "!cancelled()", name="a", path="x"))],
     [wf(use(UP, name="a", path="x")), wf(use(UP, "failure()", name="a", path="x"))]),
    (kept.workflow_kept_on_failure(job="t", artifact="a"),
     [wf(use(UP, "failure()", name="a", path="x")),
      wf(use(UP, "${{ failure() }}", name="a", path="x"))],
     [wf(use(UP, name="a", path="x")), wf(use(UP, "always()", name="a", path="x"))]),
    (kept.workflow_takes(job="t", artifact="a"),
     [two([use(UP, name="a", path="x")], [use(DOWN, name="a")]),
      two([use(UP, name="a", path="x")], [use(DOWN)]),
      two([use(UP, name="a", path="x")], [use(DOWN, pattern="*")])],
     [two([use(UP, name="a", path="x")], [use(DOWN, name="a")], needs=False),
      two([{"run": "make"}], [use(DOWN, name="a")]),
      two([use(UP, name="b", path="x")], [use(DOWN, name="a")]),
      two([use(UP, name="a", path="x")], [use(DOWN, "false", name="a")]),
      two([use(UP, name="a", path="x")], [{"run": "download a"}])]),
    (kept.workflow_takes_to(job="t", artifact="a", folder="in"),
     [two([use(UP, name="a", path="x")], [use(DOWN, name="a", path="in/")]),
      two([use(UP, name="a", path="x")], [use(DOWN, path="in", merge_multiple=True)])],
     [two([use(UP, name="a", path="x")], [use(DOWN, name="a")]),
      two([use(UP, name="a", path="x")], [use(DOWN, path="in")])]),
    # --- images
    (registries.workflow_registry_secret(job="t", registry="ghcr.io", secret="GITHUB_TOKEN"),
     [wf(use(LOGIN, registry="ghcr.io", username="a", password=TOKEN)),
      wf(use(LOGIN, registry="ghcr.io", username="a", password="${{ github.token }}")),
      wf(f'echo "{TOKEN}" | docker login ghcr.io -u a --password-stdin'),
      wf(run('echo "$T" | docker login ghcr.io -u ${{ github.actor }} --password-stdin',
             env={"T": TOKEN})),
      wf(use(LOGIN, LATER[4:-3], registry="ghcr.io", username="a", password=TOKEN), on=BOTH)],
     [wf(use(LOGIN, registry="ghcr.io", username="a", password="hunter2")),
      wf(use(LOGIN, username="a", password=TOKEN)), wf("echo docker login ghcr.io"),
      wf(use(LOGIN, "false", registry="ghcr.io", username="a", password=TOKEN)),
      wf(use(LOGIN, registry="ghcr.io", username="a", password="${{ secrets.OTHER }}"))]),
    (images.workflow_pushes_image(job="t", image=IMAGE),
     [wf(pushing()), wf(pushing(tags=f"x:1,{IMAGE}")), wf(pushing(tags=f"x:1\n{IMAGE}\n")),
      wf(f"docker build -t {IMAGE} .\ndocker push {IMAGE}"),
      wf(f"docker buildx build --push --tag {IMAGE} ."),
      wf("I=ghcr.io/acme/api:$GITHUB_SHA\ndocker build -t ghcr.io/acme/api:$GITHUB_SHA .\n"
         "docker push ghcr.io/acme/api:$GITHUB_SHA"),
      wf(pushing(tags="${{ env.I }}:${{ github.sha }}"), env={"I": "ghcr.io/acme/api"}),
      wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api",
             tags="type=sha,format=long,prefix="), pushing(tags="${{ steps.m.outputs.tags }}")),
      wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api",
             tags="type=raw,value=${{ github.sha }}"), pushing(tags="${{ steps.m.outputs.tags }}")),
      wf(pushing(push=LATER), on=BOTH)],
     [wf(pushing(push=False)), wf(use(BUILD, tags=IMAGE)), wf(pushing(tags="ghcr.io/acme/api")),
      wf(f"docker build -t {IMAGE} ."), wf(f"docker push {IMAGE}"), wf(f"echo docker push {IMAGE}"),
      wf(use(BUILD, "false", push=True, tags=IMAGE)), wf(pushing(push="${{ false }}")),
      wf(f"docker build -t {IMAGE} . || true\ndocker push {IMAGE} || true"),
      wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api", tags="type=sha"),
         pushing(tags="${{ steps.m.outputs.tags }}"))]),
    (images.workflow_version_tag(job="t", image="ghcr.io/acme/api", pattern="{{version}}"),
     [wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api",
             tags="type=ref,event=branch\ntype=semver,pattern={{version}}\n"),
         pushing(tags="${{ steps.m.outputs.tags }}"))],
     [wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api",
             tags="type=semver,pattern={{version}}"), pushing()),
      wf(use("docker/metadata-action@v5", _id="m", images="ghcr.io/acme/api",
             tags="type=semver,pattern={{major}}"), pushing(tags="${{ steps.m.outputs.tags }}")),
      wf(pushing(tags="${{ steps.m.outputs.tags }}"))]),
    (images.workflow_image_platforms(job="t", platforms=["linux/amd64", "linux/arm64"]),
     [wf(pushing(platforms="linux/arm64,linux/amd64")),
      wf(f"docker buildx build --platform linux/amd64,linux/arm64 -t {IMAGE} --push .")],
     [wf(pushing(platforms="linux/amd64")), wf(pushing()),
      wf(pushing(platforms="linux/amd64,linux/arm64,linux/s390x"))]),
    (images.workflow_image_argument(job="t", name="A", value="1"),
     [wf(pushing(build_args="A=1")), wf(pushing(build_args="B=2\nA=1\n")),
      wf(f"docker build --build-arg A=1 -t {IMAGE} .")],
     [wf(pushing(build_args="A=2")), wf(pushing()), wf(pushing(labels="A=1"))]),
    (images.workflow_image_context(job="t", folder="svc/a"),
     [wf(pushing(context="./svc/a")), wf(f"docker build -t {IMAGE} svc/a"),
      wf(run(f"docker build -t {IMAGE} .", working_directory="svc/a"))],
     [wf(pushing(context=".")), wf(pushing()), wf(pushing(file="svc/a"))]),
    (images.workflow_image_file(job="t", file="d/Dockerfile"),
     [wf(pushing(file="./d/Dockerfile")), wf(f"docker build -f d/Dockerfile -t {IMAGE} .")],
     [wf(pushing()), wf(pushing(file="Dockerfile")), wf(pushing(context="d/Dockerfile"))]),
    (images.workflow_image_target(job="t", target="prod"),
     [wf(pushing(target="prod")), wf(f"docker build --target=prod -t {IMAGE} .")],
     [wf(pushing()), wf(pushing(target="production"))]),
    (images.workflow_image_cache(job="t"),
     [wf(pushing(cache_from="type=gha", cache_to="type=gha,mode=max"))],
     [wf(pushing(cache_from="type=gha")), wf(pushing(cache_from="type=registry,ref=x",
                                                     cache_to="type=inline"))]),
    (images.workflow_image_pushed_later(job="t", image=IMAGE),
     [wf(pushing(push=LATER), on=BOTH),
      wf(pushing(push="${{ github.event_name == 'push' }}"), on=BOTH),
      wf(pushing(push="${{ github.ref == 'refs/heads/main' }}"), on=BOTH)],
     [wf(pushing(), on=BOTH), wf(pushing(push=LATER)), wf(pushing(push=False), on=BOTH),
      wf(pushing(push="${{ github.event_name == 'pull_request' }}"), on=BOTH),
      wf(use(BUILD, "github.event_name == 'push'", push=LATER, tags=IMAGE), on=BOTH)]),
    (images.workflow_buildx(job="t"),
     [wf(use("docker/setup-buildx-action@v3"), pushing())],
     [wf(pushing()), wf(pushing(), use("docker/setup-buildx-action@v3")),
      wf(use("docker/setup-buildx-action@v3"))]),
    (images.workflow_image_secret(job="t", id="npm", secret="NPM"),
     [wf(pushing(secrets="npm=${{ secrets.NPM }}"))],
     [wf(pushing(build_args="npm=${{ secrets.NPM }}")), wf(pushing(secrets="npm=NPM"))]),
    # --- releases
    (releases.workflow_makes_release(job="t"),
     [wf(use("softprops/action-gh-release@v2"), permissions={"contents": "write"}),
      wf(use("softprops/action-gh-release@v1")),
      wf(run('gh release create "$GITHUB_REF_NAME"', env={"GH_TOKEN": TOKEN}))],
     [wf("echo gh release create v1"), wf("gh release list"),
      wf(use("softprops/action-gh-release@v2"), permissions={"contents": "read"})]),
    (releases.workflow_release_files(job="t", files=["d/a", "d/b"]),
     [wf(use("softprops/action-gh-release@v2", files="d/b\nd/a\n")),
      wf("gh release create v1 d/a d/b --notes x")],
     [wf(use("softprops/action-gh-release@v2", files="d/a")), wf("gh release create d/a d/b")]),
    (releases.workflow_release_notes(job="t"),
     [wf(use("softprops/action-gh-release@v2", generate__release__notes=True)),
      wf("gh release create v1 --generate-notes")],
     [wf(use("softprops/action-gh-release@v2")), wf("gh release create v1 --notes ''")]),
    (releases.workflow_release_draft(job="t"),
     [wf(use("softprops/action-gh-release@v2", draft=True)), wf("gh release create v1 --draft")],
     [wf(use("softprops/action-gh-release@v2", draft=False)), wf("gh release create v1")]),
    (releases.workflow_prerelease(job="t"),
     [wf(use("softprops/action-gh-release@v2", prerelease=True)), wf("gh release create v1 -p")],
     [wf(use("softprops/action-gh-release@v2")), wf("gh release create v1 --draft")]),
    (releases.workflow_trusted_publishing(job="t"),
     [wf(use("pypa/gh-action-pypi-publish@release/v1"), permissions=OIDC),
      wf("uv build\nuv publish", permissions=OIDC)],
     [wf(use("pypa/gh-action-pypi-publish@release/v1")), wf("twine upload dist/*",
         permissions=OIDC),
      wf(use("pypa/gh-action-pypi-publish@release/v1", password="${{ secrets.P }}"),
         permissions=OIDC),
      wf("uv publish --token ${{ secrets.T }}", permissions=OIDC)]),
    (releases.workflow_package_index(job="t", url="https://a.example.com/legacy/"),
     [wf(use("pypa/gh-action-pypi-publish@release/v1",
             repository_url="https://a.example.com/legacy/")),
      wf("twine upload --repository-url https://a.example.com/legacy/ dist/*"),
      wf("uv publish --publish-url https://a.example.com/legacy/")],
     [wf(use("pypa/gh-action-pypi-publish@release/v1")), wf("twine upload dist/*")]),
    (releases.workflow_packages_folder(job="t", folder="out"),
     [wf(use("pypa/gh-action-pypi-publish@release/v1", packages_dir="out/")),
      wf("twine upload out/*")],
     [wf(use("pypa/gh-action-pypi-publish@release/v1")), wf("twine upload dist/*")]),
    (releases.workflow_npm_published(job="t", secret="N"),
     [wf(run("npm publish", env={"NODE_AUTH_TOKEN": "${{ secrets.N }}"})),
      wf("npm publish --access public", env={"NODE_AUTH_TOKEN": "${{ secrets.N }}"})],
     [wf("npm publish"), wf(run("npm publish --dry-run",
         env={"NODE_AUTH_TOKEN": "${{ secrets.N }}"})),
      wf(run("npm pack", env={"NODE_AUTH_TOKEN": "${{ secrets.N }}"})),
      wf(run("npm publish || true", env={"NODE_AUTH_TOKEN": "${{ secrets.N }}"}))]),
    (releases.workflow_npm_access(job="t", access="public"),
     [wf("npm publish --access public"), wf("npm publish --access=public")],
     [wf("npm publish"), wf("npm publish --access restricted")]),
    (releases.workflow_npm_provenance(job="t"),
     [wf("npm publish --provenance", permissions=OIDC),
      wf(run("npm publish", env={"NPM_CONFIG_PROVENANCE": True}), permissions=OIDC)],
     [wf("npm publish --provenance"), wf("npm publish", permissions=OIDC)]),
    (releases.workflow_npm_tag(job="t", tag="next"),
     [wf("npm publish --tag next")], [wf("npm publish"), wf("npm publish --tag latest")]),
    # --- clouds
    (clouds.workflow_aws_role(job="t", role="arn:aws:iam::1:role/x"),
     [wf(use("aws-actions/configure-aws-credentials@v4", role_to_assume="arn:aws:iam::1:role/x",
             aws_region="eu-west-1"), permissions=OIDC)],
     [wf(use("aws-actions/configure-aws-credentials@v4", role_to_assume="arn:aws:iam::1:role/x",
             aws_region="eu-west-1")),
      wf(use("aws-actions/configure-aws-credentials@v4", role_to_assume="arn:aws:iam::1:role/x",
             aws_region="eu-west-1", aws_access_key_id="${{ secrets.K }}",
             aws_secret_access_key="${{ secrets.S }}"), permissions=OIDC),
      wf("aws sts assume-role", permissions=OIDC)]),
    (clouds.workflow_aws_region(job="t", region="eu-west-1"),
     [wf(use("aws-actions/configure-aws-credentials@v4", aws_region="eu-west-1"))],
     [wf(use("aws-actions/configure-aws-credentials@v4", aws_region="eu-west-2")),
      wf("make", env={"AWS_REGION": "eu-west-1"})]),
    (clouds.workflow_google_provider(job="t", provider="projects/1/p"),
     [wf(use("google-github-actions/auth@v2", workload__identity__provider="projects/1/p"),
         permissions=OIDC)],
     [wf(use("google-github-actions/auth@v2", workload__identity__provider="projects/1/p")),
      wf(use("google-github-actions/auth@v2", workload__identity__provider="projects/2/p"),
         permissions=OIDC)]),
    (clouds.workflow_google_account(job="t", account="a@b.com"),
     [wf(use("google-github-actions/auth@v2", service__account="a@b.com"))],
     [wf(use("google-github-actions/auth@v2", service__account="c@b.com")), wf("echo a@b.com")]),
    (clouds.workflow_azure_login(job="t", secrets=["C", "T", "S"]),
     [wf(use("azure/login@v2", client_id="${{ secrets.C }}", tenant_id="${{ secrets.T }}",
             subscription_id="${{ secrets.S }}"), permissions=OIDC)],
     [wf(use("azure/login@v2", client_id="${{ secrets.C }}", tenant_id="${{ secrets.T }}",
             subscription_id="${{ secrets.S }}")),
      wf(use("azure/login@v2", client_id="${{ secrets.T }}", tenant_id="${{ secrets.C }}",
             subscription_id="${{ secrets.S }}"), permissions=OIDC),
      wf(use("azure/login@v2", creds="${{ secrets.C }}"), permissions=OIDC)]),
    (clouds.workflow_pages_content(job="t", folder="site"),
     [wf(use("actions/upload-pages-artifact@v3", path="./site/"))],
     [wf(use("actions/upload-pages-artifact@v3")), wf(use(UP, name="github-pages", path="site"))]),
    (clouds.workflow_pages_deployed(job="t"),
     [wf(use("actions/upload-pages-artifact@v3"), use("actions/deploy-pages@v4"),
         permissions=PAGES)],
     [wf(use("actions/deploy-pages@v4"), permissions=PAGES),
      wf(use("actions/upload-pages-artifact@v3"), use("actions/deploy-pages@v4"))]),
    (clouds.workflow_pages_address(job="t", environment="github-pages"),
     [wf(use("actions/deploy-pages@v4", _id="d"), environment={
         "name": "github-pages", "url": "${{ steps.d.outputs.page_url }}"})],
     [wf(use("actions/deploy-pages@v4", _id="d"), environment="github-pages"),
      wf(use("actions/deploy-pages@v4"), environment={
          "name": "github-pages", "url": "https://a.example.com"})]),
    # --- Terraform and Helm
    (deploys.workflow_terraform(job="t", verb="plan", folder="infra"),
     [wf(TF, run("terraform init", working_directory="infra"),
         run("terraform plan -input=false", working_directory="infra")),
      wf("terraform -chdir=infra init\nterraform -chdir=infra plan"),
      wf("cd infra\nterraform init\nterraform plan"),
      wf("terraform init", "terraform plan", defaults={"run": {"working-directory": "infra"}})],
     [wf("terraform init\nterraform plan"), wf("terraform -chdir=infra plan"),
      wf("terraform -chdir=infra init\nterraform -chdir=infra plan || true"),
      wf("terraform -chdir=infra init\necho terraform -chdir=infra plan"),
      wf("terraform -chdir=infra plan\nterraform -chdir=infra init")]),
    (deploys.workflow_terraform_option(job="t", verb="plan", folder="i", option="-input=false"),
     [wf("terraform -chdir=i init\nterraform -chdir=i plan -input=false"),
      wf("cd i\nterraform init\nterraform plan --input=false -out p")],
     [wf("cd i\nterraform init -input=false\nterraform plan"),
      wf("cd i\nterraform init\nterraform plan -input=true")]),
    (deploys.workflow_terraform_unasked(job="t", folder="i"),
     [wf("cd i\nterraform init\nterraform apply -auto-approve"),
      wf("cd i\nterraform plan -out=p\nterraform apply p")],
     [wf("cd i\nterraform apply"), wf("cd i\nterraform apply -auto-approve=false"),
      wf("terraform apply -auto-approve")]),
    (deploys.workflow_helm(job="t", release="r", chart="charts/a"),
     [wf("helm upgrade --install r ./charts/a"), wf("helm upgrade -i r charts/a --wait"),
      wf("helm -n x upgrade --install r charts/a/"), wf("cd charts\nhelm upgrade --install r ./a")],
     [wf("helm upgrade r charts/a"), wf("helm template r charts/a"),
      wf("helm upgrade --install r charts/a --dry-run"), wf("helm upgrade --install s charts/a"),
      wf("echo helm upgrade --install r charts/a"), wf("helm upgrade --install r charts/b")]),
    (deploys.workflow_helm_namespace(job="t", release="r", namespace="n"),
     [wf("helm upgrade --install r c -n n"), wf("helm upgrade --install r c --namespace=n")],
     [wf("helm upgrade --install r c"), wf("helm upgrade --install r c -n m")]),
    (deploys.workflow_helm_values(job="t", release="r", file="v/a.yaml"),
     [wf("helm upgrade --install r c -f v/a.yaml"),
      wf("helm upgrade --install r c --values=v/a.yaml"),
      wf("cd v\nhelm upgrade --install r c -f b.yaml -f ./a.yaml")],
     [wf("helm upgrade --install r c"), wf("helm upgrade --install r c -f a.yaml")]),
    (deploys.workflow_helm_set(job="t", release="r", key="image.tag", value=SHA),
     [wf(f"helm upgrade --install r c --set image.tag={SHA}"),
      wf("helm upgrade --install r c --set image.tag=$GITHUB_SHA"),
      wf('helm upgrade --install r c --set-string "a=1,image.tag=${{github.sha}}"')],
     [wf("helm upgrade --install r c --set image.tag=latest"),
      wf(f"helm upgrade --install r c\necho --set image.tag={SHA}")]),
    (deploys.workflow_helm_waits(job="t", release="r", time="5m"),
     [wf("helm upgrade --install r c --wait --timeout 5m"),
      wf("helm upgrade --install r c --atomic --timeout=5m")],
     [wf("helm upgrade --install r c --timeout 5m"), wf("helm upgrade --install r c --wait")]),
    (deploys.workflow_helm_atomic(job="t", release="r"),
     [wf("helm upgrade --install r c --atomic")], [wf("helm upgrade --install r c --wait")]),
    (deploys.workflow_helm_makes_namespace(job="t", release="r"),
     [wf("helm upgrade --install r c --create-namespace -n n")],
     [wf("kubectl create namespace n\nhelm upgrade --install r c")]),
    # --- services
    (services.workflow_service(job="t", image="postgres:16"),
     [wf("make", services=db()), wf("make", services={"x": {"image": "docker.io/postgres:16"}})],
     [wf("make", services={"postgres": {"image": "postgres:15"}}), wf("docker run postgres:16"),
      wf("make", container="postgres:16")]),
    (services.workflow_service_port(job="t", image="postgres:16", port=5432, host=5433),
     [wf("make", services=db(ports=["5433:5432"])),
      wf("make", services=db(ports=["5433:5432/tcp"]))],
     [wf("make", services=db(ports=["5432:5432"])), wf("make", services=db(ports=[5432])),
      wf("make", services=db(ports=["5432:5433"]))]),
    (services.workflow_service_variable(job="t", image="postgres:16", variable="A", value="1"),
     [wf("make", services=db(env={"A": 1}))],
     [wf("make", services=db(), env={"A": 1}), wf("make", services=db(env={"A": 2}))]),
    (services.workflow_service_health(job="t", image="postgres:16", command="pg_isready -U p"),
     [wf("make", services=db(options='--health-cmd "pg_isready -U p"')),
      wf("make", services=db(options="--health-cmd='pg_isready -U p' --health-retries 5"))],
     [wf("make", services=db()), wf("make", services=db(options="--health-cmd pg_isready")),
      wf("pg_isready -U p", services=db())]),
    (services.workflow_service_interval(job="t", image="postgres:16", time="5s"),
     [wf("make", services=db(options="--health-cmd x --health-interval 5s"))],
     [wf("make", services=db(options="--health-timeout 5s"))]),
    (services.workflow_service_timeout(job="t", image="postgres:16", time="5s"),
     [wf("make", services=db(options="--health-timeout=5s"))],
     [wf("make", services=db(options="--health-interval=5s"))]),
    (services.workflow_service_retries(job="t", image="postgres:16", count=4),
     [wf("make", services=db(options="--health-retries 4"))],
     [wf("make", services=db(options="--health-retries 5"))]),
    # --- scans
    (scans.workflow_codeql(job="t", languages=["python", "javascript-typescript"]),
     [wf(use("github/codeql-action/init@v3", languages="python,javascript"),
         use("github/codeql-action/analyze@v3")),
      wf(use("github/codeql-action/init@v3", languages="${{ matrix.l }}"),
         use("github/codeql-action/analyze@v3"),
         strategy={"matrix": {"l": ["javascript-typescript", "python"]}})],
     [wf(use("github/codeql-action/init@v3", languages="python,javascript")),
      wf(use("github/codeql-action/init@v3", languages="python"),
         use("github/codeql-action/analyze@v3")),
      wf(use("github/codeql-action/analyze@v3"),
         use("github/codeql-action/init@v3", languages="python,javascript"))]),
    (scans.workflow_may_report(job="t"),
     [wf("make", permissions=SEC), wf("make", top={"permissions": SEC})],
     [wf("make"), wf("make", permissions={"security-events": "read"})]),
    (scans.workflow_codeql_queries(job="t", suite="security-extended"),
     [wf(use("github/codeql-action/init@v3", queries="security-extended")),
      wf(use("github/codeql-action/init@v3", queries="+security-extended"))],
     [wf(use("github/codeql-action/init@v3")),
      wf(use("github/codeql-action/analyze@v3"), "echo security-extended")]),
    (scans.workflow_codeql_mode(job="t", mode="none"),
     [wf(use("github/codeql-action/init@v3", build_mode="none"))],
     [wf(use("github/codeql-action/init@v3", build_mode="manual"))]),
    (scans.workflow_codeql_config(job="t", file=".github/c.yml"),
     [wf(use("github/codeql-action/init@v3", config_file="./.github/c.yml"))],
     [wf(use("github/codeql-action/init@v3"))]),
    (scans.workflow_trivy_image(job="t", image=IMAGE),
     [wf(use("aquasecurity/trivy-action@0.28.0", image_ref=IMAGE)),
      wf(f"trivy image --severity HIGH {IMAGE}"),
      wf(use("aquasecurity/trivy-action@master", scan_type="image", image_ref="${{ env.I }}"),
         env={"I": IMAGE})],
     [wf(use("aquasecurity/trivy-action@0.28.0", scan_type="fs", image_ref=IMAGE)),
      wf(f"trivy image {IMAGE} || true"), wf(f"docker pull {IMAGE}")]),
    (scans.workflow_trivy_files(job="t", folder="svc"),
     [wf(use("aquasecurity/trivy-action@0.28.0", scan_type="fs", scan_ref="./svc")),
      wf("trivy fs svc"), wf("trivy filesystem --exit-code 1 svc")],
     [wf(use("aquasecurity/trivy-action@0.28.0", scan_type="fs")), wf("trivy config svc"),
      wf(use("aquasecurity/trivy-action@0.28.0", scan_type="config", scan_ref="svc"))]),
    (scans.workflow_trivy_severities(job="t", severities=["HIGH", "CRITICAL"]),
     [wf(use("aquasecurity/trivy-action@0.28.0", severity="CRITICAL,HIGH")),
      wf("trivy fs --severity HIGH,CRITICAL .")],
     [wf(use("aquasecurity/trivy-action@0.28.0")),
      wf(use("aquasecurity/trivy-action@0.28.0", severity="CRITICAL,HIGH,LOW"))]),
    (scans.workflow_trivy_fails(job="t", code=1),
     [wf(use("aquasecurity/trivy-action@0.28.0", exit_code="1")), wf("trivy fs --exit-code 1 .")],
     [wf(use("aquasecurity/trivy-action@0.28.0")),
      wf({**use("aquasecurity/trivy-action@0.28.0", exit_code=1), "continue-on-error": True})]),
    (scans.workflow_trivy_fixed(job="t"),
     [wf(use("aquasecurity/trivy-action@0.28.0", ignore_unfixed=True)),
      wf("trivy fs --ignore-unfixed .")],
     [wf(use("aquasecurity/trivy-action@0.28.0"))]),
    (scans.workflow_sarif(job="t", file="t.sarif"),
     [wf(SARIF, use("github/codeql-action/upload-sarif@v3", sarif__file="t.sarif"),
         permissions=SEC),
      wf(SARIF, use("github/codeql-action/upload-sarif@v3", "always()", sarif__file="./t.sarif"),
         permissions=SEC)],
     [wf(SARIF, use("github/codeql-action/upload-sarif@v3", sarif__file="t.sarif")),
      wf(use("github/codeql-action/upload-sarif@v3", sarif__file="t.sarif"), permissions=SEC),
      wf(SARIF, use("github/codeql-action/upload-sarif@v3", sarif__file="x.sarif"),
         permissions=SEC),
      wf(SARIF, use(UP, name="x", path="t.sarif"), permissions=SEC)]),
    (scans.workflow_sarif_always(job="t", file="t.sarif"),
     [wf(SARIF, use("github/codeql-action/upload-sarif@v3", "always()", sarif__file="t.sarif"))],
     [wf(SARIF, use("github/codeql-action/upload-sarif@v3", sarif__file="t.sarif"))]),
    # --- reuse
    (reuse.workflow_calls(job="t", workflow=".github/workflows/called.yml"),
     [caller({"uses": "./.github/workflows/called.yml"})],
     [caller({"uses": "./.github/workflows/other.yml"}), wf("make"),
      caller({"uses": "./.github/workflows/called.yml", "if": "false"})]),
    (reuse.workflow_call_passes(job="t", input="a", value="x"),
     [caller({"uses": "./.github/workflows/called.yml", "with": {"a": "x"}})],
     [caller({"uses": "./.github/workflows/called.yml", "with": {"a": "y"}}),
      caller({"uses": "./.github/workflows/called.yml"})]),
    (reuse.workflow_call_secret_passed(job="t", secret="S"),
     [caller({"uses": "./.github/workflows/called.yml", "secrets": {"S": "${{ secrets.S }}"}}),
      caller({"uses": "./.github/workflows/called.yml", "secrets": "inherit"})],
     [caller({"uses": "./.github/workflows/called.yml"}),
      caller({"uses": "./.github/workflows/called.yml", "secrets": {"S": "${{ secrets.X }}"}}),
      caller({"uses": "./.github/workflows/called.yml", "secrets": "inherit"},
             called={"on": "workflow_call",
                     "jobs": {"u": {"runs-on": "ubuntu-latest", "steps": [{"run": "make"}]}}})]),
    (reuse.workflow_call_output(output="v", job="t"),
     [wf({**use("a/b@v1"), "id": "s"}, outputs={"v": "${{ steps.s.outputs.v }}"},
         on={"workflow_call": {"outputs": {"v": {"value": "${{ jobs.t.outputs.v }}"}}}})],
     [wf("make", on={"workflow_call": {"outputs": {"v": {"value": "${{ jobs.t.outputs.v }}"}}}}),
      wf({**use("a/b@v1"), "id": "s"}, outputs={"v": "${{ steps.s.outputs.v }}"},
         on="workflow_call")]),
    (reuse.workflow_action_called(name="X"), [act("make", name="X")], [act("make"), wf("make")]),
    (reuse.workflow_action_described(text="Y"),
     [act("make", description="Y"), act("make", description="Y.")], [act("make")]),
    (reuse.workflow_action_needs(name="a"),
     [act("make", inputs={"a": {"description": "x", "required": True}})],
     [act("make", inputs={"a": {"description": "x"}}), act("make")]),
    (reuse.workflow_action_default(name="a", value="1"),
     [act("make", inputs={"a": {"description": "x", "default": "1"}})],
     [act("make", inputs={"a": {"description": "x", "default": "2"}}), act("make")]),
    (reuse.workflow_action_runs(command="make all"),
     [act("make all"), act("ls", "make all")],
     [act("make"), act("echo make all"), act("make all || true"),
      act({"run": "make all", "shell": "bash", "if": "false"})]),
    (reuse.workflow_action_folder(command="make", input="d"),
     [act({"run": "make", "shell": "bash", "working-directory": "${{ inputs.d }}"},
          inputs={"d": {"description": "x"}}),
      act('cd "${{ inputs.d }}"\nmake', inputs={"d": {"description": "x"}})],
     [act("make", inputs={"d": {"description": "x"}})]),
    (reuse.workflow_action_tool(tool="Python", input="v"),
     [act(use("actions/setup-python@v5", python_version="${{ inputs.v }}"),
          inputs={"v": {"description": "x"}})],
     [act(use("actions/setup-python@v5", python_version="3.12"),
         inputs={"v": {"description": "x"}}),
      act("make")]),
    (reuse.workflow_action_output(output="o"),
     [act({"run": 'echo "o=1" >> "$GITHUB_OUTPUT"', "shell": "bash", "id": "s"},
          outputs={"o": {"description": "x", "value": "${{ steps.s.outputs.o }}"}})],
     [act("make", outputs={"o": {"description": "x", "value": "fixed"}}), act("make"),
      act({"run": "make", "shell": "bash", "id": "s"},
          outputs={"o": {"description": "x", "value": "${{ steps.s.outputs.o }}"}})]),
    (reuse.workflow_uses_own_action(job="t", folder=".github/actions/a"),
     [wf(use("actions/checkout@v4"), use("./.github/actions/a")),
      wf(use("actions/checkout@v4"), use("./.github/actions/a/"))],
     [wf(use("./.github/actions/a")), wf(use("actions/checkout@v4"), use("./.github/actions/b")),
      wf(use("actions/checkout@v4"), use("./.github/actions/a", "false"))]),
    (reuse.workflow_own_action_input(job="t", folder=".github/actions/a", input="v", value="1"),
     [wf(use("./.github/actions/a", v=1)), wf(use("./.github/actions/a", V="1"))],
     [wf(use("./.github/actions/a")), wf(use("./.github/actions/a", v=2))]),
    # --- upkeep
    (upkeep.workflow_stale_after(job="t", kind="issues", days=20),
     [wf(use("actions/stale@v9", days_before_stale=20), permissions=STALE),
      wf(use("actions/stale@v9", days_before_issue_stale=20), permissions=STALE),
      wf(use("actions/stale@v9", days_before_stale=9, days_before_issue_stale=20),
         permissions=STALE)],
     [wf(use("actions/stale@v9", days_before_stale=20)),
      wf(use("actions/stale@v9", days_before_pr_stale=20), permissions=STALE),
      wf(use("actions/stale@v9", days_before_stale=20, days_before_issue_stale=9),
         permissions=STALE)]),
    (upkeep.workflow_stale_closed(job="t", kind="issues", days=9),
     [wf(use("actions/stale@v9", days_before_close=9))],
     [wf(use("actions/stale@v9")), wf(use("actions/stale@v9", days_before_pr_close=9))]),
    (upkeep.workflow_stale_kept(job="t", kind="issues"),
     [wf(use("actions/stale@v9", days_before_close=-1))], [wf(use("actions/stale@v9"))]),
    (upkeep.workflow_stale_label(job="t", kind="issues", label="old"),
     [wf(use("actions/stale@v9", stale_issue_label="old"))],
     [wf(use("actions/stale@v9", stale_pr_label="old"))]),
    (upkeep.workflow_stale_exempt(job="t", kind="issues", labels=["a", "b"]),
     [wf(use("actions/stale@v9", exempt_issue_labels="b, a,c"))],
     [wf(use("actions/stale@v9", exempt_issue_labels="a"))]),
    (upkeep.workflow_stale_comment(job="t", kind="issues", text="Old"),
     [wf(use("actions/stale@v9", stale_issue_message="Old."))],
     [wf(use("actions/stale@v9", stale_pr_message="Old"))]),
    (upkeep.workflow_stale_operations(job="t", count=99),
     [wf(use("actions/stale@v9", operations_per_run=99))], [wf(use("actions/stale@v9"))]),
    (upkeep.workflow_labels(job="t", file=".github/l.yml"),
     [wf(use("actions/labeler@v5", configuration_path=".github/l.yml"), permissions=PR)],
     [wf(use("actions/labeler@v5", configuration_path=".github/l.yml")),
      wf(use("actions/labeler@v5"), permissions=PR)]),
    (upkeep.workflow_labels_synced(job="t"),
     [wf(use("actions/labeler@v5", sync_labels=True))], [wf(use("actions/labeler@v5"))]),
    (upkeep.workflow_proposes(job="t", branch="bot/x"),
     [wf(use("peter-evans/create-pull-request@v7", branch="bot/x"), permissions=PR),
      wf(use("peter-evans/create-pull-request@v7", branch="bot/x", token="${{ secrets.P }}"))],
     [wf(use("peter-evans/create-pull-request@v7", branch="bot/x")), wf("git push origin bot/x"),
      wf(use("peter-evans/create-pull-request@v7"), permissions=PR)]),
    (upkeep.workflow_proposal_title(job="t", title="T"),
     [wf(use("peter-evans/create-pull-request@v7", title="T"), permissions=PR)],
     [wf(use("peter-evans/create-pull-request@v7", body="T"), permissions=PR)]),
    (upkeep.workflow_proposal_labels(job="t", labels=["a", "b"]),
     [wf(use("peter-evans/create-pull-request@v7", labels="a\nb\n"), permissions=PR)],
     [wf(use("peter-evans/create-pull-request@v7", labels="a"), permissions=PR)]),
    (upkeep.workflow_finds_changes(job="t", output="api", paths=["services/api/**"]),
     [wf(FILTER, outputs={"api": "${{ steps.f.outputs.api }}"})],
     [wf(FILTER), wf(FILTER, outputs={"api": "${{ steps.f.outputs.web }}"}),
      wf("make", outputs={"api": "true"})]),
    (upkeep.workflow_notifies(job="t", secret="HOOK"),
     [wf('curl -d x "${{ secrets.HOOK }}"'), wf(run('curl -d x "$H"', env={
         "H": "${{ secrets.HOOK }}"}))],
     [wf('echo curl "${{ secrets.HOOK }}"'), wf("curl https://a.example.com"),
      wf('curl -d x "${{ secrets.HOOK }}" || true')]),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "good", "bad"), CASES, ids=[asked.name for asked, _, _ in CASES])
def test_requirement(asked, good, bad):
    for answer in good:
        assert findings(asked, answer) == [], answer
    for answer in bad:
        assert findings(asked, answer), answer


@pytest.mark.parametrize(("asked", "good", "bad"), CASES, ids=[asked.name for asked, _, _ in CASES])
def test_answers_that_meet_a_requirement_are_valid(asked, good, bad):
    unknown = ("calls-exist", "local-actions-exist")
    for answer in good:
        files = files_of(answer)
        verdict = check_files(files, dict.fromkeys(files, LANGUAGE.name))
        found = [str(one) for one in verdict.diagnostics if one.stage <= 4]
        assert [one for one in found if not any(name in one for name in unknown)] == []


def test_every_requirement_type_has_cases():
    assert set(TYPES) == {asked.name for asked, _, _ in CASES}
