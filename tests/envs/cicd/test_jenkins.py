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
        ("sh 'npm test || exit 0'", False),
        ("sh 'npm test & wait'", False),
        ("sh 'npm test 2>&1 && make'", True),
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
    assert met("jenkins-parallel", third, stages=["A", "B"])  # nobody has said "alone"
    assert not met("jenkins-parallel", third, stages=["A", "D"])
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
        ("", "withCredentials([string(credentialsId: 'k', variable: 'TOKEN')]) {\nsh 'go'\n}",
         True),
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


# --- what the second reading found ---------------------------------------------------------------


def when(condition: str) -> str:
    return pipeline(stage("sh 'make'", f"when {{\n{condition}\n}}"))


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("branch 'main*'", False),  # main-2
        ("branch '*main'", False),
        ("branch pattern: 'main.*', comparator: 'REGEXP'", False),
        ("branch pattern: '^main$', comparator: 'REGEXP'", True),
        ("anyOf {\nbranch 'main'\nchangeRequest target: 'main'\n}", False),
        ("anyOf {\nbranch 'main'\nbuildingTag()\n}", False),
        ("expression { env.GIT_BRANCH == 'origin/main' }", True),  # outside of multibranch
        ("expression { env.GIT_BRANCH == 'origin/dev' }", False),
        ("not { not { branch 'main' } }", True),
        ("anyOf { branch 'main' }", True),
    ],
)
def test_branches_in_other_words(condition: str, wanted: bool) -> None:
    assert met("jenkins-branch-only", when(condition), stage="T", branch_name="main") is wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("expression { params.GO }", True),
        ("expression { return params.GO }", True),
        ("expression { return params.GO == true }", True),
        ("expression { params['GO'] }", True),
        ("expression { params.GO.toBoolean() }", True),
        ("expression { env.GO == 'true' }", True),
        ("expression { \"${params.GO}\" == 'true' }", True),
        ("allOf {\nexpression { params.GO }\nbranch 'main'\n}", True),
        ("equals expected: true, actual: params.GO", True),
        ("equals expected: 'true', actual: \"${params.GO}\"", True),
        ("environment name: 'GO', value: 'true'", True),
        ("expression { !params.GO }", False),
        ("expression { params.GO || true }", False),
        ("expression { params.GO == false }", False),
        ("expression { params.OTHER }", False),
        ("expression { env.GO }", False),  # "false" is true to Groovy
        ("equals expected: true, actual: 'GO'", False),
        ("equals expected: 'GO', actual: params.OTHER", False),
        ("anyOf {\nexpression { params.GO }\nbranch 'main'\n}", False),
        ("not { expression { params.GO } }", False),
    ],
)
def test_stages_that_a_parameter_switches(condition: str, wanted: bool) -> None:
    assert met("jenkins-if-parameter", when(condition), stage="T", parameter="GO") is wanted


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("changeset 'docs/**'", True),
        ("changeset pattern: 'docs/**/*'", True),
        ("allOf {\nchangeset 'docs/**'\nbranch 'main'\n}", True),
        ("anyOf {\nchangeset 'docs/**'\nbranch 'main'\n}", False),
        ("not { changeset 'docs/**' }", False),
        ("changeset 'docs/*'", False),
    ],
)
def test_stages_that_changes_start(condition: str, wanted: bool) -> None:
    assert met("jenkins-changes", when(condition), stage="T", pattern="docs/**") is wanted


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("sh '''set -o pipefail\nnpm test | tee log'''", True),
        ("sh '''#!/bin/bash\nset -euo pipefail\nnpm test | tee log'''", True),
        ("sh '''set +e\nnpm test\necho done'''", False),
        ("sh '''#!/bin/bash\nnpm test\necho done'''", False),  # no `-e` behind `#!`
        ("sh '''#!/bin/bash -e\nnpm test\necho done'''", True),
        ("sh '''#!/bin/bash\nset -e\nnpm test\necho done'''", True),
        ("sh '''#!/bin/bash\nnpm test'''", True),  # the last command decides
        ("sh(script: 'npm test', returnStdout: true)", True),
        ("sh '''WHAT=test\nnpm $WHAT'''", True),
        ("withEnv(['WHAT=test']) {\nsh 'npm $WHAT'\n}", True),
        ("withEnv(['WHAT=test']) {\nsh '''WHAT=x\nnpm $WHAT'''\n}", False),
    ],
)
def test_shells_as_jenkins_runs_them(steps: str, wanted: bool) -> None:
    assert met("jenkins-runs", pipeline(stage(steps)), stage="T", command="npm test") is wanted


