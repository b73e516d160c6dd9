"""Every rule: what Jenkins accepts and rejects."""

# ruff: noqa: E501 - tables of scripts, one to a line

import pytest

from iac_gym.languages.jenkins import LANGUAGE
from iac_gym.verdict import Stage

HEAD = "pipeline {\nagent any\n"
STAGES = "stages {\nstage('Build') { steps { sh 'make' } }\n}\n}\n"


def whole(*sections, agent="agent any"):
    return "\n".join(["pipeline {", agent, *sections, STAGES])


def stages(*texts):
    return HEAD + "stages {\n" + "\n".join(texts) + "\n}\n}\n"


def stage(*sections):
    return stages("stage('Build') {", *sections, "}")


def steps(*lines):
    return stage("steps {", *lines, "}")


def when(*lines):
    return stage("when {", *lines, "}", "steps { sh 'make' }")


def matrix(*lines):
    return stage("matrix {", *lines, "}")


AXES = "axes {\naxis {\nname 'OS'\nvalues 'linux', 'windows'\n}\n}"
INNER = "stages {\nstage('T') { steps { sh 'make' } }\n}"

REJECTED = [
    ("pipeline-block", "node { pipeline { agent any } }"),
    ("pipeline-block", "pipeline 'x'"),
    ("known-section", whole("matrix {\n}")),
    ("known-section", whole("notifications { }")),
    ("known-section", stage("sh 'make'")),
    ("known-section", matrix(AXES, INNER, "parallel { }")),
    ("section-once", whole("agent none")),
    ("section-once", stage("steps { sh 'a' }", "steps { sh 'b' }")),
    ("section-form", whole("def x = 1")),
    ("section-form", whole("if (x) { }")),
    ("section-form", whole("environment 'x'")),
    ("section-form", stage("when true", "steps { sh 'a' }")),
    ("section-form", stage("when { branch 'x' } steps { sh 'a' }")),
    ("required-section", "pipeline {\n" + STAGES),
    ("required-section", "pipeline { agent any }"),
    ("required-section", matrix(INNER)),
    ("required-section", matrix(AXES)),
    ("empty-section", whole("options {\n}")),
    ("empty-section", whole("post {\n}")),
    ("empty-section", whole("post {\nalways {\n}\n}")),
    ("empty-section", whole("environment {\n}")),
    ("empty-section", whole("tools {\n}")),
    ("empty-section", steps()),
    ("empty-section", stages()),
    ("empty-section", when()),
    ("stage-form", stages("sh 'x'")),
    ("stage-form", stages("stage { steps { sh 'x' } }")),
    ("stage-form", stages('stage("a${b}") { steps { sh \'x\' } }')),
    ("stage-form", stages("stage('a')")),
    ("stage-contents", stage("options { timestamps() }")),
    ("stage-contents", stage("steps { sh 'a' }", INNER)),
    ("stage-contents", stage("agent any", "parallel {\nstage('A') { steps { sh 'a' } }\n}")),
    ("stage-contents", stage("parallel {\nstage('A') {\nparallel {\nstage('B') { steps { sh 'a' } }"
                             "\n}\n}\n}")),
    ("stage-contents", matrix(AXES, "stages {\nstage('A') {\nparallel {\nstage('B') {\n"
                                    "steps { sh 'a' }\n}\n}\n}\n}")),
    ("unique-names", stages("stage('A') { steps { sh 'a' } }", "stage('A') { steps { sh 'b' } }")),
    ("unique-names", whole("options {\ntimestamps()\ntimestamps()\n}")),
    ("unique-names", whole("environment {\nA = 'x'\nA = 'y'\n}")),
    ("unique-names", whole("post {\nalways { echo 'a' }\nalways { echo 'b' }\n}")),
    ("unique-names", matrix("axes {\naxis {\nname 'A'\nvalues 'x', 'x'\n}\n}", INNER)),
    ("post-condition", whole("post {\nfinished { echo 'x' }\n}")),
    ("post-condition", whole("post {\nalways\n}")),
    ("step-form", steps("if (x) { sh 'a' }")),
    ("step-form", steps("def x = 1")),
    ("step-form", steps("x = sh 'a'")),
    ("step-form", steps("docker.build('x')")),
    ("step-form", steps("stage('x') { sh 'a' }")),
    ("step-form", steps("sh 'a'", "parallel a: { sh 'b' }")),
    ("step-form", steps("script 'x'")),
    ("boolean-setting", stage("failFast 'yes'", "parallel {\nstage('A') { steps { sh 'a' } }\n}")),
    ("boolean-setting", when("branch 'x'", "beforeAgent 1")),
    ("matrix-axis", matrix("axes {\naxis {\nname '1A'\nvalues 'x'\n}\n}", INNER)),
    ("matrix-axis", matrix("axes {\naxis {\nname 'A'\nvalues \"${x}\"\n}\n}", INNER)),
    ("matrix-axis", matrix(AXES, "excludes {\nexclude {\naxis {\nname 'OS'\nvalues 'linux'\n"
                                 "notValues 'windows'\n}\n}\n}", INNER)),
    ("agent-form", whole(agent="agent linux")),
    ("agent-form", whole(agent="agent { any }")),
    ("agent-form", whole(agent="agent { label 'a'\nlabel 'b' }")),
    ("agent-form", whole(agent="agent label: 'x'")),
    ("agent-form", whole(agent="agent { docker { image 'a', 'b' } }")),
    ("agent-kind", whole(agent="agent { doker 'x' }")),
    ("agent-kind", whole(agent="agent { docker { label 'x' } }")),
    ("agent-kind", whole(agent="agent { docker { image 'x'\nimagee 'y' } }")),
    ("agent-kind", whole(agent="agent { kubernetes { yamlfile 'x' } }")),
    ("environment-entry", whole("environment {\nA('x')\n}")),
    ("environment-entry", whole("environment {\nA += 'x'\n}")),
    ("environment-entry", whole("environment {\n$A = 'x'\n}")),
    ("environment-entry", whole("environment {\nenv.A = 'x'\n}")),
    ("environment-value", whole("environment {\nA = B\n}")),
    ("environment-value", whole("environment {\nA = env.B\n}")),
    ("environment-value", whole("environment {\nA = x ? 'a' : 'b'\n}")),
    ("environment-value", whole("environment {\nA = 'x' + B\n}")),
    ("environment-value", whole("environment {\nA = 'x' - 'y'\n}")),
    ("environment-value", whole("environment {\nA = credentials(x)\n}")),
    ("environment-value", whole("environment {\nA = ['x']\n}")),
    ("when-condition", when("banana 'x'")),
    ("when-condition", when("buildingTag")),
    ("when-condition", when("branch 4")),
    ("when-condition", when("branch()")),
    ("when-condition", when("branch { branch 'x' }")),
    ("when-condition", when("environment name: 'A'")),
    ("when-condition", when("environment name: 'A', value: 'b', banana: 'c'")),
    ("when-condition", when("equals 1, 1")),
    ("when-condition", when("allOf {\n}")),
    ("when-condition", when("allOf('x') { branch 'y' }")),
    ("when-condition", when("not {\nbranch 'x'\nbranch 'y'\n}")),
    ("when-condition", when("not branch('x')")),
    ("when-condition", when("expression true")),
    ("when-condition", when("changelog '['")),
    ("when-condition", when("x == 1")),
    ("known-option", whole("options { banana() }")),
    ("known-option", whole("options { parameters([]) }")),
    ("known-option", whole("options { echo('x') }")),
    ("known-option", stage("options { buildDiscarder(logRotator(numToKeepStr: '1')) }",
                           "steps { sh 'a' }")),
    ("known-trigger", whole("triggers { banana() }")),
    ("known-parameter", whole("parameters { stringParam(name: 'x') }")),
    ("described-form", whole("options { timestamps }")),
    ("described-form", whole("options {\ntimestamps { echo 'x' }\n}")),
    ("described-form", whole("triggers { [cron: 'x'] }")),
    ("described-form", whole("parameters {\nstring(name: 'x', defaultValue: env.X.trim())\n}")),
    ("described-arguments", whole("triggers { cron() }")),
    ("described-arguments", whole("triggers { cron('a', 'b') }")),
    ("described-arguments", whole("parameters { string('x', defaultValue: 'y') }")),
    ("described-arguments", whole("parameters { string(namd: 'x') }")),
    ("described-arguments", whole("parameters { string(name: 1234) }")),
    ("described-arguments", whole("options { timeout('x') }")),
    ("described-arguments", whole("options { timeout(time: 5, unit: 'minutes') }")),
    ("described-arguments", whole("options { buildDiscarder(logRotator(numToKeep: '5')) }")),
    ("library-form", whole("libraries { lib() }")),
    ("tool-form", whole("tools {\nmaven\n}")),
    ("known-tool", whole("tools {\nbanana 'x'\n}")),
    ("input-field", stage("input {\nok 'x'\n}", "steps { sh 'a' }")),
    ("input-field", stage("input {\nmessage 'a'\nbanana 'x'\n}", "steps { sh 'a' }")),
    ("step-arguments", steps("sh()")),
    ("step-arguments", steps("sh command: 'x'")),
    ("step-arguments", steps("sh 'a', 'b'")),
    ("step-arguments", steps("sh 4")),
    ("step-arguments", steps("timeout(time: 'x') { sh 'a' }")),
    ("step-arguments", steps("timeout(unit: 'HOURS') { sh 'a' }")),
    ("step-arguments", steps("sleep time: 1, unit: 'hour'")),
    ("step-arguments", steps("retry('3') { sh 'a' }")),
    ("step-arguments", steps("stash includes: '*'")),
    ("step-arguments", steps("junit testResult: 'x'")),
    ("argument-value", steps("echo(${env.X})")),
    ("argument-value", steps("echo 99999999999999999999")),
    ("schedule", whole("triggers { cron('* * * *') }")),
    ("schedule", whole("triggers { cron('60 * * * *') }")),
    ("schedule", whole("triggers { pollSCM('@often') }")),
    ("schedule", whole("triggers { cron('H/0 * * * *') }")),
    ("declared-once", steps("script {\ndef a = 1\n[1].each { def a = 2 }\n}")),
    ("declared-once", "def a = 1\nnode { def it = 2 }"),
    ("declared-once", "def f(a, a) { }\nf(1, 2)"),
    ("known-class", "node { def x = new JsonSlurper() }"),
    ("known-class", "@Field def x = 1\necho x"),
    ("known-class", "try { sh 'a' } catch (AbortException e) { }"),
    ("jump-in-loop", "node {\n[1].each { continue }\n}"),
    ("jump-in-loop", "break"),
    ("syntax", "pipeline {"),
    ("syntax", ""),
    ("syntax", "// nothing"),
]  # fmt: skip

