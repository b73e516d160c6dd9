"""Rewritings of a Jenkinsfile: each is accepted, and is the same model."""

import pytest

from iac_gym.languages.jenkins import LANGUAGE
from iac_gym.languages.jenkins.equivalents import equivalents

TEXT = """\
pipeline {
    agent { docker 'maven:3.9' }
    options {
        timeout(time: 1, unit: 'HOURS')
        timestamps()
    }
    environment {
        TARGET = 'dev'
    }
    stages {
        stage('Build') {
            when { branch 'main' }
            steps {
                sh 'make all'
                sh "make ${env.TARGET}"
                echo "done"
                withEnv(['A=b']) {
                    sh '''
                        make more
                    '''
                }
            }
        }
        stage('Report') {
            steps {
                junit('**/*.xml')
            }
        }
    }
    post {
        always {
            archiveArtifacts artifacts: 'x', fingerprint: true
        }
    }
}
"""


def _facts(text):
    model = LANGUAGE.parse({"Jenkinsfile": text})
    return [
        model.faults,
        [
            (one.path, one.kind, one.agent.image, one.runs, one.certain)
            for one in model.all_stages()
        ],
        [(one.name, one.unnamed, one.certain) for one in model.all_steps()],
        [[word.words for word in one.script.certain] for one in model.all_steps()],
        [one.args for one in model.all_steps() if one.name != "sh"],
        [(one.name, one.seconds) for one in model.options],
    ]


CHANGED = dict(equivalents({"Jenkinsfile": TEXT}))


@pytest.mark.parametrize("change", CHANGED)
def test_a_rewriting_is_the_same(change):
    text = CHANGED[change]["Jenkinsfile"]
    assert text != TEXT
    assert _facts(text) == _facts(TEXT)
