"""Jenkins requirements: right answers in other words, and answers that are nearly right."""

from __future__ import annotations

import pytest

from envs.cicd import CATEGORY
from iac_gym.languages.jenkins import LANGUAGE


def met(kind: str, text: str, /, **args: object) -> bool:
    model = LANGUAGE.parse({"Jenkinsfile": text})
    return not list(CATEGORY.requirements[kind].check(model, **args))


def pipeline(stages: str, head: str = "", post: str = "") -> str:
    end = f"  post {{\n{post}\n  }}\n" if post else ""
    return f"pipeline {{\n  agent any\n{head}\n  stages {{\n{stages}\n  }}\n{end}}}\n"


def stage(steps: str, more: str = "", name: str = "T") -> str:
    return f"stage('{name}') {{\n{more}\nsteps {{\n{steps}\n}}\n}}"


ON_MAIN = (
    "branch 'main'",
    'branch pattern: "main", comparator: "EQUALS"',
    "expression { env.BRANCH_NAME == 'main' }",
    "expression { return env.BRANCH_NAME == 'main' }",
    "expression { BRANCH_NAME ==~ /main/ }",
    "environment name: 'BRANCH_NAME', value: 'main'",
    "equals expected: 'main', actual: env.BRANCH_NAME",
    "allOf {\nbranch 'main'\nnot { changeRequest() }\n}",
    "branch 'main'\nexpression { params.GO }",
)
NOT_ON_MAIN = (
    "branch 'dev'",
    "branch 'main*'\nbranch 'm*'\nexpression { false }",
    "anyOf {\nbranch 'main'\nbranch 'dev'\n}",
    "anyOf {\nbranch 'main'\nchangeRequest()\n}",
    "not { branch 'main' }",
    "expression { params.GO }",
    "expression { env.BRANCH_NAME != 'dev' }",
    "branch '**'",
    "buildingTag()",
)


@pytest.mark.parametrize("when", ON_MAIN)
def test_conditions_that_mean_one_branch(when: str) -> None:
    text = pipeline(stage("sh 'make'", f"when {{\n{when}\n}}"))
    assert met("jenkins-branch-only", text, stage="T", branch_name="main")


@pytest.mark.parametrize("when", NOT_ON_MAIN)
def test_conditions_that_mean_something_else(when: str) -> None:
    text = pipeline(stage("sh 'make'", f"when {{\n{when}\n}}"))
    assert not met("jenkins-branch-only", text, stage="T", branch_name="main")


def test_a_condition_of_the_stage_around_counts() -> None:
    inner = "stage('O') {\nwhen { branch 'main' }\nstages {\n" + stage("sh 'make'") + "\n}\n}"
    assert met("jenkins-branch-only", pipeline(inner), stage="T", branch_name="main")
    assert not met(
        "jenkins-branch-only", pipeline(stage("sh 'make'")), stage="T", branch_name="main"
    )


@pytest.mark.parametrize(
    ("when", "tags", "requests"),
    [
        ("tag pattern: 'v[0-9].*', comparator: 'REGEXP'", True, False),
        ("tag 'v*'", True, False),
        ("allOf {\nbuildingTag()\ntag 'v*'\n}", True, False),
        ("expression { env.TAG_NAME ==~ /v\\d.*/ }", True, False),
        ("buildingTag()", False, False),
        ("tag 'release-*'", False, False),
        ("changeRequest()", False, True),
        ("expression { env.CHANGE_ID != null }", False, True),
        ("not { branch 'main' }", False, False),
    ],
)
def test_tags_and_change_requests(when: str, tags: bool, requests: bool) -> None:
    text = pipeline(stage("sh 'make'", f"when {{\n{when}\n}}"))
    assert met("jenkins-tags-only", text, stage="T", prefix="v") is tags
    assert met("jenkins-requests-only", text, stage="T") is requests


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("sh 'npm test'", True),
        ('sh "npm test"', True),
        ("sh script: 'npm run test'", True),
        ("sh(script: 'npm test', label: 'x')", True),
        ("sh '''\nnpm ci\nnpm test\n'''", True),
        ("sh 'npm ci && npm test'", True),
        ("script {\nsh 'npm test'\n}", True),
        ("retry(2) {\nsh 'npm test'\n}", True),
        ("script {\ndef what = 'test'\nsh \"npm ${what}\"\n}", True),
        ("sh 'npm test || true'", False),
        ("sh(script: 'npm test', returnStatus: true)", False),
        ("catchError(buildResult: 'SUCCESS') {\nsh 'npm test'\n}", False),
        ("script {\nif (params.GO) {\nsh 'npm test'\n}\n}", False),
        ("script {\ntry {\nsh 'npm test'\n} catch (e) {\necho 'x'\n}\n}", False),
        ("echo 'npm test'", False),
        ("// sh 'npm test'\necho 'x'", False),
        ("sh 'echo npm test'", False),
        ("sh '# npm test\\ntrue'", False),
        ("sh 'npm test | tee log'", False),
        ("error 'stop'\nsh 'npm test'", False),
    ],
)
def test_commands_that_certainly_run(steps: str, wanted: bool) -> None:
    assert met("jenkins-runs", pipeline(stage(steps)), stage="T", command="npm test") is wanted


