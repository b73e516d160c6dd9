"""Rules about the form of a file: keys, values, and what is required."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def keys_are_known(model: Repository) -> Findings:
    """Every key is one that the service knows at its place.

    The names count case. Keys choose what a step or a job is: with `run`, a step takes no `uses`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            run-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("keys-are-known")


@rule(Stage.SCHEMA)
def keys_are_unique(model: Repository) -> Findings:
    """Keys differ in more than their case.

    Source: https://github.com/actions/languageservices/tree/main/workflow-parser

    Bad::

        on: push
        env:
          stage: a
          STAGE: b
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        env:
          STAGE: b
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("keys-are-unique")


@rule(Stage.SCHEMA)
def values_are_allowed(model: Repository) -> Findings:
    """A value has the right type, and is one of those that are allowed.

    Numbers and booleans become text where text is expected; text never becomes a number or
    boolean.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        permissions:
          contents: all
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("values-are-allowed")


@rule(Stage.SCHEMA)
def shapes_fit(model: Repository) -> Findings:
    """There is a list or a mapping only where the service expects one.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            timeout-minutes: [10]
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            timeout-minutes: 10
            steps:
              - run: make
    """
    yield from model.found("shapes-fit")


@rule(Stage.SCHEMA)
def required_keys_are_there(model: Repository) -> Findings:
    """What is required is there: `on` and `jobs`, `runs-on` of a job, `shell` of a composite step.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            name: Build
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("required-keys-are-there")


@rule(Stage.SCHEMA)
def kind_is_clear(model: Repository) -> Findings:
    """The keys of a step or job say what it is: `run` or `uses`, `runs-on` or `uses`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - name: Make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("kind-is-clear")
