"""Security: what actions and called workflows are, and what they are given."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def actions_are_pinned(model: Repository) -> Findings:
    """Actions and workflows of others are named by their full commit, images of them by digest.

    A tag or branch can be moved to other code. Those of `actions` and `github` belong to GitHub.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: docker/setup-buildx-action@v3

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: docker/setup-buildx-action@b5ca514318bd6ebac0fb2aedd5d36ec1b5c232a2
    """
    yield from model.found("actions-are-pinned")


@rule(Stage.SECURITY)
def foreign_code_gets_no_secrets(model: Repository) -> Findings:
    """A workflow with secrets does not check out the code of a pull request.

    `pull_request_target`, `workflow_run` and `issue_comment` run with the rights of the base.

    Source: https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/

    Bad::

        on: pull_request_target
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  ref: ${{ github.event.pull_request.head.sha }}
              - run: make test

    Good::

        on: pull_request
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  ref: ${{ github.event.pull_request.head.sha }}
              - run: make test
    """
    yield from model.found("foreign-code-gets-no-secrets")


@rule(Stage.SECURITY)
def secrets_are_not_inherited(model: Repository) -> Findings:
    """A called workflow gets the secrets that it needs by name, not `inherit`.

    Source: https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          deploy:
            uses: octo/ci/.github/workflows/deploy.yml@8f4b7f84864484a7bf31766abe9204da3cbe65b3
            secrets: inherit

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          deploy:
            uses: octo/ci/.github/workflows/deploy.yml@8f4b7f84864484a7bf31766abe9204da3cbe65b3
            secrets:
              token: ${{ secrets.DEPLOY_TOKEN }}
    """
    yield from model.found("secrets-are-not-inherited")


@rule(Stage.SECURITY)
def checkout_keeps_no_credentials(model: Repository) -> Findings:
    """Where nothing is pushed, `actions/checkout` gets `persist-credentials: false`.

    It leaves the token in the workspace otherwise, where each later step, and an artifact of
    the whole folder, has it.

    Source: https://github.com/actions/checkout#usage

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - run: make

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  persist-credentials: false
              - run: make
    """
    yield from model.found("checkout-keeps-no-credentials")


@rule(Stage.SECURITY)
def bots_are_not_trusted_by_name(model: Repository) -> Findings:
    """A privileged workflow does not trust a run because a bot started it.

    `github.actor` is who caused the last event, not who wrote the code.

    Source: https://securitylab.github.com/resources/github-actions-preventing-pwn-requests/

    Bad::

        on: pull_request_target
        permissions:
          contents: read
        jobs:
          merge:
            if: github.actor == 'dependabot[bot]'
            runs-on: ubuntu-latest
            steps:
              - run: make merge

    Good::

        on: pull_request_target
        permissions:
          contents: read
        jobs:
          merge:
            if: github.event.pull_request.user.login == 'dependabot[bot]'
            runs-on: ubuntu-latest
            steps:
              - run: make merge
    """
    yield from model.found("bots-are-not-trusted-by-name")
