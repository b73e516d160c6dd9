"""The model that requirements read: one form for every spelling, and what does not run."""

# ruff: noqa: E501 - tables of scripts, one to a line

import pytest

from iac_gym.languages.jenkins.model import Credentials, Item
from iac_gym.languages.jenkins.parse import parse
from iac_gym.languages.jenkins.values import Text, Unknown

WHOLE = """
def image = 'acme/app'
pipeline {
    agent { docker { image 'maven:3.9' } }
    environment {
        REGISTRY = 'example.com'
        IMAGE = "${REGISTRY}/${image}"
        TOKEN = credentials('api')
    }
    options {
        timeout(time: 2, unit: 'HOURS')
        buildDiscarder(logRotator(numToKeepStr: '5'))
    }
    triggers { cron('H 2 * * *') }
    parameters {
        string(name: 'TARGET', defaultValue: 'dev')
        choice(name: 'SIZE', choices: ['s', 'm'])
    }
    stages {
        stage('Build') {
            environment { LEVEL = 'high' }
            steps {
                sh "docker build -t ${IMAGE}:${env.BUILD_NUMBER} ."
                sh 'docker push $IMAGE'
            }
            post { failure { echo 'oh' } }
        }
        stage('Checks') {
            parallel {
                stage('Unit') { steps { sh 'make test' } }
                stage('Lint') {
                    agent { label 'small' }
                    steps { sh returnStatus: true, script: 'make lint' }
                }
            }
        }
        stage('Matrix') {
            matrix {
                axes {
                    axis { name 'OS'
                        values 'linux', 'windows' }
                    axis { name 'JDK'
                        values '17', '21' }
                }
                excludes {
                    exclude {
                        axis { name 'OS'
                            values 'windows' }
                        axis { name 'JDK'
                            notValues '21' }
                    }
                }
                stages { stage('Try') { steps { sh 'make' } } }
            }
        }
        stage('Deploy') {
            when { branch 'main'
                beforeAgent true }
            input { message 'go?'
                submitter 'ops' }
            options { timeout(5) }
            tools { jdk '21' }
            steps {
                withCredentials([usernamePassword(credentialsId: 'reg', usernameVariable: 'U',
                                                  passwordVariable: 'P')]) {
                    sh 'login $U'
                }
                catchError { sh 'make notes' }
            }
        }
    }
    post { always { junit '**/*.xml' } }
}
"""


@pytest.fixture
def whole(parse):
    return parse(WHOLE)


def test_stages_form_a_tree(whole):
    assert [one.path for one in whole.all_stages()] == [
        ("Build",), ("Checks",), ("Checks", "Unit"), ("Checks", "Lint"), ("Matrix",),
        ("Matrix", "Try"), ("Deploy",),
    ]  # fmt: skip
    assert [one.kind for one in whole.stages] == ["steps", "parallel", "matrix", "steps"]
    assert whole.stage("Unit").in_parallel is whole.stage("Checks")


def test_agents_are_inherited(whole):
    assert whole.agent.kind == "docker"
    assert whole.stage("Build").agent.image == "maven:3.9"
    assert whole.stage("Lint").agent.label == "small"
    assert whole.stage("Build").own_agent is None


@pytest.mark.parametrize(
    "agent",
    ["{ label 'x' }", "{ node { label 'x' } }", "{ node('x') }", "{ label 'x'; }",
     '{ label "x" }', "{ label('x') }"],
)  # fmt: skip
def test_spellings_of_a_label(parse, agent):
    model = parse(
        f"pipeline {{\nagent {agent}\nstages {{ stage('a') {{ steps {{ sh 'b' }} }} }}\n}}"
    )
    assert (model.agent.kind, model.agent.label) == ("label", "x")


def test_environment_is_resolved_and_merged(whole):
    build = whole.stage("Build")
    values = {name: one.value for name, one in build.environment.items()}
    assert values["IMAGE"] == "example.com/acme/app"
    assert values["LEVEL"] == "high"
    assert isinstance(values["TOKEN"], Credentials)
    assert values["TOKEN"].id == "api"
    assert "LEVEL" not in whole.stage("Unit").environment


def test_scripts_are_read_with_what_is_known(whole):
    first, second = whole.stage("Build").steps
    words = [one.words for one in first.script.certain]
    assert words == [("docker", "build", "-t", "example.com/acme/app:${BUILD_NUMBER}", ".")]
    assert isinstance(first.args["script"], Text)
    assert first.args["script"].holes == ("BUILD_NUMBER",)
    assert second.script.certain[0].words == ("docker", "push", "example.com/acme/app")


@pytest.mark.parametrize(
    "step",
    ["sh 'deploy $TARGET'", 'sh "deploy ${params.TARGET}"', 'sh("deploy $TARGET")',
     'sh script: "deploy ${env.TARGET}"', "sh '''deploy ${TARGET}'''",
     'sh "deploy " + params.TARGET', "script { sh \"deploy ${params['TARGET']}\" }"],
)  # fmt: skip
def test_spellings_of_a_parameter_in_a_script(parse, step):
    model = parse(f"pipeline {{ agent any\nstages {{ stage('a') {{ steps {{ {step} }} }} }} }}")
    (found,) = [one for one in model.all_steps() if one.name == "sh"]
    assert found.script.certain[0].words == ("deploy", "${TARGET}")