@pytest.mark.parametrize(
    ("steps", "folder"),
    [
        ("sh '(cd web && npm ci) && make'", "."),
        ("sh '(cd web && make)'", "web"),
        ("sh 'pushd web && make && popd'", "web"),
        ("sh 'cd $WORKSPACE/web && make'", "web"),
        ("dir(\"${env.WORKSPACE}/web\") {\nsh 'make'\n}", "web"),
        ("sh 'cd web'\nsh 'make'", "."),  # each script starts at the top
    ],
)
def test_more_folders(steps: str, folder: str) -> None:
    for one in (".", "web"):
        args = {"stage": "T", "command": "make", "folder": one}
        assert met("jenkins-runs-in", pipeline(stage(steps)), **args) is (one == folder), one


@pytest.mark.parametrize(
    ("head", "more", "steps", "wanted"),
    [
        ("environment { A = '1' }", "", "sh 'x'", True),
        ("", "environment { A = '1' }", "sh 'x'", True),
        ("environment { A = '2' }", "environment { A = '1' }", "sh 'x'", True),
        ("", "", "withEnv(['A=1']) {\nsh 'x'\n}", True),
        ("environment { A = '1' }", "", "withEnv(['A=2']) {\nsh 'x'\n}", False),
        ("environment { A = '1' }", "environment { A = '2' }", "sh 'x'", False),
        ("", "", "withEnv(['A=1']) {\nsh 'x'\n}\nsh 'y'", False),  # not for all of it
    ],
)
def test_variables_of_a_stage(head: str, more: str, steps: str, wanted: bool) -> None:
    text = pipeline(stage(steps, more), head)
    assert met("jenkins-stage-variable", text, stage="T", name="A", value="1") is wanted
    assert met("jenkins-variable", text, name="A", value="1") is wanted


@pytest.mark.parametrize(
    ("kind", "args", "right", "wrong"),
    [
        ("jenkins-timeout", {"minutes": 60}, ["options { timeout(time: 3600, unit: 'SECONDS') }"],
         ["options { timeout(time: 60, activity: true) }"]),  # since the last line of the log
        ("jenkins-keeps", {"builds": 5},
         ["options { buildDiscarder(logRotator(numToKeepStr: '5', daysToKeepStr: '-1')) }",
          "options { buildDiscarder(logRotator(numToKeepStr: '5', artifactNumToKeepStr: '1')) }",
          "options { buildDiscarder([$class: 'LogRotator', numToKeepStr: '5']) }"],
         ["options { buildDiscarder(logRotator(numToKeepStr: '5', daysToKeepStr: '1')) }"]),
        ("jenkins-poll", {"line": "H/5 * * * *"},
         ["triggers { pollSCM(scmpoll_spec: 'H/5 * * * *', ignorePostCommitHooks: true) }"],
         ["triggers { cron('H/5 * * * *') }"]),
        ("jenkins-upstream", {"job": "a/b"},
         ["triggers { upstream('a/b') }", "triggers { upstream(upstreamProjects: 'x, a/b') }",
          "triggers { upstream(upstreamProjects: 'a/b', "
          "threshold: hudson.model.Result.SUCCESS) }"],
         ["triggers { upstream(upstreamProjects: 'a/b', "
          "threshold: hudson.model.Result.FAILURE) }"]),
        ("jenkins-no-checkout", {},
         ["options { skipDefaultCheckout() }", "options { skipDefaultCheckout(true) }"],
         ["options { skipDefaultCheckout(false) }", ""]),
        ("jenkins-library", {"library": "x@v1"}, ["libraries { lib('x@v1') }"],
         ["libraries { lib('x') }", ""]),
        ("jenkins-tool", {"stage": "T", "kind": "Maven", "name": "m"}, ["tools { maven 'm' }"],
         ["tools { gradle 'm' }", "tools { maven 'n' }"]),
    ],
)  # fmt: skip
def test_more_settings(kind: str, args: dict, right: list[str], wrong: list[str]) -> None:
    for head in right:
        assert met(kind, pipeline(stage("echo 'x'"), head), **args), head
    for head in wrong:
        assert not met(kind, pipeline(stage("echo 'x'"), head), **args), head


