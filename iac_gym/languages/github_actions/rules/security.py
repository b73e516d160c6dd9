"""Security: rights, runners, images and credentials of jobs."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SECURITY)
def permissions_are_stated(model: Repository) -> Findings:
    """A job, or its workflow, says what the token may do.

    Where nothing is said, the repository's setting counts, which may be to write everything.

    Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-github_token

    Bad::

        on: push
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
    yield from model.found("permissions-are-stated")


@rule(Stage.SECURITY)
def permissions_are_narrow(model: Repository) -> Findings:
    """The token may write what is needed, not everything.

    Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-github_token

    Bad::

        on: push
        permissions: write-all
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
    yield from model.found("permissions-are-narrow")


@rule(Stage.SECURITY)
def own_runners_see_no_foreign_code(model: Repository) -> Findings:
    """Pull requests do not run on self-hosted runners, which keep what a job leaves behind.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: pull_request
        permissions:
          contents: read
        jobs:
          test:
            runs-on: [self-hosted, linux]
            steps:
              - run: make test

    Good::

        on: pull_request
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            steps:
              - run: make test
    """
    yield from model.found("own-runners-see-no-foreign-code")


@rule(Stage.SECURITY)
def credentials_are_secrets(model: Repository) -> Findings:
    """Passwords of registries, and inputs and variables named as such, come from `secrets`.

    The password of a database that runs as a service of the job may stand in the file.

    Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/use-secrets

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            container:
              image: registry.example.com/build:1.4
              credentials:
                username: ci
                password: hunter22
            steps:
              - run: make

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            container:
              image: registry.example.com/build:1.4
              credentials:
                username: ci
                password: ${{ secrets.REGISTRY_PASSWORD }}
            steps:
              - run: make
    """
    yield from model.found("credentials-are-secrets")


@rule(Stage.SECURITY)
def tokens_are_not_in_the_text(model: Repository) -> Findings:
    """The file holds nothing of the form of a token or private key.

    Source: https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - run: aws configure set aws_access_key_id "$KEY_ID"
                env:
                  KEY_ID: ${{ secrets.KEY_ID }}
    """
    yield from model.found("tokens-are-not-in-the-text")


@rule(Stage.SECURITY)
def images_have_a_version(model: Repository) -> Findings:
    """The images of containers and services have a version that is not `latest`.

    Source: https://docs.github.com/en/actions/reference/security/secure-use

    Bad::

        on: push
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            services:
              cache:
                image: redis
            steps:
              - run: make test

    Good::

        on: push
        permissions:
          contents: read
        jobs:
          test:
            runs-on: ubuntu-latest
            services:
              cache:
                image: redis:7.4
            steps:
              - run: make test
    """
    yield from model.found("images-have-a-version")
