"""Notices about expressions: what the service accepts though it comes to nothing.

None of them makes a file invalid.
"""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def properties_are_known(model: Repository) -> Findings:
    """A property of `github`, `runner`, `job` or `strategy` exists; any other reads as empty.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: echo ${{ github.branch }}

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: echo ${{ github.ref_name }}
    """
    yield from model.found("properties-are-known")


@rule(Stage.NOTICE)
def needed_outputs_are_there(model: Repository) -> Findings:
    """`needs.x` names a job in `needs`, and an output that this job sets.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#needs-context

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            outputs:
              tag: v1
            steps:
              - run: make
          deploy:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: make deploy TAG=${{ needs.build.outputs.version }}

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            outputs:
              tag: v1
            steps:
              - run: make
          deploy:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: make deploy TAG=${{ needs.build.outputs.tag }}
    """
    yield from model.found("needed-outputs-are-there")


@rule(Stage.NOTICE)
def steps_are_there_before(model: Repository) -> Findings:
    """`steps.x` names an earlier step by its id, and an output of its action.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#steps-context

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make TAG=${{ steps.version.outputs.tag }}
              - id: version
                run: echo "tag=v1" >> "$GITHUB_OUTPUT"

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: version
                run: echo "tag=v1" >> "$GITHUB_OUTPUT"
              - run: make TAG=${{ steps.version.outputs.tag }}
    """
    yield from model.found("steps-are-there-before")


@rule(Stage.NOTICE)
def matrix_keys_are_set(model: Repository) -> Findings:
    """`matrix.x` names a key of the matrix or of its `include`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#matrix-context

    Bad::

        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            strategy:
              matrix:
                python: ["3.12"]
            steps:
              - run: tox -e py${{ matrix.version }}

    Good::

        on: push
        jobs:
          test:
            runs-on: ubuntu-latest
            strategy:
              matrix:
                python: ["3.12"]
            steps:
              - run: tox -e py${{ matrix.python }}
    """
    yield from model.found("matrix-keys-are-set")


@rule(Stage.NOTICE)
def inputs_are_declared(model: Repository) -> Findings:
    """`inputs.x` names an input of `workflow_dispatch`, of `workflow_call` or of the action.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#inputs-context

    Bad::

        on:
          workflow_dispatch:
            inputs:
              level:
                type: string
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make LEVEL=${{ inputs.log-level }}

    Good::

        on:
          workflow_dispatch:
            inputs:
              level:
                type: string
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make LEVEL=${{ inputs.level }}
    """
    yield from model.found("inputs-are-declared")


@rule(Stage.NOTICE)
def expressions_can_be_evaluated(model: Repository) -> Findings:
    """An expression does not fail in every run: `format()` has its arguments, JSON can be read.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#format

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: echo ${{ format('{0} {1}', github.sha) }}

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: echo ${{ format('{0} {1}', github.sha, github.ref) }}
    """
    yield from model.found("expressions-can-be-evaluated")


@rule(Stage.NOTICE)
def conditions_are_expressions(model: Repository) -> Findings:
    """A condition is one expression; with text around `${{ }}` it always holds.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idif

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - if: ${{ github.ref_name }} == 'main'
                run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - if: ${{ github.ref_name == 'main' }}
                run: make
    """
    yield from model.found("conditions-are-expressions")
