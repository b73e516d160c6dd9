"""What the sections of a declarative pipeline may say."""

from __future__ import annotations

from iac_gym.check import Findings, Rule, rule
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def agent_form(pipeline: Pipeline) -> Findings:
    """`agent` is followed by `any`, `none`, or a block with one kind of agent and its settings.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#agent

    Bad::

        pipeline {
          agent linux
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
          agent { label 'linux' }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("agent-form", ())


@rule(Stage.SCHEMA)
def agent_kind(pipeline: Pipeline) -> Findings:
    """The kind of agent exists, has the settings that it needs and no others.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#agent

    Bad::

        pipeline {
          agent { docker { args '-v /tmp:/tmp' } }
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
          agent { docker { image 'maven:3.9' } }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("agent-kind", ())


@rule(Stage.SCHEMA)
def environment_entry(pipeline: Pipeline) -> Findings:
    """`environment` holds `NAME = value` lines with names that a shell knows.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#environment

    Bad::

        pipeline {
          agent any
          environment {
            MY_VAR('x')
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
            MY_VAR = 'x'
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
    return pipeline.faults.get("environment-entry", ())


@rule(Stage.SCHEMA)
def environment_value(pipeline: Pipeline) -> Findings:
    """The value of a variable is a text in quotes, texts joined with `+`, or a call.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#environment

    Bad::

        pipeline {
          agent any
          environment {
            BRANCH = env.BRANCH_NAME
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
            BRANCH = "${env.BRANCH_NAME}"
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
    return pipeline.faults.get("environment-value", ())


@rule(Stage.SCHEMA)
def when_condition(pipeline: Pipeline) -> Findings:
    """The conditions of `when` exist and have the arguments or conditions that they need.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#when

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              when {
                branche 'main'
              }
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              when {
                branch 'main'
              }
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("when-condition", ())


@rule(Stage.SCHEMA)
def known_option(pipeline: Pipeline) -> Findings:
    """An option is one of Jenkins or a usual plugin, and may stand where it stands.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#options

    Bad::

        pipeline {
          agent any
          options {
            timeouts(5)
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
          options {
            timeout(time: 5, unit: 'MINUTES')
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
    return pipeline.faults.get("known-option", ())


@rule(Stage.SCHEMA)
def known_trigger(pipeline: Pipeline) -> Findings:
    """A trigger is one of Jenkins or a usual plugin.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#triggers

    Bad::

        pipeline {
          agent any
          triggers {
            crontab('H * * * *')
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
          triggers {
            cron('H * * * *')
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
    return pipeline.faults.get("known-trigger", ())


@rule(Stage.SCHEMA)
def known_parameter(pipeline: Pipeline) -> Findings:
    """A parameter has a type of Jenkins or a usual plugin.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#parameters

    Bad::

        pipeline {
          agent any
          parameters {
            bool(name: 'X', defaultValue: true)
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
            booleanParam(name: 'X', defaultValue: true)
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
    return pipeline.faults.get("known-parameter", ())


@rule(Stage.SCHEMA)
def described_form(pipeline: Pipeline) -> Findings:
    """Options, triggers and parameters are calls without blocks.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#options

    Bad::

        pipeline {
          agent any
          options {
            timestamps { echo 'x' }
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
          options {
            timestamps()
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
    return pipeline.faults.get("described-form", ())


@rule(Stage.SCHEMA)
def described_arguments(pipeline: Pipeline) -> Findings:
    """Options, triggers and parameters have the arguments that they take.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#parameters

    Bad::

        pipeline {
          agent any
          parameters {
            string(name: 'X', default: 'a')
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
            string(name: 'X', defaultValue: 'a')
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
    return pipeline.faults.get("described-arguments", ())


@rule(Stage.SCHEMA)
def library_form(pipeline: Pipeline) -> Findings:
    """`libraries` holds `lib('name@version')` lines.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-directives

    Bad::

        pipeline {
          agent any
          libraries {
            library('acme')
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
          libraries {
            lib('acme@v1')
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
    return pipeline.faults.get("library-form", ())


@rule(Stage.SCHEMA)
def tool_form(pipeline: Pipeline) -> Findings:
    """A tool is its kind, followed by the name of an installation.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#tools

    Bad::

        pipeline {
          agent any
          tools {
            maven
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
          tools {
            maven 'maven-3.9'
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
    return pipeline.faults.get("tool-form", ())


@rule(Stage.SCHEMA)
def known_tool(pipeline: Pipeline) -> Findings:
    """The kind of tool is one of Jenkins or a usual plugin.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#tools

    Bad::

        pipeline {
          agent any
          tools {
            mavn 'maven-3.9'
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
          tools {
            maven 'maven-3.9'
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
    return pipeline.faults.get("known-tool", ())


@rule(Stage.SCHEMA)
def input_field(pipeline: Pipeline) -> Findings:
    """`input` has a message, and no other fields than it knows.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#input

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              input {
                ok 'Deploy'
              }
              steps {
                sh 'make deploy'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              input {
                message 'Deploy?'
                ok 'Deploy'
              }
              steps {
                sh 'make deploy'
              }
            }
          }
        }
    """
    return pipeline.faults.get("input-field", ())


@rule(Stage.SCHEMA)
def step_arguments(pipeline: Pipeline) -> Findings:
    """A known step has the arguments that it needs, of the right types, and no others.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#steps

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh command: 'make'
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
                sh script: 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("step-arguments", ())


@rule(Stage.SCHEMA)
def argument_value(pipeline: Pipeline) -> Findings:
    """An argument is a value: `${...}` stands in quotes, and numbers fit.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#steps

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                echo(${env.BUILD_TAG})
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
                echo "${env.BUILD_TAG}"
              }
            }
          }
        }
    """
    return pipeline.faults.get("argument-value", ())


IN_ORDER: tuple[Rule, ...] = (
    agent_form,
    agent_kind,
    environment_entry,
    environment_value,
    when_condition,
    known_option,
    known_trigger,
    known_parameter,
    described_form,
    described_arguments,
    library_form,
    tool_form,
    known_tool,
    input_field,
    step_arguments,
    argument_value,
)
