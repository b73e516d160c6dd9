"""Rules about jobs: their graph, matrices, runners, containers and calls."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def needs_are_jobs(model: Repository) -> Findings:
    """`needs` names jobs of the workflow.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
          test:
            needs: biuld
            runs-on: ubuntu-latest
            steps:
              - run: make test

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
          test:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: make test
    """
    yield from model.found("needs-are-jobs")


@rule(Stage.REFERENCES)
def needs_have_no_cycle(model: Repository) -> Findings:
    """No job waits for itself, however far around.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            needs: [lint, test]
            runs-on: ubuntu-latest
            steps:
              - run: make
          lint:
            runs-on: ubuntu-latest
            steps:
              - run: make lint
          test:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: make test

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
          test:
            needs: build
            runs-on: ubuntu-latest
            steps:
              - run: make test
    """
    yield from model.found("needs-have-no-cycle")


@rule(Stage.SEMANTICS)
def a_job_comes_first(model: Repository) -> Findings:
    """At least one job has no `needs`, so that a run can start.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            needs: build
            runs-on: ubuntu-latest
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
    yield from model.found("a-job-comes-first")


@rule(Stage.SEMANTICS)
def job_ids_are_valid(model: Repository) -> Findings:
    """The id of a job has letters, digits, `_` and `-`, and starts with a letter or `_`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          2-build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build-2:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("job-ids-are-valid")


@rule(Stage.SEMANTICS)
def matrices_have_values(model: Repository) -> Findings:
    """A matrix has variables or `include`, and each variable has values.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: []
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}

    Good::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: [debug, release]
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}
    """
    yield from model.found("matrices-have-values")


@rule(Stage.SEMANTICS)
def excluded_keys_are_in_the_matrix(model: Repository) -> Findings:
    """`exclude` names variables of the matrix.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: [debug, release]
                exclude:
                  - kind: debug
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}

    Good::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: [debug, release]
                exclude:
                  - target: debug
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}
    """
    yield from model.found("excluded-keys-are-in-the-matrix")


@rule(Stage.SEMANTICS)
def matrices_are_small(model: Repository) -> Findings:
    """A matrix makes at most 256 jobs.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
                seed: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}

    Good::

        on: push
        jobs:
          test:
            strategy:
              matrix:
                target: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
            runs-on: ubuntu-latest
            steps:
              - run: make ${{ matrix.target }}
    """
    yield from model.found("matrices-are-small")


@rule(Stage.SEMANTICS)
def runner_groups_are_valid(model: Repository) -> Findings:
    """A runner group is a name, with `organization/` or `enterprise/` before it at most.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on:
              group: team/large
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on:
              group: organization/large
            steps:
              - run: make
    """
    yield from model.found("runner-groups-are-valid")


@rule(Stage.SEMANTICS)
def containers_have_an_image(model: Repository) -> Findings:
    """A container or service has an `image`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            services:
              db:
                ports: ['5432:5432']
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            services:
              db:
                image: postgres:16
                ports: ['5432:5432']
            steps:
              - run: make
    """
    yield from model.found("containers-have-an-image")


@rule(Stage.SEMANTICS)
def calls_name_a_workflow(model: Repository) -> Findings:
    """A job calls a workflow file of `.github/workflows`, in another repository at a ref.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        jobs:
          build:
            uses: acme/pipelines@v1

    Good::

        on: push
        jobs:
          build:
            uses: acme/pipelines/.github/workflows/build.yml@v1
    """
    yield from model.found("calls-name-a-workflow")


@rule(Stage.REFERENCES)
def calls_fit_the_workflow(model: Repository) -> Findings:
    """A called workflow that is here can be called, and gets its inputs and secrets.

    Source: https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows

    Bad::

        on: push
        jobs:
          build:
            uses: ./.github/workflows/ci.yml

    Good::

        on: push
        jobs:
          build:
            uses: ./.github/workflows/build.yml
    """
    yield from model.found("calls-fit-the-workflow")


@rule(Stage.SEMANTICS)
def groups_do_not_block(model: Repository) -> Findings:
    """A job is not in the concurrency group that its own run holds.

    Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency

    Bad::

        on: push
        concurrency: deploy
        jobs:
          build:
            runs-on: ubuntu-latest
            concurrency: deploy
            steps:
              - run: make

    Good::

        on: push
        concurrency: deploy
        jobs:
          build:
            runs-on: ubuntu-latest
            concurrency: publish
            steps:
              - run: make
    """
    yield from model.found("groups-do-not-block")


@rule(Stage.SEMANTICS)
def queues_are_not_cancelled(model: Repository) -> Findings:
    """A concurrency group queues its runs or cancels them, not both.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax

    Bad::

        on: push
        concurrency:
          group: deploy
          cancel-in-progress: true
          queue: max
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        concurrency:
          group: deploy
          queue: max
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("queues-are-not-cancelled")
