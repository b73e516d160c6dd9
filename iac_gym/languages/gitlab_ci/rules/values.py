"""Rules about the values of keywords, as the classes of `lib/gitlab/ci/config/entry` check them."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def images_are_right(pipeline: Pipeline) -> Findings:
    """Images and services are names or mappings with a name.

    Source: https://docs.gitlab.com/ci/yaml/#image

    Bad::

        test:
          image:
            entrypoint: [""]
          script: [make test]

    Good::

        test:
          image:
            name: python:3.12
            entrypoint: [""]
          script: [make test]
    """
    return pipeline.examine().get("images-are-right", ())


@rule(Stage.SCHEMA)
def variables_are_right(pipeline: Pipeline) -> Findings:
    """Variables are scalars, or mappings with `value` and the like.

    Source: https://docs.gitlab.com/ci/yaml/#variables

    Bad::

        variables:
          TARGETS: [a, b]
        test:
          script: [make test]

    Good::

        variables:
          TARGETS: a b
          LEVEL:
            value: low
            options: [low, high]
            description: How much is tested
        test:
          script: [make test]
    """
    return pipeline.examine().get("variables-are-right", ())


@rule(Stage.SCHEMA)
def artifacts_are_right(pipeline: Pipeline) -> Findings:
    """Artifacts are lists of paths, reports, and settings of the right types.

    Source: https://docs.gitlab.com/ci/yaml/#artifacts

    Bad::

        test:
          script: [make test]
          artifacts:
            paths: dist/

    Good::

        test:
          script: [make test]
          artifacts:
            paths: [dist/]
            expire_in: 1 week
    """
    return pipeline.examine().get("artifacts-are-right", ())


@rule(Stage.SCHEMA)
def reports_are_known(pipeline: Pipeline) -> Findings:
    """`artifacts:reports` names reports that GitLab takes.

    Source: https://docs.gitlab.com/ci/yaml/artifacts_reports/

    Bad::

        test:
          script: [make test]
          artifacts:
            reports:
              cobertura: coverage.xml

    Good::

        test:
          script: [make test]
          artifacts:
            reports:
              coverage_report:
                coverage_format: cobertura
                path: coverage.xml
    """
    return pipeline.examine().get("reports-are-known", ())


@rule(Stage.SCHEMA)
def caches_are_right(pipeline: Pipeline) -> Findings:
    """Up to four caches, each with a `key`, `paths`, a `policy` and so on.

    Source: https://docs.gitlab.com/ci/yaml/#cache

    Bad::

        test:
          script: [make test]
          cache:
            key: a/b
            paths: [.venv/]

    Good::

        test:
          script: [make test]
          cache:
            key:
              files: [poetry.lock]
            paths: [.venv/]
            policy: pull
    """
    return pipeline.examine().get("caches-are-right", ())


@rule(Stage.SCHEMA)
def durations_are_right(pipeline: Pipeline) -> Findings:
    """Durations are words such as `1 hour 30 minutes`, within the limits of their keywords.

    Source: https://docs.gitlab.com/ci/yaml/#timeout

    Bad::

        test:
          script: [make test]
          timeout: 3600

    Good::

        test:
          script: [make test]
          timeout: 1 hour 30 minutes
    """
    return pipeline.examine().get("durations-are-right", ())


@rule(Stage.SCHEMA)
def environments_are_right(pipeline: Pipeline) -> Findings:
    """An environment has a name, and settings that GitLab knows.

    Source: https://docs.gitlab.com/ci/yaml/#environment

    Bad::

        deploy:
          script: [make deploy]
          environment:
            name: production
            action: restart

    Good::

        deploy:
          script: [make deploy]
          environment:
            name: production
            url: https://example.com
            deployment_tier: production
    """
    return pipeline.examine().get("environments-are-right", ())


@rule(Stage.SCHEMA)
def parallel_is_right(pipeline: Pipeline) -> Findings:
    """`parallel` is a number from 1 to 200, or a matrix of text that makes as many jobs.

    Source: https://docs.gitlab.com/ci/yaml/#parallel

    Bad::

        test:
          script: [make test]
          parallel:
            matrix:
              - PYTHON: [3.12, 3.13]

    Good::

        test:
          script: [make test]
          parallel:
            matrix:
              - PYTHON: ["3.12", "3.13"]
    """
    return pipeline.examine().get("parallel-is-right", ())


@rule(Stage.SCHEMA)
def retries_are_right(pipeline: Pipeline) -> Findings:
    """A job is tried again up to twice, after failures that GitLab knows.

    Source: https://docs.gitlab.com/ci/yaml/#retry

    Bad::

        test:
          script: [make test]
          retry: 5

    Good::

        test:
          script: [make test]
          retry:
            max: 2
            when: [runner_system_failure]
    """
    return pipeline.examine().get("retries-are-right", ())


@rule(Stage.SCHEMA)
def allow_failure_is_right(pipeline: Pipeline) -> Findings:
    """`allow_failure` is true, false, or exit codes.

    Source: https://docs.gitlab.com/ci/yaml/#allow_failure

    Bad::

        test:
          script: [make test]
          allow_failure: "yes"

    Good::

        test:
          script: [make test]
          allow_failure:
            exit_codes: [137]
    """
    return pipeline.examine().get("allow-failure-is-right", ())


@rule(Stage.SCHEMA)
def coverage_is_a_pattern(pipeline: Pipeline) -> Findings:
    r"""`coverage` is a regular expression between slashes, in the syntax of RE2.

    Source: https://docs.gitlab.com/ci/yaml/#coverage

    Bad::

        test:
          script: [make test]
          coverage: TOTAL.*

    Good::

        test:
          script: [make test]
          coverage: '/TOTAL.*? (100(?:\.0+)?%|[1-9]?\d(?:\.\d+)?%)$/'
    """
    return pipeline.examine().get("coverage-is-a-pattern", ())


@rule(Stage.SCHEMA)
def releases_are_right(pipeline: Pipeline) -> Findings:
    """A release has a tag and a description.

    Source: https://docs.gitlab.com/ci/yaml/#release

    Bad::

        release:
          script: [make notes]
          release:
            tag_name: $CI_COMMIT_TAG

    Good::

        release:
          script: [make notes]
          release:
            tag_name: $CI_COMMIT_TAG
            description: notes.md
    """
    return pipeline.examine().get("releases-are-right", ())


@rule(Stage.SCHEMA)
def triggers_are_right(pipeline: Pipeline) -> Findings:
    """A trigger names a project, or the files of a child pipeline.

    Source: https://docs.gitlab.com/ci/yaml/#trigger

    Bad::

        downstream:
          trigger:
            branch: main

    Good::

        downstream:
          trigger:
            project: group/app
            branch: main
            strategy: depend
    """
    return pipeline.examine().get("triggers-are-right", ())


@rule(Stage.SCHEMA)
def tokens_and_secrets_are_right(pipeline: Pipeline) -> Findings:
    """Identity tokens have an audience, secrets a vault that holds them.

    Source: https://docs.gitlab.com/ci/yaml/#id_tokens

    Bad::

        deploy:
          id_tokens:
            AWS_TOKEN: {}
          script: [make deploy]

    Good::

        deploy:
          id_tokens:
            AWS_TOKEN:
              aud: sts.amazonaws.com
          script: [make deploy]
    """
    return pipeline.examine().get("tokens-and-secrets-are-right", ())


@rule(Stage.SCHEMA)
def pages_are_right(pipeline: Pipeline) -> Findings:
    """`pages` is true, false, or a mapping with `path_prefix`, `expire_in` or `publish`.

    Source: https://docs.gitlab.com/ci/yaml/#pages

    Bad::

        site:
          script: [make site]
          pages: public

    Good::

        site:
          script: [make site]
          pages:
            publish: public
    """
    return pipeline.examine().get("pages-are-right", ())


@rule(Stage.SCHEMA)
def steps_are_right(pipeline: Pipeline) -> Findings:
    """Each step of `run` has a name and either a script, a step or a function.

    Source: https://docs.gitlab.com/ci/yaml/#run

    Bad::

        test:
          run:
            - name: test

    Good::

        test:
          run:
            - name: test
              script: make test
    """
    return pipeline.examine().get("steps-are-right", ())


@rule(Stage.SCHEMA)
def when_is_right(pipeline: Pipeline) -> Findings:
    """`when` says how a job starts; `start_in` goes with `delayed`, and only with it.

    Source: https://docs.gitlab.com/ci/yaml/#when

    Bad::

        deploy:
          script: [make deploy]
          when: delayed

    Good::

        deploy:
          script: [make deploy]
          when: delayed
          start_in: 30 minutes
    """
    return pipeline.examine().get("when-is-right", ())


@rule(Stage.SCHEMA)
def rules_are_right(pipeline: Pipeline) -> Findings:
    """`rules` is a list of mappings with `if`, `changes`, `exists`, `when` and so on.

    Source: https://docs.gitlab.com/ci/yaml/#rules

    Bad::

        test:
          script: [make test]
          rules:
            - if: $CI_COMMIT_TAG
              when: sometimes

    Good::

        test:
          script: [make test]
          rules:
            - if: $CI_COMMIT_TAG
              when: never
            - changes: [src/**/*]
    """
    return pipeline.examine().get("rules-are-right", ())


@rule(Stage.SCHEMA)
def rules_stand_alone(pipeline: Pipeline) -> Findings:
    """A job with `rules` has neither `only`, `except` nor `start_in`.

    Source: https://docs.gitlab.com/ci/yaml/#rules

    Bad::

        test:
          script: [make test]
          only: [main]
          rules:
            - if: $CI_COMMIT_BRANCH == "main"

    Good::

        test:
          script: [make test]
          rules:
            - if: $CI_COMMIT_BRANCH == "main"
    """
    return pipeline.examine().get("rules-stand-alone", ())


@rule(Stage.SCHEMA)
def conditions_are_right(pipeline: Pipeline) -> Findings:
    r"""Conditions compare variables, texts, patterns and null with ==, !=, =~, !~, && and ||.

    Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions

    Bad::

        test:
          script: [make test]
          rules:
            - if: $CI_COMMIT_BRANCH = "main"

    Good::

        test:
          script: [make test]
          rules:
            - if: $CI_COMMIT_BRANCH == "main" && $CI_COMMIT_TAG =~ /^v\d+/
    """
    return pipeline.examine().get("conditions-are-right", ())


@rule(Stage.SCHEMA)
def policies_are_right(pipeline: Pipeline) -> Findings:
    """`only` and `except` are lists of refs and patterns, or mappings with `refs`, `changes`, ...

    Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/

    Bad::

        test:
          script: [make test]
          only: main

    Good::

        test:
          script: [make test]
          only: [main, /^release-.*$/]
    """
    return pipeline.examine().get("policies-are-right", ())


@rule(Stage.SCHEMA)
def needs_are_right(pipeline: Pipeline) -> Findings:
    """`needs` is a list of names and of mappings with `job`.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        build:
          script: [make]
        test:
          script: [make test]
          needs: build

    Good::

        build:
          script: [make]
        test:
          script: [make test]
          needs:
            - job: build
              artifacts: true
    """
    return pipeline.examine().get("needs-are-right", ())
