"""GitLab requirements: right answers in other words, and answers that are nearly right."""

from __future__ import annotations

import pytest

from envs.cicd import CATEGORY
from iac_gym.languages.gitlab_ci import LANGUAGE


def met(kind: str, text: str, /, **args: object) -> bool:
    model = LANGUAGE.parse({".gitlab-ci.yml": text})
    return not list(CATEGORY.requirements[kind].check(model, **args))


def job(body: str, head: str = "") -> str:
    lines = "".join(f"  {line}\n" for line in body.strip("\n").split("\n"))
    return f"{head}t:\n{lines}"


RUN = "script: [make]\n"
ON_MAIN = (
    'rules:\n  - if: $CI_COMMIT_BRANCH == "main"',
    "rules:\n  - if: '\"main\" == $CI_COMMIT_BRANCH'",
    "rules:\n  - if: $CI_COMMIT_BRANCH =~ /^main$/",
    'rules:\n  - if: $CI_COMMIT_BRANCH != "main"\n    when: never\n  - when: on_success',
    'rules:\n  - if: $CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "main"',
    'rules:\n  - if: $CI_COMMIT_TAG\n    when: never\n  - if: $CI_COMMIT_REF_NAME == "main"',
    "only: [main]",
    "only:\n  refs:\n    - main",
    "only:\n  variables:\n    - $CI_COMMIT_REF_NAME == 'main'",
)
NOT_ON_MAIN = (
    "rules:\n  - if: $CI_COMMIT_BRANCH",
    'rules:\n  - if: $CI_COMMIT_BRANCH == "main"\n  - if: $CI_COMMIT_TAG',
    'rules:\n  - if: $CI_COMMIT_BRANCH == "main" || $CI_COMMIT_BRANCH == "dev"',
    "rules:\n  - if: $CI_COMMIT_BRANCH =~ /^(main|dev)$/",
    "rules:\n  - if: $CI_COMMIT_BRANCH =~ /^main/\n  - if: $CI_COMMIT_BRANCH =~ /^dev/",
    "rules:\n  - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH",
    'rules:\n  - if: $CI_COMMIT_BRANCH == "main"\n    when: never\n  - when: always',
    'rules:\n  - if: $CI_COMMIT_BRANCH == "main" && "a" == "b"',
    'rules:\n  - if: $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == "main"',
    "only: [main, dev]",
    "only: [branches]",
    "except: [main]",
    "when: always",
)


@pytest.mark.parametrize("rules", ON_MAIN)
def test_conditions_that_mean_one_branch(rules: str) -> None:
    assert met("gitlab-branch-only", job(RUN + rules), job="t", branch="main")


@pytest.mark.parametrize("rules", NOT_ON_MAIN)
def test_conditions_that_mean_something_else(rules: str) -> None:
    assert not met("gitlab-branch-only", job(RUN + rules), job="t", branch="main")


def test_pipelines_that_are_never_created_do_not_count() -> None:
    text = job(RUN + ON_MAIN[0], "workflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n")
    assert not met("gitlab-branch-only", text, job="t", branch="main")


@pytest.mark.parametrize(
    ("name", "rules", "wanted"),
    [
        ("gitlab-requests-only", 'if: $CI_PIPELINE_SOURCE == "merge_request_event"', True),
        ("gitlab-requests-only", "if: $CI_MERGE_REQUEST_IID", True),
        ("gitlab-requests-only", "if: $CI_COMMIT_BRANCH", False),
        ("gitlab-requests-only", "when: always", False),
        ("gitlab-default-branch-only", "if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", True),
        ("gitlab-default-branch-only", 'if: $CI_COMMIT_BRANCH == "main"', False),
        ("gitlab-tags-only", "if: $CI_COMMIT_TAG", True),
        ("gitlab-tags-only", "if: $CI_COMMIT_TAG != null", True),
        ("gitlab-tags-only", "if: $CI_COMMIT_TAG =~ /^v/", False),
        ("gitlab-scheduled-only", 'if: $CI_PIPELINE_SOURCE == "schedule"', True),
        ("gitlab-scheduled-only", 'if: $CI_PIPELINE_SOURCE == "web"', False),
        ("gitlab-not-scheduled", 'if: $CI_PIPELINE_SOURCE != "schedule"', True),
        ("gitlab-not-scheduled", 'if: $CI_PIPELINE_SOURCE == "push"', True),
        ("gitlab-not-scheduled", "when: on_success", False),
    ],
)
def test_kinds_of_pipelines(name: str, rules: str, wanted: bool) -> None:
    assert met(name, job(f"{RUN}rules:\n  - {rules}"), job="t") is wanted


