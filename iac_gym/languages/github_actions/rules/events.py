"""Rules about what starts a workflow: events, filters, schedules and inputs."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def an_event_starts_it(model: Repository) -> Findings:
    """`on` names at least one event.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows

    Bad::

        on: []
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: [push]
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("an-event-starts-it")


@rule(Stage.SEMANTICS)
def filters_exclude_each_other(model: Repository) -> Findings:
    """An event has `branches` or `branches-ignore`, not both; so for `tags` and `paths`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on:
          push:
            paths: ['src/**']
            paths-ignore: ['docs/**']
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          push:
            paths: ['src/**', '!src/docs/**']
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("filters-exclude-each-other")


@rule(Stage.SEMANTICS)
def schedules_are_cron(model: Repository) -> Findings:
    """A schedule is a cron expression of five fields.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows

    Bad::

        on:
          schedule:
            - cron: '0 25 * * *'
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          schedule:
            - cron: '0 5 * * mon-fri'
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("schedules-are-cron")


@rule(Stage.NOTICE)
def schedules_are_not_too_dense(model: Repository) -> Findings:
    """Schedules closer than five minutes are accepted, but do not run that often.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows

    Bad::

        on:
          schedule:
            - cron: '* * * * *'
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          schedule:
            - cron: '*/5 * * * *'
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("schedules-are-not-too-dense")


@rule(Stage.SEMANTICS)
def choices_have_options(model: Repository) -> Findings:
    """An input of type choice has `options`, and no other input has.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on:
          workflow_dispatch:
            inputs:
              target:
                type: choice
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          workflow_dispatch:
            inputs:
              target:
                type: choice
                options: [staging, production]
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("choices-have-options")


@rule(Stage.SEMANTICS)
def defaults_have_their_type(model: Repository) -> Findings:
    """The default of a boolean or number input is one.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on:
          workflow_dispatch:
            inputs:
              target:
                type: boolean
                default: often
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          workflow_dispatch:
            inputs:
              target:
                type: boolean
                default: false
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("defaults-have-their-type")


@rule(Stage.SEMANTICS)
def inputs_are_few(model: Repository) -> Findings:
    """A workflow that is started by hand has at most 25 inputs.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows

    Bad::

        on:
          workflow_dispatch:
            inputs: {i0: {}, i1: {}, i2: {}, i3: {}, i4: {}, i5: {}, i6: {}, i7: {}, i8: {},
                     i9: {}, i10: {}, i11: {}, i12: {}, i13: {}, i14: {}, i15: {}, i16: {}, i17: {},
                     i18: {}, i19: {}, i20: {}, i21: {}, i22: {}, i23: {}, i24: {}, i25: {}}
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on:
          workflow_dispatch:
            inputs: {one: {}, two: {}}
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("inputs-are-few")
