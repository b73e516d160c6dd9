"""Schedules, and what could not be judged."""

from __future__ import annotations

from collections.abc import Iterator

from iac_gym.check import Rule, rule
from iac_gym.languages.jenkins.cron import bad_schedule
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.verdict import Finding, Stage


@rule(Stage.SEMANTICS)
def schedule(pipeline: Pipeline) -> Iterator[Finding]:
    """The schedule of `cron` and `pollSCM` has five fields within their ranges, or an alias.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#jenkins-cron-syntax

    Bad::

        pipeline {
          agent any
          triggers {
            cron('0 25 * * *')
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
            cron('H 2 * * 1-5')
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
    for trigger in pipeline.triggers:
        if trigger.name not in ("cron", "pollSCM"):
            continue
        value = trigger.args.get("spec", trigger.args.get("scmpoll_spec"))
        if type(value) is str:
            problem = bad_schedule(value)
            if problem:
                hint = "write five fields, for example `H 2 * * 1-5`"
                yield pipeline.finding(problem, trigger.mark, hint)


@rule(Stage.NOTICE)
def step_not_known(pipeline: Pipeline) -> Iterator[Finding]:
    """The arguments of a step that no usual plugin has cannot be judged.

    Source: https://www.jenkins.io/doc/pipeline/steps/

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                acmeBuild target: 'all'
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
                sh 'make'
              }
            }
          }
        }
    """
    for step in pipeline.unknown_steps:
        message = f"the step `{step.name}` is not known, so its arguments are not judged"
        yield pipeline.finding(message, step.mark)


IN_ORDER: tuple[Rule, ...] = (schedule, step_not_known)