ACCEPTED = [
    whole(),
    "@Library('x') _\n" + whole(),
    "import a.B\ndef v = '1'\ndef f() { 1 }\n" + whole(),
    "#!/usr/bin/env groovy\n" + whole(),
    whole(agent="agent none"),
    whole(agent="agent { label 'a && b' }"),
    whole(agent="agent { node { label 'a'\ncustomWorkspace '/x' } }"),
    whole(agent="agent {\ndocker 'x:1'\n}"),
    whole(agent="agent {\ndocker {\nimage 'x:1'\nargs '-u 0'\nreuseNode true\n}\n}"),
    whole(agent="agent {\ndockerfile true\n}"),
    whole(agent="agent {\ndockerfile {\nfilename 'D'\nadditionalBuildArgs '--x'\n}\n}"),
    whole(agent="agent {\nkubernetes {\nyaml '''a: b'''\ndefaultContainer 'c'\n}\n}"),
    whole("environment {\nA = 'x'\nB = \"${A}\" + 'c'\nC = credentials('id')\nD = sh(script: 'x')\n"
          "E = \"\"\"${sh(returnStdout: true, script: 'date').trim()}\"\"\"\nF = 1\nG = f.g()\n}"),
    whole("options {\ntimeout(time: 1, unit: 'HOURS')\nretry(3)\ntimestamps()\nansiColor('xterm')\n"
          "buildDiscarder(logRotator(numToKeepStr: '5'))\ndisableConcurrentBuilds(abortPrevious: true)"
          "\nskipDefaultCheckout()\npreserveStashes(buildCount: 5)\nquietPeriod(5)\n}"),
    whole("triggers {\ncron('H H(0-7) * * 1-5')\npollSCM 'H/15 * * * *'\n"
          "upstream(upstreamProjects: 'a,b', threshold: hudson.model.Result.SUCCESS)\ngithubPush()\n}"),
    whole("triggers {\ncron('''TZ=Europe/Berlin\n# nightly\nH 2 * * *\n@weekly''')\n}"),
    whole("parameters {\nstring(name: 'A', defaultValue: 'b')\nbooleanParam(name: 'B')\n"
          "choice(name: 'C', choices: ['a', 'b'])\nchoice(name: 'D', choices: 'a\\nb')\n"
          "password(name: 'P', defaultValue: '')\ntext(name: 'T', defaultValue: '')\nstring('S')\n}"),
    whole("tools {\nmaven 'm3'\njdk \"17\"\n'org.jenkinsci.plugins.docker.commons.tools.DockerTool' 'd'\n}"),
    whole("libraries { lib('a@1') }"),
    whole("post {\nalways { junit '**/*.xml' }\nchanged { echo 'a' }\nfixed { echo 'a' }\n"
          "cleanup { cleanWs() }\nunsuccessful { echo 'x' }\nnotBuilt { echo 'x' }\n}"),
    steps("sh 'a'", "sh(script: 'b', returnStatus: true)", "echo \"${env.X}\"", "bat 'dir'",
          "timeout(5) { sh 'a' }", "timeout(time: 5, unit: 'HOURS', activity: true) { sh 'a' }",
          "retry(3) { sh 'a' }", "dir('x') { deleteDir() }", "withEnv(['A=b']) { sh 'c' }",
          "catchError(buildResult: 'SUCCESS', stageResult: 'FAILURE') { sh 'a' }",
          "input 'go?'", "input message: 'go?', submitter: 'a'", "milestone 1", "milestone()",
          "lock('a') { sh 'b' }", "lock(resource: 'a', inversePrecedence: true) { sh 'b' }",
          "build 'x'", "build job: 'x', wait: false, parameters: [string(name: 'a', value: 'b')]",
          "stash name: 'a', includes: 'b'", "unstash 'a'", "archiveArtifacts 'x'", "checkout scm",
          "archiveArtifacts artifacts: 'x', fingerprint: true", "git 'https://example.com/x.git'",
          "checkout([$class: 'GitSCM', branches: [[name: 'x']]])", "ansiColor('xterm') { sh 'a' }",
          "step([$class: 'X', a: 1])", "publishHTML([reportDir: 'a', reportFiles: 'b'])",
          "publishHTML(target: [reportDir: 'a'])", "slackSend channel: '#a', message: 'b'",
          "slackSend 'x'", "withSonarQubeEnv('s') { sh 'a' }", "waitForQualityGate abortPipeline: true",
          "withCredentials([string(credentialsId: 'a', variable: 'B')]) { sh 'c' }", "unknownStep 1, 2",
          "sshagent(['a']) { sh 'b' }", "sshagent(credentials: ['a']) { sh 'b' }", "cleanWs()",
          "emailext subject: 'a', body: 'b', to: 'c'", "mail to: 'a', subject: 'b', body: 'c'",
          "container('x') { sh 'a' }", "waitUntil { true }".replace("true", "sh 'a'"), "sleep 5",
          "sleep(time: 5, unit: 'SECONDS')", "error 'x'", "unstable('x')", "readFile 'x'",
          "writeFile file: 'a', text: 'b'", "junit testResults: 'a', allowEmptyResults: true",
          "script { if (a) { sh 'b' } else { docker.build('x').push() } }", "label: sh 'a'"),
    steps("parallel a: { sh 'x' }, b: { sh 'y' }, failFast: true"),
    steps("parallel(a: { sh 'x' }, b: { sh 'y' })"),
    stage("parallel {\nstage('A') { steps { sh 'a' } }\nstage('B') {\nstages {\nstage('C') {\n"
          "steps { sh 'c' }\n}\n}\n}\n}", "failFast true"),
    matrix(AXES, "excludes {\nexclude {\naxis {\nname 'OS'\nnotValues 'linux'\n}\n}\n}", INNER,
           "agent any", "when { branch 'x' }", "environment {\nA = 'b'\n}", "options { retry(2) }"),
    when("branch 'main'"), when("branch pattern: 'r-\\\\d+', comparator: 'REGEXP'"),
    when("buildingTag()"), when("changelog '.*x.*'"), when("changeset '**/*.js'"),
    when("changeset pattern: 'a', caseSensitive: true"), when("changeRequest()"),
    when("changeRequest target: 'main'"), when("environment name: 'A', value: 'b'"),
    when("equals expected: 2, actual: currentBuild.number"), when("expression { return true }"),
    when("tag 'v*'"), when("triggeredBy 'TimerTrigger'"), when("isRestartedRun()"),
    when("triggeredBy cause: 'UserIdCause', detail: 'x'"), when("not { branch 'x' }"),
    when("allOf {\nbranch 'a'\nanyOf {\ntag 'b'\nnot { buildingTag() }\n}\n}"),
    when("beforeAgent true", "beforeInput true", "beforeOptions false", "branch 'x'"),
    stage("input {\nmessage 'go?'\nid 'x'\nok 'y'\nsubmitter 'a,b'\nsubmitterParameter 'S'\n"
          "parameters { string(name: 'A') }\n}", "steps { sh 'a' }"),
    stage("options {\ntimeout(time: 5)\nskipDefaultCheckout()\nlock('x')\n}", "steps { sh 'a' }"),
    "node('x') {\nstage('a') { sh 'b' }\n}",
    "def call(Map config = [:]) {\n" + whole() + "}\n",
    "properties([parameters([string(name: 'A')])])\nnode { checkout scm }",
    "import groovy.json.JsonSlurper\nnode { def x = new JsonSlurper() }",
    "import org.acme.*\nnode { def x = new Foo() }",
    "@NonCPS\ndef f(String a, List<Integer> b, Map.Entry c) { BigDecimal d = 1 }\nf('', [], null)",
    "for (x in [1]) { if (x) { continue } ; break }",
    "def a = 1\ndef f() { def a = 2 }\nnode { [1].each { b -> def c = b } ; [2].each { b -> def c = b } }",
    "try { sh 'a' } catch (hudson.AbortException e) { } catch (InterruptedException | Exception e) { }",
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), REJECTED)
def test_rejected(faults, rule, text):
    assert rule in faults(text)


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(faults, text):
    assert faults(text) == set()


def test_every_rule_of_validity_is_tried():
    names = {one.name for one in LANGUAGE.rules if one.stage <= Stage.SEMANTICS}
    assert names <= {rule for rule, _ in REJECTED}


def test_findings_say_where_and_what_instead(parse):
    model = parse(steps("timeout(tiem: 5) { sh 'a' }"))
    (found,) = model.faults["step-arguments"]
    assert (found.line, found.column, found.file) == (6, 9, "Jenkinsfile")
    assert "time" in found.hint


def test_selected_rules_are_those_that_find_something(parse):
    for text in [text for rule, text in REJECTED if rule != "syntax"] + ACCEPTED:
        model = parse(text)
        chosen = LANGUAGE.rules_for(model)
        for rule in LANGUAGE.rules:
            assert rule in chosen or not [*rule.check(model)], rule.name
