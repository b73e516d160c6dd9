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
        (r"/^v[0-9]/", True),
        (r"/^v/", False),  # `vnext` too
        (r"/v\d/", False),  # `my-v1` too
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
        ("script: [pytest -q tests | tee log]", True),  # the runner sets `pipefail`
        ("script: [set +o pipefail, pytest -q tests | tee log]", False),
        ("script: [set -o pipefail, pytest -q tests | tee log]", True),
        ("script: [pytest -q tests &, wait]", False),  # nobody learns how it ends
        ("script: [pytest -q tests || exit 0]", False),
        ("script: ['make && pytest -q tests || exit 0']", False),
        ("script: [pytest -q tests || exit 1]", True),
        ("script: ['pytest -q tests || { echo no; exit 1; }']", True),
        ("script: ['pytest -q tests 2>&1 && echo \"a & b\"']", True),
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


# --- what the second reading found ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "args", "right", "wrong"),
    [
        ("gitlab-branch-only", {"branch": "main"},
         ["rules: [{if: $CI_COMMIT_BRANCH == 'main', when: manual}]",
          "rules: [{if: $CI_COMMIT_BRANCH =~ /^main$/}]"],
         ["rules: [{if: $CI_COMMIT_BRANCH =~ /^main/}]",  # main-2
          "rules: [{if: $CI_COMMIT_BRANCH =~ /main$/}]",  # x-main
          "rules: [{if: $CI_COMMIT_BRANCH == 'main', when: on_failure}]",
          "rules: [{if: $CI_COMMIT_BRANCH == 'main' || "
          "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME == 'main'}]"]),
        ("gitlab-requests-only", {}, ["only: [merge_requests]"],
         ['rules: [{if: $CI_PIPELINE_SOURCE != "push"}]',  # schedules too
          "rules: [{if: $CI_OPEN_MERGE_REQUESTS}]",  # pushes to a branch with a request
          "rules: [{if: $CI_MERGE_REQUEST_TARGET_BRANCH_NAME == 'main'}]"]),
        ("gitlab-tags-only", {}, ["only: [tags]", "except: [branches]"],
         ['rules: [{if: $CI_COMMIT_TAG}, {if: $CI_PIPELINE_SOURCE == "schedule"}]']),
        ("gitlab-changes", {"folder": "a"},
         ["only: {changes: [a/**/*]}",
          "rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event', changes: [a/**/*]}, "
          "{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH, changes: [a/**/*]}]"],
         ["rules: [{changes: [a/**/*]}, {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]",
          "rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH, changes: [a/**/*]}, "
          "{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]"]),
        ("gitlab-artifact", {"path": "dist/"},
         ["artifacts: {paths: ['$CI_PROJECT_DIR/dist/'], exclude: ['dist/**/*.map']}",
          "artifacts: {paths: ['dist/**'], when: always}"],
         ["artifacts: {paths: [dist/], exclude: ['dist/**/*']}",
          "artifacts: {paths: [dist/], exclude: ['**/*']}",
          "artifacts: {paths: [dist/], when: on_failure}", "artifacts: {paths: [/dist]}"]),
        ("gitlab-cache", {"path": ".venv"},
         ["cache: {paths: [.venv/], policy: pull}", "cache: [{paths: [x]}, {paths: [./.venv]}]"],
         ["cache: {paths: [.venv], policy: push}", "cache: {paths: [.venv], when: on_failure}"]),
        ("gitlab-cache-file", {"path": ".venv", "file": "uv.lock"},
         ["cache: {paths: [.venv], key: {files: [uv.lock, pyproject.toml], prefix: $CI_JOB_NAME}}"],
         ["cache: {paths: [.venv], key: $CI_COMMIT_REF_SLUG}"]),
        ("gitlab-variable", {"name": "A", "value": "7"},
         ["rules: [{variables: {A: 7}}]", "variables: {B: 7, A: $B}",
          "variables: {A: 8}\nrules: [{variables: {A: 7}}]"],
         ["variables: {A: 7}\nrules: [{variables: {A: 8}}]",
          "rules: [{if: $CI_COMMIT_TAG, variables: {A: 7}}, {when: always}]",
          "variables: {A: 7}\nparallel: {matrix: [{A: [7, 8]}]}"]),
        ("gitlab-image", {"image": "node:22"},
         ["image: {name: 'node:${V}'}\nvariables: {V: 22}", "image: index.docker.io/node:22"],
         ["image: node:$V\nvariables: {V: 22}\nrules: [{variables: {V: 20}}]", "image: node:22.1"]),
        ("gitlab-interruptible", {}, ["rules: [{interruptible: true}]", "interruptible: true"],
         ["interruptible: true\nrules: [{interruptible: false}]"]),
        ("gitlab-retry-when", {"count": 1, "reason": "api_failure"},
         ["retry: {max: 1, when: [api_failure]}"],
         ["retry: {max: 1, when: [api_failure], exit_codes: [3]}", "retry: 1"]),
        ("gitlab-environment-tier", {"tier": "production"},
         ["environment: {name: live, deployment_tier: production}", "environment: production"],
         ["environment: qa", "environment: {name: production, deployment_tier: staging}",
          "environment: review/$CI_COMMIT_REF_SLUG"]),
        ("gitlab-service-alias", {"service": "redis:7", "alias": "redis"},
         ["services: [redis:7]", "services: [{name: redis:7, alias: 'cache,redis'}]",
          "services: [{name: redis:7, alias: cache}]"],  # its own name stays
         ["services: [{name: redis:6, alias: redis}]"]),
        ("gitlab-resource-group", {"group": "prod"},
         ["resource_group: prod", "resource_group: $G\nvariables: {G: prod}"],
         ["resource_group: $G\nvariables: {G: prod}\nrules: [{variables: {G: qa}}]"]),
        ("gitlab-id-token", {"name": "T", "audience": "https://a.b"},
         ["id_tokens: {T: {aud: [https://a.b]}}"],
         ["id_tokens: {T: {aud: [https://a.b, https://c.d]}}", "variables: {T: https://a.b}"]),
        ("gitlab-pages", {"folder": "public"}, [],
         ["pages: true\nartifacts: {paths: [out]}", "artifacts: {paths: [public]}"]),
        ("gitlab-matrix", {"variable": "V", "values": ["3.9", "3.10"]},
         ["parallel: {matrix: [{V: ['3.9', '3.10']}]}",
          "parallel: {matrix: [{V: '3.9'}, {V: ['3.10']}]}"],
         ["parallel: {matrix: [{V: [3.9, 3.10]}]}",  # 3.1
          "parallel: {matrix: [{V: ['3.9', '3.10']}, {W: a}]}", "parallel: 2"]),
    ],
)  # fmt: skip
def test_other_words_and_near_misses(
    kind: str, args: dict, right: list[str], wrong: list[str]
) -> None:
    for body in right:
        assert met(kind, job(RUN + body), job="t", **args), body
    for body in wrong:
        assert not met(kind, job(RUN + body), job="t", **args), body


