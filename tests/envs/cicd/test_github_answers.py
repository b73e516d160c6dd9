"""Whole workflows as people write them, and small changes that each break just what they touch."""

import pytest

from envs.cicd import CATEGORY
from envs.cicd.requirements import github_artifacts as kept
from envs.cicd.requirements import github_caches as caches
from envs.cicd.requirements import github_clouds as clouds
from envs.cicd.requirements import github_deploys as deploys
from envs.cicd.requirements import github_images as images
from envs.cicd.requirements import github_inputs as fields
from envs.cicd.requirements import github_jobs as jobs
from envs.cicd.requirements import github_matrix as matrices
from envs.cicd.requirements import github_order as order
from envs.cicd.requirements import github_registries as registries
from envs.cicd.requirements import github_releases as releases
from envs.cicd.requirements import github_scans as scans
from envs.cicd.requirements import github_services as services
from envs.cicd.requirements import github_setup as tools
from envs.cicd.requirements import github_steps as steps
from envs.cicd.requirements import github_triggers as triggers
from envs.cicd.requirements import github_upkeep as upkeep
from iac_gym.languages.github_actions import LANGUAGE
from iac_gym.verifier import check_files

PATH = ".github/workflows/ci.yml"


def unmet(asks, text):
    """Return the names of the requirements that a workflow does not meet."""
    model = LANGUAGE.parse({PATH: text})
    types = CATEGORY.requirements
    return {one.name for one in asks if list(types[one.name].check(model, **one.args))}


PYTHON = """
# Tests of the package on every pull request.
name: Tests
on:
  pull_request:
    branches: [main]
permissions:
  contents: read
concurrency:
  group: ${{ github.workflow }}-${{ github.event.pull_request.number || github.ref }}
  cancel-in-progress: true
env:
  PYTHONWARNINGS: error
jobs:
  test:
    name: Python ${{ matrix.python }} on ${{ matrix.os }}
    strategy:
      fail-fast: false
      matrix:
        os: [ubuntu-22.04, macos-14]
        python: ["3.11", "3.12"]
        include:
          - os: ubuntu-22.04
            python: "3.13"
            experimental: true
    runs-on: ${{ matrix.os }}
    timeout-minutes: 20
    steps:
      - name: Get the code
        uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: actions/setup-python@v5
        with:
          python-version: ${{ matrix.python }}
          cache: pip
          cache-dependency-path: requirements*.txt
      - name: Install
        run: |
          python -m pip install --upgrade pip
          pip install -r requirements.txt
      - name: Test
        run: python3 -m pytest -q tests
        env:
          API_TOKEN: ${{ secrets.CI_API_TOKEN }}
      - name: Badge
        if: ${{ matrix.python == '3.12' }}
        run: coverage xml
      - name: Keep the report
        if: ${{ !cancelled() }}
        uses: actions/upload-artifact@v4
        with:
          name: report-${{ matrix.os }}
          path: |
            junit.xml
            coverage/
          retention-days: 7
"""
PYTHON_ASKS = (
    triggers.workflow_pull_request_branch(branch="main"),
    jobs.workflow_token_limited(permissions=["contents: read"]),
    jobs.workflow_newest_run_wins(),
    jobs.workflow_job_variable(job="test", name="PYTHONWARNINGS", value="error"),
    matrices.workflow_job_goes_on(job="test"),
    matrices.workflow_job_versions(job="test", tool="Python", versions=["3.11", "3.12", "3.13"]),
    matrices.workflow_job_runners(job="test", runners=["macos-14", "ubuntu-22.04"]),
    matrices.workflow_job_extra_pair(
        job="test", tool="Python", version="3.13", runner="ubuntu-22.04"
    ),
    jobs.workflow_job_timeout(job="test", minutes=20),
    steps.workflow_full_history(job="test"),
    caches.workflow_downloads_cached(job="test", manager="pip"),
    steps.workflow_runs(job="test", command="pytest -q tests"),
    steps.workflow_command_secret(
        job="test", command="pytest -q tests", variable="API_TOKEN", secret="CI_API_TOKEN"
    ),
    steps.workflow_command_only_with(
        job="test", command="coverage xml", tool="Python", version="3.12"
    ),
    kept.workflow_keeps(job="test", artifact="report-${{ matrix.os }}", path="coverage"),
    kept.workflow_kept_always(job="test", artifact="report-${{ matrix.os }}"),
    kept.workflow_kept_days(job="test", artifact="report-${{ matrix.os }}", days=7),
)
PYTHON_CHANGES = [
    ("branches: [main]", "branches: [main, dev]", "workflow-pull-request-branch"),
    ("pull_request:\n", "push:\n", "workflow-pull-request-branch"),
    ("contents: read", "contents: write", "workflow-token-limited"),
    ("cancel-in-progress: true", "cancel-in-progress: false", "workflow-newest-run-wins"),
    ("PYTHONWARNINGS: error", "PYTHONWARNINGS: ignore", "workflow-job-variable"),
    ("fail-fast: false", "fail-fast: true", "workflow-job-goes-on"),
    ('python: ["3.11", "3.12"]', 'python: ["3.10", "3.12"]', "workflow-job-versions"),
    ("os: [ubuntu-22.04, macos-14]", "os: [ubuntu-22.04, macos-15]", "workflow-job-runners"),
    ("timeout-minutes: 20", "timeout-minutes: 30", "workflow-job-timeout"),
    ("fetch-depth: 0", "fetch-depth: 1", "workflow-full-history"),
    ("cache: pip\n", "cache: pipenv\n", "workflow-downloads-cached"),
    ("run: coverage xml", "run: echo coverage xml", "workflow-command-only-with"),
    ("== '3.12'", "!= '3.12'", "workflow-command-only-with"),
    ("if: ${{ !cancelled() }}", "if: ${{ success() }}", "workflow-kept-always"),
    ("retention-days: 7", "retention-days: 70", "workflow-kept-days"),
    ("            coverage/\n", "", "workflow-keeps"),
    ("secrets.CI_API_TOKEN", "secrets.API_TOKEN", "workflow-command-secret"),
]