def test_libraries_and_declarative_pipelines() -> None:
    text = pipeline(stage("echo 'x'"))
    for head in ("@Library('x@v1') _\n", "library 'x@v1'\n", "library identifier: 'x@v1'\n"):
        assert met("jenkins-library", head + text, library="x@v1"), head
        assert met("jenkins-declarative", head + text, stage="T")
    assert not met("jenkins-library", f"// @Library('x@v1') _\n{text}", library="x@v1")
    assert not met("jenkins-declarative", text, stage="U")
    assert not met("jenkins-declarative", "node {\nstage('T') {\nsh 'x'\n}\n}\n", stage="T")


@pytest.mark.parametrize(
    ("more", "steps", "wanted"),
    [
        ("agent { docker 'node:22' }", "sh 'x'", True),
        ("agent { docker { image 'docker.io/library/node:22' } }", "sh 'x'", True),
        ("", "script {\ndocker.image('node:22').inside('-u root') {\nsh 'x'\n}\n}", True),
        ("", "script {\ndocker.image('node:22').inside {\nsh 'x'\n}\n}\nsh 'y'", False),
        ("", "script {\ndocker.image('node:22')\n}\nsh 'x'", False),
        ("agent { docker 'node:22' }", "script {\ndocker.image('a').inside {\nsh 'x'\n}\n}", False),
        ("agent { label 'node:22' }", "sh 'x'", False),
    ],
)
def test_containers(more: str, steps: str, wanted: bool) -> None:
    text = pipeline(stage(steps, more))
    assert met("jenkins-image", text, stage="T", image="node:22") is wanted


def test_stages_inside_with_agents_of_their_own() -> None:
    inner = stage("sh 'x'", "agent { label 'b' }")
    text = pipeline(f"stage('O') {{\nagent {{ label 'a' }}\nstages {{\n{inner}\n}}\n}}")
    assert not met("jenkins-label", text, stage="O", label="a")
    assert met("jenkins-label", text, stage="T", label="b")
    both = pipeline(stage("sh 'x'", "agent { label 'linux && gpu' }"))
    assert met("jenkins-label", both, stage="T", label="gpu")
    node = pipeline(stage("node('gpu') {\nsh 'x'\n}"))
    assert met("jenkins-label", node, stage="T", label="gpu")
    whole = pipeline(stage("sh 'x'")).replace("agent any", "agent { label 'gpu' }")
    assert met("jenkins-agent-label", whole, label="gpu")
    assert not met("jenkins-agent-label", both, label="gpu")


def test_conditions_before_the_agent() -> None:
    assert met("jenkins-before-agent", when("beforeAgent true\nbranch 'm'"), stage="T")
    for other in ("beforeAgent false\nbranch 'm'", "beforeInput true\nbranch 'm'", "branch 'm'"):
        assert not met("jenkins-before-agent", when(other), stage="T"), other