@pytest.mark.parametrize(
    ("script", "folder"),
    [
        ("['(cd web && npm ci)', make]", "."),  # a subshell ends with its folder
        ("['(cd web && make)']", "web"),
        ("[pushd web, npm ci, popd, make]", "."),
        ("[pushd web, make]", "web"),
        ("[cd web, npm ci, cd -, make]", "."),
        ("['cd web || exit 1', make]", "web"),
        ("['cd web || true', make]", "?"),  # it may not be there
        ("['if [ -d web ]; then cd web; fi', make]", "?"),
        ("[cd -- web, make]", "web"),
        ("['make --directory=web']", "web"),
        ("['cd a && cd ../web && make']", "web"),
        ("['cd ${CI_PROJECT_DIR}/web', make]", "web"),
    ],
)
def test_folders(script: str, folder: str) -> None:
    for one in (".", "web"):
        wanted = one == folder
        text = job(f"script: {script}")
        assert met("gitlab-runs-in", text, job="t", command="make", folder=one) is wanted, one


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("script: ['export TAG=$CI_COMMIT_SHA', 'IMG=\"$CI_REGISTRY_IMAGE:${TAG}\"', "
         "'docker build -t \"$IMG\" .']", True),
        ("variables: {IMG: '$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA'}\n"
         "script: ['docker build -t $IMG .']",
         True),
        ("variables: {IMG: '$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA'}\n"
         "script: [IMG=other, 'docker build -t $IMG .']", False),  # the shell's own value
        ("variables: {IMG: '$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA'}\n"
         "script: ['IMG=$(make name)', 'docker build -t $IMG .']", False),
        ("variables: {IMG: '$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA'}\n"
         "script: ['if true; then IMG=x; fi', 'docker build -t $IMG .']", False),
        ("script: ['docker image build --tag $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA .']", True),
        ("script: ['buildah bud -t $CI_REGISTRY_IMAGE:$CI_COMMIT_SHA .']", True),
        ("before_script: ['TAG=$CI_COMMIT_SHA']\n"
         "script: ['podman build -t $CI_REGISTRY_IMAGE:$TAG .']", True),
    ],
)  # fmt: skip
def test_images_with_variables(body: str, wanted: bool) -> None:
    image = "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"
    assert met("gitlab-builds-image", job(body), job="t", image=image) is wanted


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([f"docker push {IMAGE}", f"docker build -t {IMAGE} ."], False),  # not built yet
        ([f"docker build -t {IMAGE} .", f"docker image push {IMAGE}"], True),
        ([f"docker build -t {IMAGE} .", "docker push -a $CI_REGISTRY_IMAGE"], True),
        ([f"docker build -t {IMAGE} .", "docker push -a $CI_REGISTRY_IMAGE/web"], False),
        ([f"docker buildx build --push=false -t {IMAGE} ."], False),
        ([f"docker buildx build -o type=registry -t {IMAGE} ."], True),
        ([f"docker buildx build --output type=image,push=true -t {IMAGE} ."], True),
        ([f"/kaniko/executor --no-push --destination {IMAGE}"], False),
        ([f"buildah bud -t {IMAGE} .", f"buildah push {IMAGE} docker://{IMAGE}"], True),
    ],
)
def test_pushes(lines: list[str], wanted: bool) -> None:
    script = "".join(f"  - '{line}'\n" for line in lines)
    assert met("gitlab-pushes-image", job(f"script:\n{script}"), job="t", image=IMAGE) is wanted


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (['docker login -u $CI_REGISTRY_USER --password-stdin $CI_REGISTRY '
          '<<< "$CI_REGISTRY_PASSWORD"'], True),
        (["printf %s $CI_REGISTRY_PASSWORD | podman login --username=$CI_REGISTRY_USER "
          "--password-stdin $CI_REGISTRY"], True),
        (["cat key | docker login -u $CI_REGISTRY_USER --password-stdin $CI_REGISTRY; "
          "echo $CI_REGISTRY_PASSWORD"], False),  # another command has the password
        (["echo docker login -u $CI_REGISTRY_USER --password-stdin $CI_REGISTRY"], False),
        (["docker buildx build --push -t x .", LOGIN], False),
    ],
)  # fmt: skip
def test_more_logins(lines: list[str], wanted: bool) -> None:
    script = "".join(f"  - '{line}'\n" for line in lines)
    assert met("gitlab-registry-login", job(f"script:\n{script}"), job="t") is wanted