def test_only_keywords_name_kinds_of_pipelines() -> None:
    for name, keyword in (
        ("gitlab-requests-only", "merge_requests"),
        ("gitlab-tags-only", "tags"),
        ("gitlab-scheduled-only", "schedules"),
    ):
        assert met(name, job(f"{RUN}only: [{keyword}]"), job="t")
        assert not met(name, job(f"{RUN}only: [{keyword}, branches]"), job="t")


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        (r"/^v\d/", True),
        (r"/^v\d+\.\d+\.\d+$/", True),
        (r"/^v[0-9]+(\.[0-9]+){2}$/", True),
        (r"/^v/", True),
        (r"/v\d/", True),
        (r"/^release-\d/", False),
        (r"/./", False),
        (r"/^v(\d+)+(\.(\d+)+)+$/", False),  # too wild to be tried
    ],
)
def test_tags_with_a_prefix(pattern: str, wanted: bool) -> None:
    text = job(f"{RUN}rules:\n  - if: $CI_COMMIT_TAG =~ {pattern}")
    assert met("gitlab-tag-prefix", text, job="t", prefix="v") is wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ("[services/api/**/*]", True),
        ("['services/api/**/*', 'services/api/*']", True),
        ("{paths: [services/api/**/*]}", True),
        ("['services/{api,}/**/*']", True),
        ("[services/api/*]", False),  # not below its folders
        ("[services/**/*]", False),
        ("['**/*']", False),
        ("[services/apis/**/*]", False),
        ("[]", False),
    ],
)
def test_changed_files(changes: str, wanted: bool) -> None:
    text = job(f"{RUN}rules:\n  - changes: {changes}")
    assert met("gitlab-changes", text, job="t", folder="services/api") is wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("script: [pytest -q tests]", True),
        ("script:\n  - pip install .\n  - python -m pytest -q tests", True),
        ("script: [pip install . && pytest -q tests]", True),
        ("before_script: [pytest -q tests]\nscript: ['true']", True),
        ("script: [[pip install .], [poetry run pytest -q tests]]", True),
        ("script:\n  - |\n    set -e\n    pytest -q tests", True),
        ("variables: {F: -q}\nscript: [pytest $F tests]", True),
        ("script: [pytest -q]", False),
        ("script: [pytest -q tests || true]", False),
        ("script: ['false && pytest -q tests']", False),
        ("script: [exit 0, pytest -q tests]", False),
        ("script: [set +e, pytest -q tests, 'true']", False),
        ("script: [pytest -q tests | tee log]", False),
        ("script: [set -o pipefail, pytest -q tests | tee log]", True),
        ("script: [echo pytest -q tests]", False),
        ("script: ['# pytest -q tests', make]", False),
        ("script: [make]\nafter_script: [pytest -q tests]", False),
        ("script: [make]\nvariables: {RUN: pytest -q tests}", False),
        ("script: [if false; then pytest -q tests; fi]", False),
        ("script: [pytest -q tests]\nwhen: never", False),
        ("script: [pytest -q tests]\nrules: [{when: never}]", False),
        ("script: [pytest -q tests]\nneeds: [dead]", False),
    ],
)
def test_commands_that_certainly_run(body: str, wanted: bool) -> None:
    text = job(body) + "dead:\n  stage: build\n  script: [make]\n  rules: [{when: never}]\n"
    assert met("gitlab-runs", text, job="t", command="pytest -q tests") is wanted


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("[cd infra, terraform plan -out=p]", True),
        ("[cd ./infra && terraform plan -out=p]", True),
        ("[terraform -chdir=infra plan -out=p]", True),
        ("[cd $CI_PROJECT_DIR/infra, terraform plan -out=p]", True),
        ("[terraform plan -out=p]", False),
        ("[cd infra, cd .., terraform plan -out=p]", False),
    ],
)
def test_the_folder_of_a_command(script: str, wanted: bool) -> None:
    args = {"job": "t", "command": "terraform plan -out=p", "folder": "infra"}
    assert met("gitlab-runs-in", job(f"script: {script}"), **args) is wanted