@pytest.mark.parametrize(
    ("stages", "wanted"),
    [
        (stage("input message: 'Go?'\nsh 'x'"), True),
        (stage("timeout(5) {\ninput message: 'Go?'\n}\nsh 'x'"), True),
        (stage("echo 'hm'\nscript {\ninput 'Go?'\n}\nsh 'x'"), True),
        (stage("input message: 'Go?'", name="Ask") + "\n" + stage("sh 'x'"), True),
        (stage("sh 'x'") + "\n" + stage("input message: 'Go?'", name="Ask"), False),
        (
            stage("input message: 'Go?'", "when { branch 'x' }", "Ask") + "\n" + stage("sh 'x'"),
            False,
        ),
        (stage("script {\nif (params.X) {\ninput 'Go?'\n}\n}\nsh 'x'"), False),
        (stage("catchError {\ninput 'Go?'\n}\nsh 'x'"), False),
        (stage("sh 'x'\ninput 'Go?'"), False),
    ],
)
def test_questions(stages: str, wanted: bool) -> None:
    assert met("jenkins-input", pipeline(stages), stage="T", message="Go?") is wanted


@pytest.mark.parametrize(
    ("more", "steps", "wanted"),
    [
        ("", "retry(3) {\nsh 'go'\n}", True),
        ("options { retry(3) }", "sh 'go'", True),
        ("", "retry(3) {\nretry(3) {\nsh 'go'\n}\n}", False),  # nine times
        ("options { retry(2) }", "retry(2) {\nsh 'go'\n}", False),
        ("", "retry(count: 3, conditions: [agent()]) {\nsh 'go'\n}", False),
        ("", "retry(3) {\necho 'x'\n}\nsh 'go'", False),
    ],
)
def test_attempts(more: str, steps: str, wanted: bool) -> None:
    text = pipeline(stage(steps, more))
    assert met("jenkins-retried", text, stage="T", command="go", count=3) is wanted


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ("withCredentials([file(credentialsId: 'k', variable: 'F')]) {\nsh 'go'\n}", True),
        ("withCredentials([[$class: 'FileBinding', credentialsId: 'k', variable: 'F']]) {\n"
         "sh 'go'\n}", True),
        ("withCredentials([string(credentialsId: 'k', variable: 'F')]) {\nsh 'go'\n}", False),
        ("withCredentials([file(credentialsId: 'k', variable: 'F')]) {\necho 'x'\n}\nsh 'go'",
         False),
    ],
)  # fmt: skip
def test_secret_files(steps: str, wanted: bool) -> None:
    args = {"stage": "T", "command": "go", "credential": "k", "variable": "F"}
    assert met("jenkins-secret-file", pipeline(stage(steps)), **args) is wanted


@pytest.mark.parametrize(
    ("steps", "post", "wanted"),
    [
        ("archiveArtifacts 'web/x.jar'", "", True),
        ("archiveArtifacts artifacts: 'a, web/x.jar', allowEmptyArchive: true", "", True),
        ("dir('web') {\narchiveArtifacts 'x.jar'\n}", "", True),
        ("sh 'x'", "success {\narchiveArtifacts 'web/x.jar'\n}", True),
        ("sh 'x'", "failure {\narchiveArtifacts 'web/x.jar'\n}", False),
        ("dir('api') {\narchiveArtifacts 'web/x.jar'\n}", "", False),
        ("archiveArtifacts artifacts: 'web/x.jar', excludes: '**'", "", False),
        ("echo 'archiveArtifacts'", "", False),
    ],
)
def test_archives(steps: str, post: str, wanted: bool) -> None:
    more = f"post {{\n{post}\n}}" if post else ""
    text = pipeline(stage(steps, more))
    assert met("jenkins-archive", text, stage="T", pattern="web/x.jar") is wanted
    assert not met("jenkins-fingerprint", text, stage="T", pattern="web/x.jar")


def test_fingerprints() -> None:
    text = pipeline(stage("archiveArtifacts artifacts: 'a.jar', fingerprint: true"))
    assert met("jenkins-fingerprint", text, stage="T", pattern="a.jar")