@pytest.mark.parametrize(
    ("line", "file", "argument"),
    [
        ("docker build -f docker/Dockerfile --build-arg V=1 .", True, True),
        ("docker build --file=./docker/Dockerfile --build-arg=V=1 .", True, True),
        ("cd docker && docker build -f Dockerfile ..", True, False),
        ("docker build docker", True, False),
        ("docker build -f Dockerfile docker", False, False),
        ("docker build --build-arg V=1 --build-arg V=2 .", False, False),
        ("docker build --build-arg V .", False, True),  # the job's own variable
        (
            "/kaniko/executor --context . --dockerfile docker/Dockerfile --destination x",
            True,
            False,
        ),
    ],
)
def test_files_and_arguments_of_builds(line: str, file: bool, argument: bool) -> None:
    text = job(f"variables: {{V: 1}}\nscript: ['{line}']")
    assert met("gitlab-build-file", text, job="t", file="docker/Dockerfile") is file
    assert met("gitlab-build-argument", text, job="t", name="V", value="1") is argument


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("[make clean]", True),
        ("[make clean || true]", True),  # failures do not matter there
        ("['cd web', make clean]", True),
        ("[exit 0, make clean]", False),
        ("[echo make clean]", False),
        ("['if [ $CI_JOB_STATUS = failed ]; then make clean; fi']", False),
        ("['test -d x && make clean']", False),
    ],
)
def test_commands_afterwards(script: str, wanted: bool) -> None:
    text = job(f"{RUN}after_script: {script}")
    assert met("gitlab-runs-afterwards", text, job="t", command="make clean") is wanted


