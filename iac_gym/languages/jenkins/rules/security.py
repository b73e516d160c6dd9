"""Security: reported, and scored only where a task asks for it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from iac_gym.check import Rule, rule
from iac_gym.formats.shell import Command
from iac_gym.languages.jenkins.model import Credentials, Item, Mark, Pipeline, Step
from iac_gym.languages.jenkins.values import Text
from iac_gym.verdict import Finding, Stage

SECRET_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|PASS|SECRET|TOKEN|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY)$",
    re.IGNORECASE,
)
#: Tokens with a known form, and passwords behind the options that take them.
SECRET_TEXT = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bglpat-[\w-]{20}|\bxox[abprs]-[\w-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|\blogin\b[^\n|;&]*\s(?:-p|--password)[ =]['\"]?[^\s$'\"-]"
    r"|(?:\b|_)(?:PASSWORD|TOKEN|SECRET|SECRET_ACCESS_KEY)=['\"]?[^\s$'\"]+"
    r"|Authorization: (?:Bearer|Basic) [^\s$'\"]",
)
PRIVILEGED = re.compile(
    r"--privileged(?!=false)|\bprivileged:\s*true\b|--cap-add[= ](?:ALL|SYS_ADMIN)\b"
)
YAML_IMAGE = re.compile(r"^[\s-]*image:\s*['\"]?([^\s'\"#]+)", re.MULTILINE)
SCRIPTS = frozenset(("sh", "bat", "powershell", "pwsh"))
DOWNLOADERS = frozenset(("curl", "wget"))
INTERPRETERS = frozenset("sh bash dash zsh python python3 perl ruby node".split())
TRACES = re.compile(r"-[a-wyzA-Z]*x")
_BINDINGS = ("variable", "usernameVariable", "passwordVariable", "keyFileVariable",
             "passphraseVariable", "accessKeyVariable", "secretKeyVariable", "tokenVariable",
             "keystoreVariable", "aliasVariable")  # fmt: skip


def _scripts(pipeline: Pipeline) -> Iterator[Step]:
    """Yield the steps that run shell scripts."""
    return (
        step for step in pipeline.live_steps if step.name in ("sh", "bat", "powershell", "pwsh")
    )


def _variables(pipeline: Pipeline) -> Iterator[tuple[str, Any, Mark]]:
    for _, environment in pipeline.surroundings():
        for one in environment.values():
            yield one.name, one.value, one.mark
    for step in pipeline.live_steps:
        if step.name == "withEnv" and isinstance(step.value, list):
            for pair in step.value:
                if type(pair) is str:
                    name, _, value = pair.partition("=")
                    yield name, value, step.mark


def _credential_names(pipeline: Pipeline) -> frozenset[str]:
    names: set[str] = set()
    for name, value, _ in _variables(pipeline):
        if isinstance(value, Credentials):
            names |= {name, f"{name}_USR", f"{name}_PSW"}
    names |= {str(item.args.get("name")) for item in pipeline.parameters if item.name == "password"}
    return frozenset(names)


def _bound_names(step: Step) -> frozenset[str]:
    """Return the variables that `withCredentials` around a step binds."""
    names: set[str] = set()
    around = step.around
    while around is not None:
        if around.name == "withCredentials" and isinstance(around.value, list):
            for binding in around.value:
                args = binding.args if isinstance(binding, Item) else binding
                if isinstance(args, dict):
                    names |= {str(args[one]) for one in _BINDINGS if one in args}
        around = around.around
    return frozenset(names)


def _containers(pipeline: Pipeline) -> Iterator[tuple[str, str, Mark]]:
    """Yield image, arguments (or the pod's YAML) and place of each container."""
    for agent, _ in pipeline.surroundings():
        if agent is not None and agent.kind in ("docker", "dockerfile", "kubernetes"):
            args = agent.args.get("args") or agent.args.get("yaml") or ""
            yield _plain(agent.args.get("image")), str(args), agent.mark
    for step in pipeline.live_steps:
        if step.name in ("docker.image.inside", "docker.image.withRun", "docker.image.run"):
            args = step.unnamed[0] if step.unnamed else ""
            yield _plain(step.args.get("image")), str(args), step.mark


def _plain(image: Any) -> str:
    return image if type(image) is str else ""


def _pinned(image: str) -> bool:
    name = image.rpartition("/")[2]
    _, _, tag = name.partition(":")
    return "@" in image or "$" in image or (bool(tag) and tag != "latest")


def _unchecked(command: Command) -> bool:
    words = command.words
    if command.program == "curl":
        return any(
            word == "--insecure" or re.fullmatch(r"-[A-Za-z]*k[A-Za-z]*", word) for word in words
        )
    if command.program == "wget":
        return "--no-check-certificate" in words
    if command.program == "git":
        return any(re.match(r"http\.sslVerify=?(?:false)?$", word) for word in words) and (
            "false" in words or "http.sslVerify=false" in words
        )
    return command.program == "npm" and "strict-ssl" in words and "false" in words


@rule(Stage.SECURITY)
def secret_in_environment(pipeline: Pipeline) -> Iterator[Finding]:
    """No variable with the name of a secret has its value in the file.

    Source: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#handling-credentials

    Bad::

        pipeline {
          agent any
          environment {
            DB_PASSWORD = 'hunter2'
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          environment {
            DB_PASSWORD = credentials('db')
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    for name, value, mark in _variables(pipeline):
        if type(value) is str and value and SECRET_NAME.search(name):
            hint = f"write `{name} = credentials('id')`"
            yield pipeline.finding(f"the secret `{name}` stands in the file", mark, hint)


@rule(Stage.SECURITY)
def secret_in_script(pipeline: Pipeline) -> Iterator[Finding]:
    """No password or token stands in a script.

    Source: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#handling-credentials

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'docker login -u ci -p hunter2'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'docker login -u ci --password-stdin < token'
              }
            }
          }
        }
    """
    for step in _scripts(pipeline):
        text = step.args.get("script")
        if isinstance(text, str) and SECRET_TEXT.search(text):
            hint = "take it from `withCredentials` or `credentials()`"
            yield pipeline.finding("a secret stands in the script", step.mark, hint)


@rule(Stage.SECURITY)
def secret_put_in_by_groovy(pipeline: Pipeline) -> Iterator[Finding]:
    """A script gets credentials from the shell's variable, not from Groovy's text.

    Source: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#string-interpolation

    Bad::

        pipeline {
          agent any
          environment {
            TOKEN = credentials('api')
          }
          stages {
            stage('Call') {
              steps {
                sh "curl -H 'X-Token: ${TOKEN}' https://example.com"
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          environment {
            TOKEN = credentials('api')
          }
          stages {
            stage('Call') {
              steps {
                sh 'curl -H "X-Token: $TOKEN" https://example.com'
              }
            }
          }
        }
    """
    secret = _credential_names(pipeline)
    for step in _scripts(pipeline):
        text = step.args.get("script")
        if not isinstance(text, Text):
            continue
        names = secret | _bound_names(step)
        for hole in text.holes:
            if hole in names:
                message = f"Groovy puts the secret `{hole}` into the script, where it can be read"
                hint = "put the script between single quotes"
                yield pipeline.finding(message, step.mark, hint)
                break


@rule(Stage.SECURITY)
def secret_as_default(pipeline: Pipeline) -> Iterator[Finding]:
    """A parameter for a secret has no default value.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#parameters

    Bad::

        pipeline {
          agent any
          parameters {
            password(name: 'TOKEN', defaultValue: 'hunter2')
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          parameters {
            password(name: 'TOKEN', description: 'the token')
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    for item in pipeline.parameters:
        name = item.args.get("name")
        value = item.args.get("defaultValue")
        secret = item.name == "password" or (
            item.name in ("string", "text") and type(name) is str and SECRET_NAME.search(name)
        )
        if secret and isinstance(value, str) and value:
            hint = "leave the default away, or use `credentials`"
            yield pipeline.finding(f"the secret `{name}` has a default", item.mark, hint)


@rule(Stage.SECURITY)
def docker_socket(pipeline: Pipeline) -> Iterator[Finding]:
    """No container of an agent gets the socket of Docker: it is power over the host.

    Source: https://docs.docker.com/engine/security/#docker-daemon-attack-surface

    Bad::

        pipeline {
          agent {
            docker {
              image 'docker:27'
              args '-v /var/run/docker.sock:/var/run/docker.sock'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent {
            docker {
              image 'docker:27'
              args '-v cache:/root/.cache'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    for _, text, mark in _containers(pipeline):
        if "docker.sock" in text:
            yield pipeline.finding("the container gets the socket of Docker", mark)


@rule(Stage.SECURITY)
def privileged_container(pipeline: Pipeline) -> Iterator[Finding]:
    """No container of an agent is privileged.

    Source: https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities

    Bad::

        pipeline {
          agent {
            docker {
              image 'docker:27-dind'
              args '--privileged'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent {
            docker {
              image 'docker:27-cli'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    for _, text, mark in _containers(pipeline):
        if PRIVILEGED.search(text):
            yield pipeline.finding("the container is privileged", mark)


@rule(Stage.SECURITY)
def image_is_pinned(pipeline: Pipeline) -> Iterator[Finding]:
    """The image of an agent has a tag other than `latest`, or a digest.

    Source: https://docs.docker.com/build/building/best-practices/#pin-base-image-versions

    Bad::

        pipeline {
          agent { docker 'maven' }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent { docker 'maven:3.9' }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    for image, text, mark in _containers(pipeline):
        images = [image, *YAML_IMAGE.findall(text)]
        for one in images:
            if one and not _pinned(one):
                message = f"the image `{one}` is not pinned to a version"
                yield pipeline.finding(message, mark, "add a tag")


@rule(Stage.SECURITY)
def piped_to_a_shell(pipeline: Pipeline) -> Iterator[Finding]:
    """Nothing from the network is run before it can be checked.

    Source: https://www.shellcheck.net/wiki/

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'curl -fsSL https://example.com/install.sh | bash'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'curl -fsSLo install.sh https://example.com/install.sh'
              }
            }
          }
        }
    """
    for step in _scripts(pipeline):
        commands = step.script.commands
        for first, second in itertools.pairwise(commands):
            if (
                first.pipe == second.pipe
                and first.program in DOWNLOADERS
                and second.program in INTERPRETERS
            ):
                message = f"what `{first.program}` loads is run unchecked"
                yield pipeline.finding(message, step.mark)


@rule(Stage.SECURITY)
def certificates_are_checked(pipeline: Pipeline) -> Iterator[Finding]:
    """Commands check the certificates of the servers they talk to.

    Source: https://curl.se/docs/sslcerts.html

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'curl -k https://example.com'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'curl https://example.com'
              }
            }
          }
        }
    """
    for step in _scripts(pipeline):
        for command in step.script.commands:
            if _unchecked(command):
                message = f"`{command.program}` does not check certificates"
                yield pipeline.finding(message, step.mark)


@rule(Stage.SECURITY)
def secret_is_traced(pipeline: Pipeline) -> Iterator[Finding]:
    """A script with credentials does not print its commands.

    Source: https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#string-interpolation

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                withCredentials([string(credentialsId: 'api', variable: 'TOKEN')]) {
                  sh 'set -x; ./deploy "$TOKEN"'
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                withCredentials([string(credentialsId: 'api', variable: 'TOKEN')]) {
                  sh './deploy "$TOKEN"'
                }
              }
            }
          }
        }
    """
    for step in _scripts(pipeline):
        if step.within("withCredentials") is None:
            continue
        for command in step.script.commands:
            if command.program == "set" and any(TRACES.match(word) for word in command.words[1:]):
                yield pipeline.finding("the script prints its commands with secrets", step.mark)


IN_ORDER: tuple[Rule, ...] = (
    secret_in_environment,
    secret_in_script,
    secret_put_in_by_groovy,
    secret_as_default,
    docker_socket,
    privileged_container,
    image_is_pinned,
    piped_to_a_shell,
    certificates_are_checked,
    secret_is_traced,
)