@pytest.mark.parametrize(
    ("kept", "taken", "wanted"),
    [
        ("stash name: 'p', includes: 'infra/tf'", "unstash 'p'", True),
        ("dir('infra') {\nstash name: 'p', includes: 'tf'\n}", "dir('infra') {\nunstash 'p'\n}",
         True),
        ("stash 'p'", "unstash 'p'", True),  # everything
        ("dir('infra') {\nstash name: 'p', includes: 'tf'\n}", "unstash 'p'", False),
        ("stash name: 'p', includes: 'tf'", "unstash 'p'", False),
        ("stash name: 'p', includes: 'infra/tf', excludes: '**'", "unstash 'p'", False),
        ("stash name: 'p', includes: 'infra/tf'", "unstash 'q'", False),
        ("stash name: 'p', includes: 'infra/tf'", "echo 'x'", False),
    ],
)  # fmt: skip
def test_stashes(kept: str, taken: str, wanted: bool) -> None:
    text = pipeline(stage(kept, name="A") + "\n" + stage(taken, name="B"))
    assert met("jenkins-stash", text, stage="B", other="A", pattern="infra/tf") is wanted
    late = pipeline(stage(taken, name="B") + "\n" + stage(kept, name="A"))
    assert not met("jenkins-stash", late, stage="B", other="A", pattern="infra/tf")


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        ("build job: '/a/b', parameters: [string(name: 'V', value: 'x')]", True),
        (
            "build(job: 'a/b', wait: false, parameters: [booleanParam(name: 'W', value: true), "
            "string(name: 'V', value: 'x')])",
            True,
        ),
        ("build job: 'a/b'", False),
        ("build job: 'a/c', parameters: [string(name: 'V', value: 'x')]", False),
        ("build job: 'a/b', parameters: [string(name: 'V', value: 'y')]", False),
    ],
)
def test_parameters_of_other_jobs(step: str, wanted: bool) -> None:
    args = {"stage": "T", "job": "a/b", "name": "V", "value": "x"}
    assert met("jenkins-starts-with", pipeline(stage(step)), **args) is wanted


@pytest.mark.parametrize(
    ("post", "cleans", "tells", "runs"),
    [
        ("always {\ncleanWs(notFailBuild: true)\nsh 'bye || true'\n}", True, False, True),
        ("always {\ncleanWs(cleanWhenFailure: false)\n}", False, False, False),
        ("always {\ncleanWs(patterns: [[pattern: 'x', type: 'INCLUDE']])\n}", False, False, False),
        ("always {\ndir('x') {\ndeleteDir()\n}\n}", False, False, False),
        ("always {\nslackSend channel: 'ops', message: 'm'\n}", False, True, False),
        ("failure {\nslackSend(channel: '#dev, #ops', message: 'm')\n}", False, True, False),
        ("success {\nslackSend(channel: '#ops', message: 'm')\nsh 'bye'\n}", False, False, False),
        ("cleanup {\nsh 'bye'\n}", False, False, True),
        ("always {\nscript {\nif (params.X) {\nsh 'bye'\n}\n}\n}", False, False, False),
    ],
)
def test_more_ends(post: str, cleans: bool, tells: bool, runs: bool) -> None:
    text = pipeline(stage("echo 'x'"), "", post)
    assert met("jenkins-cleans", text) is cleans
    assert met("jenkins-slack", text, channel="#ops") is tells
    assert met("jenkins-finally", text, command="bye") is runs


def test_reports_of_a_stage_around() -> None:
    post = "post {\nalways {\njunit 'r.xml'\n}\n}"
    text = pipeline(f"stage('O') {{\nstages {{\n{stage('x()')}\n}}\n{post}\n}}")
    text = text.replace("x()", "sh 'x'")
    assert met("jenkins-junit", text, stage="T", pattern="r.xml")
    later = text.replace("always", "success")
    assert not met("jenkins-junit", later, stage="T", pattern="r.xml")


def test_locks_that_are_skipped_hold_nothing() -> None:
    for around, wanted in (("lock('r')", True), ("lock(resource: 'r', skipIfLocked: true)", False)):
        text = pipeline(stage(f"{around} {{\nsh 'go'\n}}"))
        assert met("jenkins-lock", text, stage="T", command="go", resource="r") is wanted


