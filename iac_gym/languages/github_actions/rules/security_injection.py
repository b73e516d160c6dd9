"""Security: text of outsiders and secrets do not get into scripts."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def untrusted_text_stays_out_of_scripts(model: Repository) -> Findings:
    """No script takes in text that outsiders write, such as the title of an issue or a branch name.

    `${{ }}` is put in before the shell reads the script: the text can be code. In `env` it is
    only a value.

    Source: https://docs.github.com/en/actions/concepts/security/script-injections

    Bad::

        on: issues
        permissions:
          contents: read
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: echo "${{ github.event.issue.title }}"

    Good::

        on: issues
        permissions:
          contents: read
        jobs:
          greet:
            runs-on: ubuntu-latest
            steps:
              - run: echo "$TITLE"
                env:
                  TITLE: ${{ github.event.issue.title }}
    """
    yield from model.found("untrusted-text-stays-out-of-scripts")


@rule(Stage.SECURITY)
def secrets_stay_out_of_commands(model: Repository) -> Findings:
    """A secret is handed over in `env`, not written into the command.

    Every process of the machine can read the command lines of the others.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          push:
            runs-on: ubuntu-latest
            steps:
              - run: curl --user "ci:${{ secrets.TOKEN }}" https://example.com/hook

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          push:
            runs-on: ubuntu-latest
            steps:
              - run: curl --user "ci:$TOKEN" https://example.com/hook
                env:
                  TOKEN: ${{ secrets.TOKEN }}
    """
    yield from model.found("secrets-stay-out-of-commands")


@rule(Stage.SECURITY)
def secrets_are_taken_one_by_one(model: Repository) -> Findings:
    """A step gets the secrets that it needs, not all of them at once.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          push:
            runs-on: ubuntu-latest
            steps:
              - run: ./deploy.sh
                env:
                  SECRETS: ${{ toJSON(secrets) }}

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          push:
            runs-on: ubuntu-latest
            steps:
              - run: ./deploy.sh
                env:
                  TOKEN: ${{ secrets.DEPLOY_TOKEN }}
    """
    yield from model.found("secrets-are-taken-one-by-one")


@rule(Stage.SECURITY)
def downloads_do_not_run_unseen(model: Repository) -> Findings:
    """What is downloaded is not run before it was checked: no `curl ... | bash`.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: curl -sSL https://example.com/install.sh | bash

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: |
                  curl -sSLo install.sh https://example.com/1.2.3/install.sh
                  echo "$SUM  install.sh" | sha256sum --check
                  bash install.sh
                env:
                  SUM: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    """
    yield from model.found("downloads-do-not-run-unseen")


@rule(Stage.SECURITY)
def unsecure_commands_stay_off(model: Repository) -> Findings:
    """`ACTIONS_ALLOW_UNSECURE_COMMANDS` is not set: what a program prints sets no variable.

    Source: https://github.blog/changelog/2020-10-01-github-actions-deprecating-set-env-and-add-path-commands/

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            env:
              ACTIONS_ALLOW_UNSECURE_COMMANDS: true
            steps:
              - run: echo "::set-env name=A::b"

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: echo "A=b" >> "$GITHUB_ENV"
    """
    yield from model.found("unsecure-commands-stay-off")