def test_other_expressions_keep_their_source(parse):
    model = parse("node { sh \"make ${f('x') + 1} && b\" }")
    words = [one.words for one in model.steps[0].script.certain]
    assert words == [("make", "${f('x') + 1}"), ("b",)]
    assert isinstance(parse("node { sh x.y }").steps[0].args["script"], Unknown)


def test_options_triggers_and_parameters(whole):
    assert whole.option("timeout").seconds == 7200
    assert whole.stage("Deploy").option("timeout").seconds == 300
    rotator = whole.option("buildDiscarder").value
    assert isinstance(rotator, Item)
    assert rotator.args == {"numToKeepStr": "5"}
    assert whole.trigger("cron").value == "H 2 * * *"
    assert whole.parameter("SIZE").args["choices"] == ["s", "m"]


def test_matrix_cells(whole):
    cells = whole.stage("Matrix").matrix.cells()
    assert cells == [
        {"OS": "linux", "JDK": "17"}, {"OS": "linux", "JDK": "21"}, {"OS": "windows", "JDK": "21"}
    ]  # fmt: skip


def test_what_a_stage_asks_and_when(whole):
    deploy = whole.stage("Deploy")
    assert deploy.input.args == {"message": "go?", "submitter": "ops"}
    assert deploy.tools == {"jdk": "21"}
    assert [one.name for one in deploy.when.every()] == ["branch"]
    assert deploy.when.before == {"beforeAgent"}
    assert deploy.runs
    assert not deploy.certain


def test_steps_know_what_is_around_them(whole):
    login, notes = [one for one in whole.stage("Deploy").all_steps() if one.name == "sh"]
    (binding,) = login.within("withCredentials").value
    assert (binding.name, binding.args["credentialsId"]) == ("usernamePassword", "reg")
    assert not login.forgiven
    assert notes.forgiven
    (lint,) = whole.stage("Lint").steps
    assert lint.forgiven


def test_post_by_condition(whole):
    assert [one.name for one in whole.post["always"]] == ["junit"]
    assert whole.post["always"][0].value == "**/*.xml"
    assert whole.stage("Build").post["failure"][0].args == {"message": "oh"}


NEVER = [
    "expression { false }", "expression { return false }", "expression { null }",
    "equals expected: 1, actual: 2", "not { expression { true } }",
    "allOf {\nbranch 'a'\nexpression { false }\n}",
    "anyOf {\nexpression { false }\nequals expected: 'a', actual: 'b'\n}",
    "branch 'main'\nexpression { false }",
]  # fmt: skip


@pytest.mark.parametrize("condition", NEVER)
def test_conditions_that_never_hold(parse, condition):
    model = parse(
        "pipeline { agent any\nstages {\nstage('a') {\nwhen {\n" + condition + "\n}\n"
        "stages { stage('b') { steps { sh 'c' } } }\n}\nstage('d') { steps { sh 'e' } }\n}\n}"
    )
    assert [one.name for one in model.live_stages()] == ["d"]
    assert [one.args["script"] for one in model.all_steps()] == ["e"]


@pytest.mark.parametrize(
    "condition",
    ["branch 'x'", "expression { params.X }", "equals expected: 1, actual: currentBuild.number",
     "anyOf {\nbranch 'a'\nexpression { false }\n}", "not { branch 'x' }"],
)  # fmt: skip
def test_conditions_that_may_hold(parse, condition):
    model = parse(
        "pipeline { agent any\nstages {\nstage('a') {\nwhen {\n" + condition + "\n}\n"
        "steps { sh 'c' }\n}\n}\n}"
    )
    assert model.stage("a").runs
    assert not model.stage("a").certain


@pytest.mark.parametrize(
    ("script", "certain", "forgiven"),
    [
        ("sh 'x'", True, False),
        ("if (a) { sh 'x' }", False, False),
        ("if (true) { sh 'x' }", True, False),
        ("[].each { sh 'x' }", False, False),
        ("['a'].each { sh 'x' }", True, False),
        ("for (x in y) { sh 'x' }", False, False),
        ("try { sh 'x' } catch (e) { echo 'no' }", True, True),
        ("try { sh 'x' } catch (e) { throw e }", True, False),
        ("try { echo 'a' } catch (e) { sh 'x' }", False, False),
        ("try { echo 'a' } finally { sh 'x' }", True, False),
        ("def y = sh(script: 'x', returnStatus: true)", True, True),
        ("warnError('no') { sh 'x' }", True, True),
        ("return\nsh 'x'", False, False),
        ("retry(3) { timeout(5) { sh 'x' } }", True, False),
        ("def t = 'x'\nsh t", True, False),
    ],
)
def test_what_certainly_runs_in_a_script(parse, script, certain, forgiven):
    model = parse(f"node {{ {script} }}")
    (step,) = [one for one in model.all_steps() if one.name == "sh"]
    assert (step.certain, step.forgiven) == (certain, forgiven)
    assert step.args["script"] == "x"


