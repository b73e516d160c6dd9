"""Rules about `${{ }}` and `if`: what the service rejects when it reads a file."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def expressions_are_well_formed(model: Repository) -> Findings:
    """An expression is closed and can be read; strings stand in single quotes.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions

    Bad::

        on: push
        jobs:
          build:
            if: github.ref == "refs/heads/main"
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            if: github.ref == 'refs/heads/main'
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("expressions-are-well-formed")


@rule(Stage.SCHEMA)
def expressions_are_allowed(model: Repository) -> Findings:
    """An expression stands only where the service evaluates one.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: ${{ format('a') }}
                run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - id: a
                run: make
    """
    yield from model.found("expressions-are-allowed")


@rule(Stage.REFERENCES)
def contexts_are_available(model: Repository) -> Findings:
    """A context is known, and available at the key that uses it.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#context-availability

    Bad::

        on: push
        jobs:
          deploy:
            if: secrets.TOKEN != ''
            runs-on: ubuntu-latest
            steps:
              - run: make deploy

    Good::

        on: push
        jobs:
          deploy:
            if: vars.DEPLOY == 'yes'
            runs-on: ubuntu-latest
            steps:
              - run: make deploy
    """
    yield from model.found("contexts-are-available")


@rule(Stage.REFERENCES)
def functions_are_available(model: Repository) -> Findings:
    """A function is known, and available at the key that calls it.

    `hashFiles()` reads files, so that only steps can call it; `success()` and the like stand in
    conditions alone.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#functions

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            env:
              KEY: ${{ hashFiles('go.sum') }}
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: make
                env:
                  KEY: ${{ hashFiles('go.sum') }}
    """
    yield from model.found("functions-are-available")


@rule(Stage.SEMANTICS)
def functions_have_their_arguments(model: Repository) -> Findings:
    """A function gets as many arguments as it takes.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#functions

    Bad::

        on: push
        jobs:
          build:
            if: startsWith('refs/tags/')
            runs-on: ubuntu-latest
            steps:
              - run: make

    Good::

        on: push
        jobs:
          build:
            if: startsWith(github.ref, 'refs/tags/')
            runs-on: ubuntu-latest
            steps:
              - run: make
    """
    yield from model.found("functions-have-their-arguments")
