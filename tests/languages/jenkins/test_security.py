"""Security: what is reported, and what is not."""

# ruff: noqa: E501 - tables of scripts, one to a line

import pytest


def pod(image):
    return f"kubernetes {{ yaml '''spec:\n  containers:\n  - image: {image}\n''' }}"


BAD = [
    ("secret-in-environment", "node { withEnv(['API_TOKEN=abc']) { sh 'x' } }"),
    ("secret-in-script", "node { sh 'export AWS_SECRET_ACCESS_KEY=abcd && deploy' }"),
    ("secret-in-script", "node { sh 'curl -H \"Authorization: Bearer abc\" https://x' }"),
    ("secret-put-in-by-groovy", "node { withCredentials([string(credentialsId: 'a', variable: 'T')])"
                                " { sh \"x ${T}\" } }"),
    ("secret-put-in-by-groovy", "node { withCredentials([usernamePassword(credentialsId: 'a', "
                                "usernameVariable: 'U', passwordVariable: 'P')]) { sh \"x ${env.P}\" } }"),
    ("docker-socket", "node { docker.image('x:1').inside('-v /var/run/docker.sock:/x') { sh 'a' } }"),
    ("image-is-pinned", "node { docker.image('x:latest').inside { sh 'a' } }"),
    ("image-is-pinned", "pipeline {\nagent { " + pod("maven") + " }\nstages { stage('a') { steps {"
                        " sh 'b' } } }\n}"),
    ("piped-to-a-shell", "node { sh 'wget -qO- https://x | sudo python3 -' }"),
    ("certificates-are-checked", "node { sh 'wget --no-check-certificate https://x' }"),
    ("certificates-are-checked", "node { sh 'git config http.sslVerify false' }"),
    ("secret-as-default", "properties([parameters([string(name: 'DB_PASSWORD', defaultValue: 'x')])])"),
    ("step-not-known", "node { acmeDeploy 'x' }"),
]  # fmt: skip

GOOD = [
    "node { withEnv(['API_TOKEN_FILE=/x']) { sh 'x' } }",
    "node { withCredentials([string(credentialsId: 'a', variable: 'T')]) { sh 'x $T' } }",
    "node { withCredentials([string(credentialsId: 'a', variable: 'T')]) { sh \"x ${env.OTHER}\" } }",
    "node { docker.image('x@sha256:1').inside { sh 'a' } }",
    "node { docker.image(\"x:${tag}\").inside { sh 'a' } }",
    "pipeline {\nagent { " + pod("maven:3.9") + " }\nstages { stage('a') { steps { sh 'b' } } }\n}",
    "node { sh 'curl -fsSL https://x -o y && sha256sum -c z' }",
    'node { sh \'echo "$P" | docker login -u "$U" --password-stdin r\' }',
    "def acmeDeploy(x) { sh x }\nnode { acmeDeploy 'x' }",
    "pipeline {\nagent any\nenvironment { A_TOKEN = credentials('x') }\nstages {\nstage('a') {\n"
    "when { expression { false } }\nsteps { sh 'curl https://x | bash' }\n}\n}\n}",
]


@pytest.mark.parametrize(("rule", "text"), BAD)
def test_reported(warnings, rule, text):
    assert rule in warnings(text)


@pytest.mark.parametrize("text", GOOD)
def test_not_reported(warnings, text):
    assert warnings(text) == set()