IMAGE = """
name: Image
on:
  push:
    branches: [main]
    tags: ['v*']
  pull_request:
env:
  REGISTRY: ghcr.io
  IMAGE: ghcr.io/acme/api
jobs:
  build:
    runs-on: ubuntu-latest
    permissions: {contents: read, packages: write}
    steps:
      - uses: actions/checkout@v4
      - uses: docker/setup-buildx-action@v3
      - name: Log in
        if: github.event_name != 'pull_request'
        uses: docker/login-action@v3
        with:
          registry: ${{ env.REGISTRY }}
          username: ${{ github.actor }}
          password: ${{ secrets.GITHUB_TOKEN }}
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: ${{ env.IMAGE }}
          tags: |
            type=semver,pattern={{version}}
            type=sha,format=long,prefix=
      - uses: docker/build-push-action@v6
        with:
          context: .
          push: ${{ github.event_name != 'pull_request' }}
          tags: ${{ steps.meta.outputs.tags }}
          platforms: linux/amd64, linux/arm64
          build-args: |
            VERSION=${{ github.ref_name }}
          cache-from: type=gha
          cache-to: type=gha,mode=max
"""
IMAGE_ASKS = (
    triggers.workflow_push_branch(branch="main"),
    triggers.workflow_push_tags(pattern="v*"),
    triggers.workflow_every_pull_request(),
    jobs.workflow_job_permission(job="build", permission="packages: write"),
    images.workflow_buildx(job="build"),
    registries.workflow_registry_secret(job="build", registry="ghcr.io", secret="GITHUB_TOKEN"),
    images.workflow_version_tag(job="build", image="ghcr.io/acme/api", pattern="{{version}}"),
    images.workflow_pushes_image(job="build", image="ghcr.io/acme/api:${{ github.sha }}"),
    images.workflow_image_pushed_later(job="build", image="ghcr.io/acme/api:${{ github.sha }}"),
    images.workflow_image_platforms(job="build", platforms=["linux/amd64", "linux/arm64"]),
    images.workflow_image_argument(job="build", name="VERSION", value="${{ github.ref_name }}"),
    images.workflow_image_cache(job="build"),
)
IMAGE_CHANGES = [
    ("tags: ['v*']", "tags: ['release-*']", "workflow-push-tags"),
    ("  pull_request:\n", "  pull_request: {branches: [main]}\n", "workflow-every-pull-request"),
    ("packages: write", "packages: read", "workflow-job-permission"),
    ("REGISTRY: ghcr.io", "REGISTRY: quay.io", "workflow-registry-secret"),
    ("secrets.GITHUB_TOKEN", "secrets.OTHER", "workflow-registry-secret"),
    ("pattern={{version}}", "pattern={{major}}", "workflow-version-tag"),
    ("push: ${{ github.event_name != 'pull_request' }}", "push: true",
     "workflow-image-pushed-later"),
    ("linux/amd64, linux/arm64", "linux/amd64", "workflow-image-platforms"),
    ("cache-to: type=gha,mode=max", "cache-to: type=inline", "workflow-image-cache"),
    ("            VERSION=", "            VERSIONS=", "workflow-image-argument"),
    ("      - uses: docker/setup-buildx-action@v3\n", "", "workflow-buildx"),
]  # fmt: skip

