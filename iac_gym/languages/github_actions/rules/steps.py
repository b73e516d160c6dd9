"""Rules about steps: ids, actions, shells and scripts."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def step_ids_are_valid(model: Repository) -> Findings:
    """The id of a step has letters, digits, `_` and `-`, and starts with a letter or one `_`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: 1st
                run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: first
                run: make
    """
    yield from model.found("step-ids-are-valid")


@rule(Stage.SEMANTICS)
def step_ids_are_unique(model: Repository) -> Findings:
    """No two steps of a job have the same id; case does not count.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: all
                run: make
              - id: All
                run: make all

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: all
                run: make
              - id: test
                run: make test
    """
    yield from model.found("step-ids-are-unique")


@rule(Stage.SEMANTICS)
def uses_names_an_action(model: Repository) -> Findings:
    """A step uses `{owner}/{repo}[/path]@{ref}`, `./path` or `docker://{image}`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
    """
    yield from model.found("uses-names-an-action")


@rule(Stage.SEMANTICS)
def shells_are_known(model: Repository) -> Findings:
    """A shell is one of the built-in ones, or a command with `{0}` for the script.

    The runner refuses any other one when the step starts.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
                shell: fish

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
                shell: fish {0}
    """
    yield from model.found("shells-are-known")