def test_stages_that_never_run_do_not_count() -> None:
    for when in ("expression { false }", "equals expected: 1, actual: 2",
                 "allOf {\nbranch 'main'\nexpression { return false }\n}"):  # fmt: skip
        text = pipeline(stage("sh 'npm test'", f"when {{\n{when}\n}}"))
        assert not met("jenkins-runs", text, stage="T", command="npm test")


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("dir('web') {\nsh 'make'\n}", True),
        ("sh 'cd web && make'", True),
        ("sh 'make -C web'", True),
        ("dir('a') {\ndir('../web') {\nsh 'make'\n}\n}", True),
        ("sh 'make'", False),
        ("dir('web') {\nsh 'cd .. && make'\n}", False),
    ],
)
def test_the_folder_of_a_command(steps: str, wanted: bool) -> None:
    args = {"stage": "T", "command": "make", "folder": "web"}
    assert met("jenkins-runs-in", pipeline(stage(steps)), **args) is wanted


def parallel(fast: str = "", more: str = "") -> str:
    inner = "\n".join((stage("sh 'a'", name="A"), stage("sh 'b'", name="B"), more))
    return f"stage('P') {{\n{fast}\nparallel {{\n{inner}\n}}\n}}"


def test_parallel_stages() -> None:
    text = pipeline(parallel("failFast true"))
    assert met("jenkins-parallel", text, stages=["B", "A"])
    assert met("jenkins-fail-fast", text, stage="A")
    assert not met("jenkins-after", text, stage="B", other="A")
    third = pipeline(parallel(more=stage("sh 'c'", name="C")))
    assert not met("jenkins-parallel", third, stages=["A", "B"])
    assert not met("jenkins-fail-fast", third, stage="A")
    whole = pipeline(parallel(), "options { parallelsAlwaysFailFast() }")
    assert met("jenkins-fail-fast", whole, stage="B")
    row = pipeline(stage("sh 'a'", name="A") + "\n" + stage("sh 'b'", name="B"))
    assert not met("jenkins-parallel", row, stages=["A", "B"])
    assert met("jenkins-after", row, stage="B", other="A")
    assert not met("jenkins-after", row, stage="A", other="B")
    assert met("jenkins-stages", row, stages=["A", "B"])


def axis(name: str, values: str) -> str:
    return f"axis {{\nname '{name}'\nvalues {values}\n}}\n"


def matrix(more: str = "") -> str:
    axes = f"axes {{\n{axis('OS', quoted('a', 'b'))}{axis('ARCH', quoted('x', 'y'))}}}\n"
    inner = stage("echo 'x'")
    return pipeline(f"stage('M') {{\nmatrix {{\n{axes}{more}stages {{\n{inner}\n}}\n}}\n}}")