TERRAFORM = """
name: Infrastructure
on:
  pull_request: {branches: [main]}
  push: {branches: [main]}
defaults:
  run: {working-directory: infra/shop}
jobs:
  plan:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: hashicorp/setup-terraform@v3
        with: {terraform_version: 1.9.8}
      - run: terraform init -input=false
      - run: terraform fmt -check
      - run: terraform plan -input=false
  apply:
    if: github.ref == 'refs/heads/main' && github.event_name == 'push'
    runs-on: ubuntu-latest
    environment:
      name: production
      url: https://console.example.com
    concurrency: infra-shop
    permissions:
      id-token: write
      contents: read
    steps:
      - uses: actions/checkout@v4
      - uses: hashicorp/setup-terraform@v3
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deployer
          aws-region: eu-west-1
      - name: Apply
        run: |
          terraform init
          terraform apply -auto-approve
"""
TERRAFORM_ASKS = (
    deploys.workflow_terraform(job="plan", verb="plan", folder="infra/shop"),
    deploys.workflow_terraform_option(job="plan", verb="fmt", folder="infra/shop", option="-check"),
    tools.workflow_tool(job="plan", tool="Terraform", version="1.9.8"),
    order.workflow_job_only_for_pull_requests(job="plan"),
    deploys.workflow_terraform(job="apply", verb="apply", folder="infra/shop"),
    deploys.workflow_terraform_unasked(job="apply", folder="infra/shop"),
    order.workflow_job_only_on(job="apply", branch="main"),
    jobs.workflow_job_environment(job="apply", environment="production"),
    jobs.workflow_job_url(job="apply", url="https://console.example.com"),
    jobs.workflow_job_queue(job="apply", group="infra-shop"),
    clouds.workflow_aws_role(job="apply", role="arn:aws:iam::123456789012:role/deployer"),
    clouds.workflow_aws_region(job="apply", region="eu-west-1"),
)
TERRAFORM_CHANGES = [
    ("fmt -check", "fmt", "workflow-terraform-option"),
    ("terraform_version: 1.9.8", "terraform_version: 1.8.5", "workflow-tool"),
    ("if: github.event_name == 'pull_request'", "if: always()",
     "workflow-job-only-for-pull-requests"),
    ("github.ref == 'refs/heads/main' && github.event_name == 'push'", "always()",
     "workflow-job-only-on"),
    ("apply -auto-approve", "apply", "workflow-terraform-unasked"),
    ("apply -auto-approve", "apply -auto-approve || true", "workflow-terraform"),
    ("name: production", "name: prod", "workflow-job-environment"),
    ("console.example.com", "example.com", "workflow-job-url"),
    ("concurrency: infra-shop", "concurrency: infra", "workflow-job-queue"),
    ("role/deployer", "role/reader", "workflow-aws-role"),
    ("id-token: write", "id-token: none", "workflow-aws-role"),
    ("eu-west-1", "eu-west-2", "workflow-aws-region"),
]  # fmt: skip