@pytest.mark.parametrize(
    ("body", "manual", "blocks", "optional"),
    [
        ("when: manual", True, False, True),
        ("when: manual\nallow_failure: false", True, True, False),
        ("rules: [{when: manual}]", True, True, False),
        ("rules: [{when: manual, allow_failure: true}]", True, False, True),
        ("rules: [{if: $CI_COMMIT_TAG, when: manual}, {when: on_success}]", False, False, False),
        ("when: on_success", False, False, False),
    ],
)
def test_manual_jobs(body: str, manual: bool, blocks: bool, optional: bool) -> None:
    text = job(RUN + body)
    assert met("gitlab-manual", text, job="t") is manual
    assert met("gitlab-manual-blocks", text, job="t") is blocks
    assert met("gitlab-manual-optional", text, job="t") is optional


BUILD = "a:\n  stage: build\n  script: [make]\n  artifacts: {paths: [out/]}\n"


@pytest.mark.parametrize(
    ("body", "after", "needs", "takes"),
    [
        ("stage: test", True, False, True),
        ("stage: test\nneeds: [a]", True, True, True),
        ("stage: build\nneeds: [{job: a}]", True, True, True),
        ("stage: test\nneeds: [{job: a, artifacts: false}]", True, True, False),
        ("stage: test\ndependencies: []", True, False, False),
        ("stage: test\nneeds: []", False, False, False),
        ("stage: build", False, False, False),
        ("stage: test\nneeds: [a, b]", True, False, True),
    ],
)
def test_order_and_artifacts(body: str, after: bool, needs: bool, takes: bool) -> None:
    text = BUILD + "b:\n  stage: build\n  script: [make]\n" + job(RUN + body)
    assert met("gitlab-after", text, job="t", other="a") is after
    assert met("gitlab-needs", text, job="t", other="a") is needs
    assert met("gitlab-takes", text, job="t", other="a") is takes


IMAGE = "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA"
LOGIN = (
    "echo $CI_REGISTRY_PASSWORD | docker login -u $CI_REGISTRY_USER --password-stdin $CI_REGISTRY"
)


@pytest.mark.parametrize(
    ("lines", "pushed"),
    [
        ([f"docker build -t {IMAGE} .", f"docker push {IMAGE}"], True),
        (['docker build --tag="${CI_REGISTRY_IMAGE}:${CI_COMMIT_SHORT_SHA}" .',
          'docker push "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHORT_SHA"'], True),
        ([f"docker buildx build --push -t {IMAGE} ."], True),
        ([f"/kaniko/executor --context . --destination {IMAGE}"], True),
        (["docker build -t app .", f"docker tag app {IMAGE}", f"docker push {IMAGE}"], True),
        ([f"docker build -t {IMAGE} ."], False),
        ([f"docker build -t {IMAGE} .", "docker push $CI_REGISTRY_IMAGE:latest"], False),
        ([f"docker build -t {IMAGE} .", f"docker push {IMAGE} || true"], False),
        ([f"docker build -t {IMAGE} .", f"echo docker push {IMAGE}"], False),
    ],
)  # fmt: skip
def test_images_are_built_and_pushed(lines: list[str], pushed: bool) -> None:
    script = "".join(f"  - '{line}'\n" for line in lines)
    text = job(f"script:\n{script}")
    assert met("gitlab-builds-image", text, job="t", image=IMAGE)
    assert met("gitlab-pushes-image", text, job="t", image=IMAGE) is pushed


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([LOGIN, "docker push x"], True),
        (["docker push x", LOGIN], False),
        (["docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY"], False),
        ([LOGIN.replace("$CI_REGISTRY_USER", "me")], False),
        ([f"{LOGIN} || true"], False),
    ],
)
def test_logins_give_the_password_on_standard_input(lines: list[str], wanted: bool) -> None:
    script = "".join(f"  - '{line}'\n" for line in lines)
    assert met("gitlab-registry-login", job(f"script:\n{script}"), job="t") is wanted


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ('[{if: $CI_PIPELINE_SOURCE == "merge_request_event"}, '
         "{if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}, "
         "{if: $CI_COMMIT_BRANCH}]",
         True),
        ('[{if: $CI_OPEN_MERGE_REQUESTS && $CI_PIPELINE_SOURCE == "push", when: never}, '
         "{when: always}]", True),
        ('[{if: $CI_PIPELINE_SOURCE == "merge_request_event"}, {if: $CI_COMMIT_BRANCH}]', False),
        ('[{if: $CI_PIPELINE_SOURCE == "merge_request_event"}]', False),
    ],
)  # fmt: skip
def test_no_second_pipeline(rules: str, wanted: bool) -> None:
    text = job(RUN, f"workflow:\n  rules: {rules}\n")
    assert met("gitlab-no-second-pipeline", text) is wanted