def quoted(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def test_matrices() -> None:
    out = f"excludes {{\nexclude {{\n{axis('OS', quoted('b'))}{axis('ARCH', quoted('y'))}}}\n}}\n"
    assert met("jenkins-axis", matrix(), stage="M", axis="OS", values=["b", "a"])
    assert not met("jenkins-axis", matrix(), stage="M", axis="OS", values=["a"])
    assert met("jenkins-excluded", matrix(out), stage="M", first="b", second="y")
    assert not met("jenkins-excluded", matrix(out), stage="M", first="a", second="y")
    assert not met("jenkins-excluded", matrix(), stage="M", first="b", second="y")
    wide = f"excludes {{\nexclude {{\n{axis('OS', quoted('b'))}}}\n}}\n"
    assert not met("jenkins-excluded", matrix(wide), stage="M", first="b", second="y")


@pytest.mark.parametrize(
    ("head", "steps", "wanted"),
    [
        ("", "withCredentials([string(credentialsId: 'k', variable: 'TOKEN')]) {\nsh 'go'\n}", True),
        ("environment { TOKEN = credentials('k') }", "sh 'go'", True),
        ("environment { TOKEN = credentials('other') }", "sh 'go'", False),
        ("environment { TOKEN = 'k' }", "sh 'go'", False),
        ("", "withCredentials([string(credentialsId: 'k', variable: 'X')]) {\nsh 'go'\n}", False),
        ("", "withCredentials([string(credentialsId: 'k', variable: 'TOKEN')]) {\necho 'x'\n}\n"
             "sh 'go'", False),
    ],
)  # fmt: skip
def test_secrets_of_a_command(head: str, steps: str, wanted: bool) -> None:
    args = {"stage": "T", "command": "go", "credential": "k", "variable": "TOKEN"}
    assert met("jenkins-secret", pipeline(stage(steps), head), **args) is wanted


@pytest.mark.parametrize(
    ("kind", "args", "right", "wrong"),
    [
        ("jenkins-timeout", {"minutes": 60},
         ["options { timeout(time: 1, unit: 'HOURS') }", "options { timeout(60) }",
          "options { timeout(time: 60) }"],
         ["options { timeout(time: 60, unit: 'SECONDS') }", "options { timeout(6) }", ""]),
        ("jenkins-keeps", {"builds": 5},
         ["options { buildDiscarder(logRotator(numToKeepStr: '5')) }"],
         ["options { buildDiscarder(logRotator(daysToKeepStr: '5')) }", ""]),
        ("jenkins-cron", {"line": "H 4 * * 1"},
         ["triggers { cron('H 4 * * 1') }", "triggers { cron 'H  4 * * 1' }"],
         ["triggers { cron('H 4 * * 2') }", "triggers { pollSCM('H 4 * * 1') }"]),
        ("jenkins-variable", {"name": "A", "value": "x-1"},
         ["environment { A = 'x-1' }", "environment {\nB = 'x'\nA = \"${B}-1\"\n}"],
         ["environment { A = 'x' }", "parameters { string(name: 'A', defaultValue: 'x-1') }"]),
        ("jenkins-choice", {"name": "E", "choices": ["a", "b"]},
         ["parameters { choice(name: 'E', choices: ['a', 'b']) }",
          "parameters { choice(name: 'E', choices: 'a\\nb') }"],
         ["parameters { choice(name: 'E', choices: ['b', 'a']) }",
          "parameters { string(name: 'E', defaultValue: 'a') }"]),
        ("jenkins-switch", {"name": "B", "default": "false"},
         ["parameters { booleanParam(name: 'B', defaultValue: false) }",
          "parameters { booleanParam(name: 'B') }"],
         ["parameters { booleanParam(name: 'B', defaultValue: true) }",
          "parameters { string(name: 'B', defaultValue: 'false') }"]),
    ],
)  # fmt: skip
def test_settings(kind: str, args: dict, right: list[str], wrong: list[str]) -> None:
    for head in right:
        assert met(kind, pipeline(stage("echo 'x'"), head), **args), head
    for head in wrong:
        assert not met(kind, pipeline(stage("echo 'x'"), head), **args), head


@pytest.mark.parametrize(
    ("post", "cleans", "mails"),
    [
        ("always {\ncleanWs()\n}", True, False),
        ("cleanup {\ndeleteDir()\n}", True, False),
        ("success {\ncleanWs()\n}", False, False),
        ("failure {\nmail to: 'a@b.c', subject: 's', body: 'b'\n}", False, True),
        ("unsuccessful {\nemailext to: 'a@b.c, d@e.f', subject: 's', body: 'b'\n}", False, True),
        ("always {\nmail to: 'x@y.z', subject: 'a@b.c', body: 'b'\n}", False, False),
    ],
)
def test_ends(post: str, cleans: bool, mails: bool) -> None:
    text = pipeline(stage("echo 'x'"), "", post)
    assert met("jenkins-cleans", text) is cleans
    assert met("jenkins-mail", text, address="a@b.c") is mails


def test_inputs_as_directive_and_as_first_step() -> None:
    directive = stage("sh 'x'", "input {\nmessage 'Go?'\nsubmitter 'ops'\n}")
    step = stage("input message: 'Go?', submitter: 'ops'\nsh 'x'")
    late = stage("sh 'x'\ninput message: 'Go?', submitter: 'ops'")
    for one, wanted in ((directive, True), (step, True), (late, False)):
        assert met("jenkins-input", pipeline(one), stage="T", message="Go?") is wanted
        assert met("jenkins-submitter", pipeline(one), stage="T", who="ops") is wanted


def test_agents_are_inherited() -> None:
    text = (
        "pipeline {\nagent { docker { image 'node:22' } }\nstages {\n"
        + stage("sh 'x'")
        + "\n}\n}\n"
    )
    assert met("jenkins-image", text, stage="T", image="node:22")
    own = text.replace("steps {", "agent { label 'arm' }\nsteps {")
    assert not met("jenkins-image", own, stage="T", image="node:22")
    assert met("jenkins-label", own, stage="T", label="arm")