PIPELINE = """
name: Delivery
on: {push: {branches: [main]}, workflow_dispatch: {inputs: {
  target: {type: choice, options: [eu, us], default: eu, required: true, description: Where}}}}
jobs:
  version:
    runs-on: ubuntu-latest
    outputs: {version: '${{ steps.v.outputs.version }}'}
    steps:
      - uses: actions/checkout@v4
      - id: v
        run: echo "version=$(git describe --tags)" >> $GITHUB_OUTPUT
  test:
    runs-on: ubuntu-latest
    services:
      db:
        image: postgres:16
        env: {POSTGRES_PASSWORD: x, POSTGRES_DB: app_test}
        ports: ['5433:5432']
        options: >-
          --health-cmd "pg_isready -U postgres"
          --health-interval 10s
          --health-retries 6
    steps:
      - uses: actions/checkout@v4
      - run: |
          cd services/api
          make migrate
          make test
      - if: failure()
        run: ./ci/logs.sh
  build:
    needs: [version, test]
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: make dist VERSION=${VERSION}
        env: {VERSION: '${{ needs.version.outputs.version }}'}
      - uses: actions/upload-artifact@v4
        with: {name: dist, path: dist/, if-no-files-found: error}
  deploy:
    needs: build
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: {name: dist, path: incoming}
      - run: helm upgrade --install api ./charts/api -n shop --set image.tag=$GITHUB_SHA --atomic
  cleanup:
    needs: [test, deploy]
    if: always()
    runs-on: ubuntu-latest
    steps: [{run: ./ci/cleanup.sh}]
  tell:
    needs: deploy
    if: ${{ failure() }}
    runs-on: ubuntu-latest
    steps:
      - run: curl -fsS -d 'It failed' "$HOOK"
        env: {HOOK: '${{ secrets.CHAT }}'}
"""
PIPELINE_ASKS = (
    triggers.workflow_by_hand(),
    fields.workflow_manual_input_options(name="target", options=["us", "eu"]),
    fields.workflow_manual_input_default(name="target", value="eu"),
    fields.workflow_manual_input_required(name="target"),
    order.workflow_job_output(job="version", output="version"),
    order.workflow_job_reads(job="build", other="version", output="version"),
    services.workflow_service_port(job="test", image="postgres:16", port=5432, host=5433),
    services.workflow_service_variable(
        job="test", image="postgres:16", variable="POSTGRES_DB", value="app_test"
    ),
    services.workflow_service_health(
        job="test", image="postgres:16", command="pg_isready -U postgres"
    ),
    services.workflow_service_retries(job="test", image="postgres:16", count=6),
    steps.workflow_runs_in(job="test", command="make test", folder="services/api"),
    steps.workflow_runs_after(job="test", command="make test", earlier="make migrate"),
    steps.workflow_command_on_failure(job="test", command="./ci/logs.sh"),
    order.workflow_job_after(job="deploy", other="test"),
    kept.workflow_kept_needed(job="build", artifact="dist"),
    kept.workflow_takes_to(job="deploy", artifact="dist", folder="incoming"),
    deploys.workflow_helm(job="deploy", release="api", chart="charts/api"),
    deploys.workflow_helm_namespace(job="deploy", release="api", namespace="shop"),
    deploys.workflow_helm_set(
        job="deploy", release="api", key="image.tag", value="${{ github.sha }}"
    ),
    deploys.workflow_helm_atomic(job="deploy", release="api"),
    order.workflow_job_always(job="cleanup", other="deploy"),
    order.workflow_job_on_failure(job="tell", other="deploy"),
    upkeep.workflow_notifies(job="tell", secret="CHAT"),
)
PIPELINE_CHANGES = [
    ("options: [eu, us]", "options: [eu]", "workflow-manual-input-options"),
    ("default: eu", "default: us", "workflow-manual-input-default"),
    ("'5433:5432'", "'5432:5432'", "workflow-service-port"),
    ("POSTGRES_DB: app_test", "POSTGRES_DB: app", "workflow-service-variable"),
    ('--health-cmd "pg_isready -U postgres"', "--health-cmd pg_isready",
     "workflow-service-health"),
    ("--health-retries 6", "--health-retries 5", "workflow-service-retries"),
    ("          cd services/api\n", "", "workflow-runs-in"),
    ("          make migrate\n          make test\n",
     "          make test\n          make migrate\n", "workflow-runs-after"),
    ("- if: failure()", "- if: always()", "workflow-command-on-failure"),
    (">> $GITHUB_OUTPUT", "| cat", "workflow-job-output"),
    ("{VERSION: '${{ needs.version.outputs.version }}'}", "{VERSION: x}", "workflow-job-reads"),
    ("if-no-files-found: error", "if-no-files-found: warn", "workflow-kept-needed"),
    ("path: incoming", "path: outgoing", "workflow-takes-to"),
    ("needs: [version, test]", "needs: [version]", "workflow-job-after"),
    ("helm upgrade --install api", "helm upgrade api", "workflow-helm"),
    ("-n shop", "-n shops", "workflow-helm-namespace"),
    ("image.tag=$GITHUB_SHA", "image.tag=$GITHUB_REF", "workflow-helm-set"),
    (" --atomic", " --wait", "workflow-helm-atomic"),
    ("    if: always()\n", "", "workflow-job-always"),
    ("if: ${{ failure() }}", "if: ${{ always() }}", "workflow-job-on-failure"),
    ('"$HOOK"\n', '"$HOOK" || true\n', "workflow-notifies"),
]  # fmt: skip