A = "a:\n  stage: build\n  script: [make]\n  artifacts: {paths: [out/]}\n"


@pytest.mark.parametrize(
    ("first", "body", "wanted"),
    [
        ("", "needs: [a]", True),
        ("", "needs: [a]\nwhen: manual", True),
        ("", "when: always", False),  # starts after a failure too
        ("", "when: on_failure", False),
        ("  allow_failure: true\n", "needs: [a]", False),
        ("  allow_failure: true\n", "stage: test", False),
        ("  only: [tags]\n", "stage: test", False),  # branches have the one without the other
        ("  only: [tags]\n", "stage: test\nonly: [tags]", True),
        ("", "stage: test\nonly: [merge_requests]", False),
        ("", "rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]", False),
    ],
)
def test_orders_that_hold_in_every_pipeline(first: str, body: str, wanted: bool) -> None:
    text = A + first + job(RUN + body)
    assert met("gitlab-after", text, job="t", other="a") is wanted


def test_with_rules_of_the_workflow_plain_jobs_are_in_every_pipeline() -> None:
    flow = "workflow: {rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]}\n"
    only = "rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]"
    assert met("gitlab-after", flow + A + job(RUN + only), job="t", other="a")
    assert met("gitlab-requests-only", flow + job(RUN), job="t")


@pytest.mark.parametrize(
    ("flow", "rules", "wanted"),
    [
        ("if: $CI_COMMIT_TAG", "if: $CI_COMMIT_BRANCH", False),
        ("if: $CI_COMMIT_TAG", "if: $CI_COMMIT_TAG == 'v1'", True),
        ("if: $CI_COMMIT_BRANCH == 'main'", "if: $CI_COMMIT_BRANCH == 'dev'", False),
        ("if: $CI_COMMIT_BRANCH == 'main'", "if: $DEPLOY == 'yes'", True),  # somebody may say so
        ("if: $CI_PIPELINE_SOURCE == 'api'", "when: always", True),
        ("if: $CI_COMMIT_BRANCH =~ /^rel-/", "when: always", True),
    ],
)
def test_jobs_that_no_pipeline_holds(flow: str, rules: str, wanted: bool) -> None:
    text = job(f"{RUN}rules: [{{{rules}}}]", f"workflow: {{rules: [{{{flow}}}]}}\n")
    assert met("gitlab-runs", text, job="t", command="make") is wanted


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("stage: .post\nwhen: on_failure", True),
        ("stage: build\nwhen: on_failure", False),  # nothing comes before it
        ("stage: .post\nrules: [{if: $CI_PIPELINE_SOURCE == 'schedule', when: on_failure}]", True),
        ("stage: .post\nrules: [{when: on_failure}, {when: always}]", True),
        ("stage: .post\nrules: [{if: $CI_COMMIT_TAG, when: on_failure}, {when: always}]", False),
    ],
)
def test_jobs_after_a_failure(more: str, wanted: bool) -> None:
    assert met("gitlab-on-failure", A + job(RUN + more), job="t") is wanted