def test_functions_of_the_file_are_followed(parse):
    model = parse("def deploy() { sh 'x' }\nnode { stage('a') { deploy() } }")
    assert [one.name for one in model.stage("a").all_steps()] == ["deploy", "sh"]


def test_docker_images_are_found(parse):
    model = parse(
        "node {\ndef img = docker.build('a:1', '.')\ndocker.withRegistry('https://r', 'c') {\n"
        "img.push()\nimg.push('latest')\n}\ndocker.image('b:2').inside('-v x') { sh 'make' }\n}"
    )
    found = [(one.name, one.args.get("image"), one.unnamed) for one in model.all_steps()]
    assert found == [
        ("docker.build", None, ["a:1", "."]),
        ("docker.withRegistry", None, ["https://r", "c"]),
        ("docker.image.push", "a:1", []),
        ("docker.image.push", "a:1", ["latest"]),
        ("docker.image", None, ["b:2"]),
        ("docker.image.inside", "b:2", ["-v x"]),
        ("sh", None, []),
    ]


def test_scripted_pipelines_have_stages_agents_and_properties(parse):
    model = parse(
        "properties([parameters([string(name: 'A')]), pipelineTriggers([cron('@daily')]),\n"
        "            disableConcurrentBuilds()])\n"
        "node('linux') {\nstage('Build') { sh 'make' }\nstage('Test') {\n"
        "parallel unit: { sh 'a' }, lint: { node('x') { sh 'b' } }, failFast: true\n}\n}"
    )
    assert not model.declarative
    assert [one.path for one in model.all_stages()] == [
        ("Build",), ("Test",), ("Test", "unit"), ("Test", "lint")
    ]  # fmt: skip
    assert model.stage("Test").kind == "parallel"
    assert model.stage("Test").fail_fast
    assert model.stage("Build").agent.label == "linux"
    assert model.stage("lint").agent.label == "x"
    assert model.parameter("A") is not None
    assert model.trigger("cron").value == "@daily"
    assert model.option("disableConcurrentBuilds") is not None


def test_older_parallel_steps_are_parallel_stages(parse):
    model = parse(
        "pipeline { agent any\nstages {\nstage('a') {\nsteps {\nparallel(b: { sh 'x' }, c: { sh 'y' },"
        " failFast: true)\n}\n}\n}\n}"
    )
    assert model.stage("a").kind == "parallel"
    assert [one.name for one in model.stage("a").stages] == ["b", "c"]
    assert model.stage("a").fail_fast


def test_with_env_reaches_the_script(parse):
    model = parse("node { withEnv(['A=1', \"B=${x}\"]) { sh 'a $A $B' } }")
    (step,) = [one for one in model.all_steps() if one.name == "sh"]
    assert step.script.certain[0].words == ("a", "1", "${B}")


def test_a_variable_that_changes_is_not_known(parse):
    model = parse("def a = 'x'\nif (b) { a = 'y' }\nnode { sh a }")
    (step,) = [one for one in model.all_steps() if one.name == "sh"]
    assert isinstance(step.args["script"], Unknown)


def test_marks(whole):
    assert whole.stage("Build").mark == (20, 9)
    assert whole.stage("Build").steps[0].mark == (23, 17)
    assert whole.option("timeout").mark == (11, 9)


@pytest.mark.parametrize(
    ("head", "libraries"),
    [
        ("@Library('shared@v1') _\n", ["shared@v1"]),
        ("@Library(['a@1', 'b']) _\n", ["a@1", "b"]),
        ("@Library(value = 'a', changelog = false) _\n", ["a"]),
        ("@Library('a@1')\nimport org.example.Tool\n", ["a@1"]),
        ("library 'a@1'\n", ["a@1"]),
        ("library identifier: 'a@1', changelog: false\n", ["a@1"]),
        ("@Field def x = 1\n", []),
    ],
)
def test_libraries_in_front_of_the_pipeline(head, libraries):
    text = f"{head}pipeline {{\n  agent any\n  stages {{\n    stage('x') {{\n"
    text += "      steps {\n        echo 'x'\n      }\n    }\n  }\n}\n"
    assert parse({"Jenkinsfile": text}).libraries == libraries


def test_branches_of_parallel_in_a_script_are_read():
    text = (
        "pipeline {\n  agent any\n  stages {\n    stage('x') {\n      steps {\n        script {\n"
    )
    text += "parallel(a: {\n sh 'one'\n}, b: {\n sh 'two'\n})\n"
    text += "        }\n      }\n    }\n  }\n}\n"
    model = parse({"Jenkinsfile": text})
    steps = [step for step in model.live_steps if step.name == "sh"]
    assert [step.args["script"] for step in steps] == ["one", "two"]
    assert all(step.certain and step.within("parallel") for step in steps)
    assert not model.faults