@pytest.mark.parametrize(
    ("name", "args", "right", "wrong"),
    [
        ("gitlab-image", {"image": "python:3.12"},
         ["image: python:3.12", "image: {name: docker.io/library/python:3.12}",
          "image: python:$V\nvariables: {V: '3.12'}"],
         ["image: python", "image: python:3.12-slim", "services: [python:3.12]"]),
        ("gitlab-timeout", {"minutes": 90},
         ["timeout: 90 minutes", "timeout: 1h 30m", "timeout: 1 hour 30 minutes"],
         ["timeout: 90", "timeout: 9 minutes", "retry: 1"]),
        ("gitlab-retry", {"count": 2}, ["retry: 2", "retry: {max: 2}",
                                       "retry: {max: 2, when: always}"],
         ["retry: 1", "retry: {max: 2, when: api_failure}"]),
        ("gitlab-may-fail", {}, ["allow_failure: true", "rules: [{allow_failure: true}]"],
         ["allow_failure: false", "allow_failure: {exit_codes: 3}", "interruptible: true"]),
        ("gitlab-artifact", {"path": "dist/"},
         ["artifacts: {paths: [dist]}", "artifacts: {paths: [./dist/]}",
          "artifacts: {paths: [dist/**/*, log]}"],
         ["artifacts: {paths: [dist/a]}", "cache: {paths: [dist/]}",
          "artifacts: {exclude: [dist/]}"]),
        ("gitlab-cache-file", {"path": ".venv", "file": "poetry.lock"},
         ["cache: {key: {files: [poetry.lock]}, paths: [.venv/]}",
          "cache: [{key: {files: [poetry.lock]}, paths: [.venv]}]"],
         ["cache: {key: poetry.lock, paths: [.venv]}",
          "cache: {key: {files: [uv.lock]}, paths: [.venv]}"]),
        ("gitlab-environment", {"name": "prod"},
         ["environment: prod", "environment: {name: prod, action: start}"],
         ["environment: {name: prod, action: stop}", "environment: production",
          "environment: {name: prod, action: prepare}"]),
        ("gitlab-variable", {"name": "A", "value": "7"},
         ["variables: {A: 7}", "variables: {A: '7'}"],
         ["variables: {A: 8}", "variables: {B: 7}"]),
        ("gitlab-service", {"service": "redis:7"},
         ["services: [redis:7]", "services: [{name: redis:7, alias: cache}]"],
         ["services: [redis]", "image: redis:7"]),
    ],
)  # fmt: skip
def test_facts_of_a_job(name: str, args: dict, right: list[str], wrong: list[str]) -> None:
    for body in right:
        assert met(name, job(RUN + body), job="t", **args), body
    for body in wrong:
        assert not met(name, job(RUN + body), job="t", **args), body


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("trigger: {include: ci/a.yml}", True),
        ("trigger: {include: [{local: /ci/a.yml}]}", True),
        ("trigger: {include: [{local: ci/b.yml}]}", False),
        ("trigger: group/project", False),
    ],
)
def test_child_pipelines(body: str, wanted: bool) -> None:
    assert met("gitlab-child", job(body), job="t", file="ci/a.yml") is wanted


def test_values_from_default_hidden_jobs_and_the_top_level_count() -> None:
    heads = ("default: {image: node:22}\n", "image: node:22\n",
             ".base: &b {image: node:22}\n")  # fmt: skip
    bodies = (RUN, RUN, "<<: *b\n" + RUN)
    for head, body in zip(heads, bodies, strict=True):
        assert met("gitlab-image", job(body, head), job="t", image="node:22")
    extended = job("extends: .base\n" + RUN, ".base: {image: node:22}\n")
    assert met("gitlab-image", extended, job="t", image="node:22")
    refused = job("inherit: {default: false}\n" + RUN, "default: {image: node:22}\n")
    assert not met("gitlab-image", refused, job="t", image="node:22")