def test_what_stops_an_environment_is_in_the_same_pipelines() -> None:
    def made(rules: str) -> str:
        deploy = "environment: {name: e, on_stop: s}\nonly: [merge_requests]"
        stop = f"s:\n  script: [x]\n  environment: {{name: e, action: stop}}\n  {rules}\n"
        return job(RUN + deploy) + stop

    request = "$CI_PIPELINE_SOURCE == 'merge_request_event'"
    wanted = {
        f"rules: [{{if: {request}, when: manual}}]": True,
        "rules: [{if: $CI_PIPELINE_SOURCE == 'schedule', when: manual}]": False,
        "when: manual": False,  # in pipelines of branches alone
    }
    for rules, right in wanted.items():
        assert met("gitlab-environment-stop", made(rules), job="t", stop="s") is right, rules


RELEASE = {"tag": "$CI_COMMIT_TAG", "text": "NEWS.md", "name": "App 1", "url": "https://a.b/c"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("script: [make]\nrelease: {tag_name: '${CI_COMMIT_TAG}', description: ./NEWS.md, "
         "name: App 1, assets: {links: [{name: x, url: 'https://a.b/c'}]}}", True),
        ("variables: {T: $CI_COMMIT_TAG}\nscript: [make]\nrelease: {tag_name: $T, "
         "description: NEWS.md, name: App 1, assets: {links: [{name: x, url: 'https://a.b/c'}]}}",
         True),
        ("script:\n  - release-cli create --tag-name $CI_COMMIT_TAG --description NEWS.md "
         "--name 'App 1' --assets-link '{\"name\":\"x\",\"url\":\"https://a.b/c\"}'", True),
        ("script:\n  - glab release create $CI_COMMIT_TAG --notes-file NEWS.md --name 'App 1' "
         "--assets-links '[{\"name\":\"x\",\"url\":\"https://a.b/c\"}]'", True),
        ("script:\n  - echo glab release create $CI_COMMIT_TAG --notes-file NEWS.md", False),
        ("script: [make]", False),
    ],
)  # fmt: skip
def test_releases(body: str, wanted: bool) -> None:
    checks = {"gitlab-release": "tag", "gitlab-release-text": "text",
              "gitlab-release-name": "name", "gitlab-release-link": "url"}  # fmt: skip
    for kind, key in checks.items():
        assert met(kind, job(body), job="t", **{key: RELEASE[key]}) is wanted, kind


def test_templates_that_rules_leave_out_are_not_included() -> None:
    for rules, wanted in (("", True), (", rules: [{when: never}]", False),
                          (", rules: [{if: $SCAN}]", True)):  # fmt: skip
        text = f"include: [{{template: Jobs/SAST.gitlab-ci.yml{rules}}}]\n" + job(RUN)
        assert met("gitlab-template", text, template="Jobs/SAST.gitlab-ci.yml") is wanted


def test_artifacts_that_do_not_travel() -> None:
    for kept, wanted in (
        ("{paths: [o]}", True),
        ("{reports: {dotenv: o}}", True),
        ("{reports: {junit: o}}", False),
        ("{paths: [o], when: on_failure}", False),
    ):
        text = f"a:\n  stage: build\n  script: [x]\n  artifacts: {kept}\n" + job(RUN)
        assert met("gitlab-takes", text, job="t", other="a") is wanted, kept


def test_rules_of_all_jobs_are_as_good_as_those_of_the_workflow() -> None:
    rules = ("rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}, "
             "{if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS, when: never}, "
             "{if: $CI_COMMIT_BRANCH}]")  # fmt: skip
    assert met("gitlab-no-second-pipeline", job(RUN + rules))
    other = "u:\n  script: [make]\n"
    assert not met("gitlab-no-second-pipeline", job(RUN + rules) + other)


def test_runners_around_a_command_change_nothing() -> None:
    for line in ("poetry run python -m pytest -q", "timeout 10m pytest -q", "uv run pytest -q",
                 "bash -e -c 'pytest -q'"):  # fmt: skip
        assert met("gitlab-runs", job(f"script: [{line}]"), job="t", command="pytest -q"), line
    for line in ("npm --prefix web test", "npm test --prefix=web", "cd web && npm run test"):
        text = job(f"script: [{line}]")
        assert met("gitlab-runs-in", text, job="t", command="npm test", folder="web"), line