def test_limits_of_a_stage() -> None:
    limit = "timeout(time: 5, unit: 'MINUTES')"
    for steps, wanted in ((f"script {{\n{limit} {{\nsh 'x'\n}}\n}}", True),
                          (f"{limit} {{\nsh 'x'\n}}\nsh 'y'", False)):  # fmt: skip
        text = pipeline(stage(steps))
        assert met("jenkins-stage-timeout", text, stage="T", minutes=5) is wanted


@pytest.mark.parametrize(
    ("first", "wanted"),
    [
        ("echo 'x'", True),
        ("error 'stop'", False),
        ("sh 'exit 1'", False),
        ("sh 'exit 0'", True),
        ("sh 'test -f x || exit 1'", True),
        ("catchError {\nerror 'stop'\n}", True),
        ("script {\nif (params.X) {\nerror 'stop'\n}\n}", True),
    ],
)
def test_what_stands_before_a_stage_may_prevent_it(first: str, wanted: bool) -> None:
    text = pipeline(stage(first, name="A") + "\n" + stage("sh 'x'"))
    assert met("jenkins-runs", text, stage="T", command="x") is wanted
    assert (
        met("jenkins-runs", pipeline(stage(f"{first}\nsh 'x'")), stage="T", command="x") is wanted
    )


def test_stages_of_an_empty_matrix_do_not_run() -> None:
    text = matrix().replace("echo 'x'", "sh 'x'")
    assert met("jenkins-runs", text, stage="T", command="x")
    out = "excludes {\nexclude {\n" + axis("OS", quoted("a", "b")) + "}\n}\n"
    empty = matrix(out).replace("echo 'x'", "sh 'x'")
    assert not met("jenkins-runs", empty, stage="T", command="x")


@pytest.mark.parametrize(
    ("condition", "kind", "wanted"),
    [
        ("expression { env.CHANGE_ID }", "requests", True),
        ("expression { env.BRANCH_NAME.startsWith('PR-') }", "requests", True),
        ("branch 'PR-*'", "requests", True),
        ("expression { !env.CHANGE_ID }", "requests", False),
        ("expression { env.TAG_NAME?.startsWith('v') }", "tags", True),
        ("expression { env.TAG_NAME && env.TAG_NAME.startsWith('v') }", "tags", True),
        ("expression { return env.TAG_NAME =~ /^v[0-9]/ }", "tags", True),
        ("expression { env.TAG_NAME }", "tags", False),
        ("expression { env.BRANCH_NAME in ['main'] }", "branch", True),
        ("expression { env.BRANCH_NAME in ['main', 'dev'] }", "branch", False),
        ("expression { 'main' == env.BRANCH_NAME }", "branch", True),
        ("expression { env.BRANCH_NAME.equals('main') }", "branch", True),
        ("expression { env.BRANCH_NAME?.trim() == 'main' }", "branch", True),
        ("expression { (env.BRANCH_NAME == 'main') && !(env.CHANGE_ID || env.TAG_NAME) }", "branch",
         True),
        (r"expression { env.GIT_BRANCH ==~ /(origin\/)?main/ }", "branch", True),
        ("expression { env.BRANCH_NAME.contains('main') }", "branch", False),
        ("expression { env.BRANCH_NAME == 'main' || (env.CHANGE_ID && X) }", "branch", False),
        ("expression { something(env.BRANCH_NAME) }", "branch", False),
    ],
)  # fmt: skip
def test_expressions_are_played_through(condition: str, kind: str, wanted: bool) -> None:
    types = {"requests": "jenkins-requests-only", "tags": "jenkins-tags-only",
             "branch": "jenkins-branch-only"}  # fmt: skip
    args = {"tags": {"prefix": "v"}, "branch": {"branch_name": "main"}}.get(kind, {})
    assert met(types[kind], when(condition), stage="T", **args) is wanted