RELEASE = """
name: Release
on:
  release: {types: [published]}
  schedule: [{cron: '30 2 * * SUN'}]
jobs:
  scan:
    runs-on: ubuntu-latest
    permissions: {contents: read, security-events: write}
    steps:
      - uses: actions/checkout@v4
      - run: trivy fs --severity HIGH,CRITICAL --format sarif --output trivy.sarif .
      - uses: github/codeql-action/upload-sarif@v3
        if: always()
        with: {sarif_file: trivy.sarif}
  publish:
    needs: scan
    if: github.event_name == 'release'
    runs-on: ubuntu-latest
    environment: pypi
    permissions: {id-token: write, contents: write}
    steps:
      - uses: actions/checkout@v4
        with: {submodules: recursive, persist-credentials: false}
      - uses: actions/cache@v4
        with:
          path: |
            ~/.cache/uv
            .venv
          key: ${{ runner.os }}-uv-${{ hashFiles('**/uv.lock') }}
          restore-keys: |
            ${{ runner.os }}-uv-
      - run: uv build
      - run: gh release upload "$GITHUB_REF_NAME" dist/*
        env: {GH_TOKEN: '${{ github.token }}'}
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: {repository-url: 'https://test.pypi.org/legacy/'}
"""
RELEASE_ASKS = (
    triggers.workflow_on_release(),
    triggers.workflow_every_week(day="Sunday", time="02:30"),
    scans.workflow_trivy_files(job="scan", folder="."),
    scans.workflow_trivy_severities(job="scan", severities=["CRITICAL", "HIGH"]),
    scans.workflow_sarif(job="scan", file="trivy.sarif"),
    scans.workflow_sarif_always(job="scan", file="trivy.sarif"),
    releases.workflow_trusted_publishing(job="publish"),
    releases.workflow_package_index(job="publish", url="https://test.pypi.org/legacy/"),
    steps.workflow_submodules(job="publish"),
    steps.workflow_no_credentials(job="publish"),
    caches.workflow_cache(job="publish", path=".venv"),
    caches.workflow_cache_hash(job="publish", path=".venv", file="uv.lock"),
    caches.workflow_cache_system(job="publish", path="~/.cache/uv"),
    caches.workflow_cache_fallback(job="publish", path=".venv"),
    steps.workflow_command_secret(
        job="publish", command='gh release upload "$GITHUB_REF_NAME" dist/*', variable="GH_TOKEN",
        secret="GITHUB_TOKEN",
    ),
)  # fmt: skip
RELEASE_CHANGES = [
    ("[published]", "[created]", "workflow-on-release"),
    ("30 2 * * SUN", "30 2 * * MON", "workflow-every-week"),
    ("HIGH,CRITICAL", "CRITICAL", "workflow-trivy-severities"),
    ("security-events: write", "security-events: read", "workflow-sarif"),
    ("--format sarif", "--format json", "workflow-sarif"),
    ("        if: always()\n", "", "workflow-sarif-always"),
    ("id-token: write", "id-token: none", "workflow-trusted-publishing"),
    ("test.pypi.org", "pypi.example.com", "workflow-package-index"),
    ("submodules: recursive", "submodules: true", "workflow-submodules"),
    ("persist-credentials: false", "persist-credentials: true", "workflow-no-credentials"),
    ("            .venv\n", "", "workflow-cache"),
    ("**/uv.lock", "**/poetry.lock", "workflow-cache-hash"),
    ("key: ${{ runner.os }}-uv", "key: linux-uv", "workflow-cache-system"),
    ("            ${{ runner.os }}-uv-\n", "            other-\n", "workflow-cache-fallback"),
    ("'${{ github.token }}'", "'${{ secrets.OTHER }}'", "workflow-command-secret"),
]

SETS = {
    "python": (PYTHON, PYTHON_ASKS, PYTHON_CHANGES),
    "image": (IMAGE, IMAGE_ASKS, IMAGE_CHANGES),
    "terraform": (TERRAFORM, TERRAFORM_ASKS, TERRAFORM_CHANGES),
    "pipeline": (PIPELINE, PIPELINE_ASKS, PIPELINE_CHANGES),
    "release": (RELEASE, RELEASE_ASKS, RELEASE_CHANGES),
}


@pytest.mark.parametrize("name", SETS)
def test_workflows_as_people_write_them(name):
    text, asks, _ = SETS[name]
    verdict = check_files({PATH: text}, {PATH: LANGUAGE.name})
    assert verdict.valid, verdict.diagnostics
    assert unmet(asks, text) == set()


@pytest.mark.parametrize(
    ("name", "old", "new", "broken"),
    [(name, *change) for name, (_, _, changes) in SETS.items() for change in changes],
)
def test_a_small_change_breaks_what_it_touches(name, old, new, broken):
    text, asks, _ = SETS[name]
    assert old in text
    found = unmet(asks, text.replace(old, new))
    assert broken in found
    assert len(found) <= 4, found