def test_the_end_of_the_pipeline() -> None:
    for more, wanted in (("stage: .post\nwhen: always", True), ("stage: .pre\nwhen: always", False),
                         ("stage: build\nwhen: always", False),
                         ("stage: .post\nwhen: on_success", False)):  # fmt: skip
        text = A + "z:\n  stage: deploy\n  script: [x]\n" + job(RUN + more)
        assert met("gitlab-always", text, job="t") is wanted, more


SPELLINGS = (
    "t:\n  image: node:22\n  cache: {paths: [.c]}\n  script: [npm ci, npm test]\n",
    ".a: {image: node:22}\n.b: {extends: .a, cache: {paths: [.c]}}\n"
    "t:\n  extends: .b\n  script: [npm ci, npm test]\n",
    ".a:\n  script: [npm ci]\n  cache: {paths: [.c]}\n"
    "t:\n  image: {name: node:22}\n  cache: !reference [.a, cache]\n"
    "  script: [!reference [.a, script], npm test]\n",
    "default:\n  image: node:22\n  before_script: [npm ci]\n  cache: [{paths: [.c]}]\n"
    "t:\n  script: npm test\n",
    ".a: &a\n  image: node:22\n  cache: &c {paths: [.c/]}\n"
    "t:\n  <<: *a\n  script:\n    - |\n      set -euo pipefail\n      npm ci\n      npm run test\n",
    "image: node:22\ncache: {paths: [.c]}\nbefore_script: [npm ci]\nt: {script: [npm test]}\n",
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_spellings_of_the_same_job(text: str) -> None:
    assert met("gitlab-image", text, job="t", image="node:22")
    assert met("gitlab-cache", text, job="t", path=".c")
    assert met("gitlab-runs-after", text, job="t", command="npm test", earlier="npm ci")
    assert not met("gitlab-runs-after", text, job="t", command="npm ci", earlier="npm test")


def test_later_keys_win_over_what_is_extended() -> None:
    head = ".a: {image: node:22, variables: {A: 1}}\n"
    text = job("extends: .a\nimage: node:20\nscript: [x]", head)
    assert not met("gitlab-image", text, job="t", image="node:22")
    assert met("gitlab-variable", text, job="t", name="A", value="1")


def test_caches_and_artifacts_that_fall_back_or_leave_out() -> None:
    cache = "cache: {key: $CI_COMMIT_REF_SLUG, paths: [.c], fallback_keys: [main]}"
    args = {"job": "t", "path": ".c", "key": "main"}
    assert met("gitlab-cache-fallback", job(RUN + cache), **args)
    all_caches = "cache: {paths: [.c]}\nvariables: {CACHE_FALLBACK_KEY: main}"
    assert met("gitlab-cache-fallback", job(RUN + all_caches), **args)
    assert not met("gitlab-cache-fallback", job(RUN + "cache: {key: main, paths: [.c]}"), **args)
    for out, wanted in (("o/**/*.tmp", True), ("**/*.tmp", True), ("o/*.tmp", False)):
        text = job(f"{RUN}artifacts: {{paths: [o/], exclude: ['{out}']}}")
        assert met("gitlab-artifact-without", text, job="t", pattern="o/**/*.tmp") is wanted, out
    for policy, wanted in (("always", True), ("[always]", True), ("[always, never]", False)):
        text = job(f"{RUN}image: {{name: x, pull_policy: {policy}}}")
        assert met("gitlab-pull-policy", text, job="t", policy="always") is wanted, policy


@pytest.mark.parametrize(
    ("first", "more", "wanted"),
    [
        ("script: [make]", "", True),
        ("script: [exit 1]", "", False),
        ("script: [exit 0]", "", True),
        ("script: ['test -f x || exit 1']", "", True),
        ("script: [exit 1]\n  allow_failure: true", "", True),
        ("script: [exit 1]", "when: on_failure", True),
        ("script: [exit 1]", "needs: []", True),
    ],
)
def test_jobs_behind_one_that_always_fails(first: str, more: str, wanted: bool) -> None:
    text = f"a:\n  stage: build\n  {first}\n" + job(RUN + more)
    assert met("gitlab-runs", text, job="t", command="make") is wanted
