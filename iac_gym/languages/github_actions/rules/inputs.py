"""Notices about what steps give to actions: the runner warns of it, or says nothing.

None of them makes a file invalid.
"""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def action_inputs_are_known(model: Repository) -> Findings:
    """`with` names inputs that the action has: the runner warns of any other, and ignores it.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputs

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  depth: 0

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
                with:
                  fetch-depth: 0
    """
    yield from model.found("action-inputs-are-known")


@rule(Stage.NOTICE)
def required_inputs_are_given(model: Repository) -> Findings:
    """`with` gives the inputs that the action requires; the runner leaves it to the action to fail.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputsinput_idrequired

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/cache@v4
                with:
                  path: ~/.cache/pip

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/cache@v4
                with:
                  path: ~/.cache/pip
                  key: pip
    """
    yield from model.found("required-inputs-are-given")


@rule(Stage.NOTICE)
def inputs_are_current(model: Repository) -> Findings:
    """`with` uses no input that the action calls deprecated.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputsinput_iddeprecationmessage

    Bad::

        on: push
        jobs:
          publish:
            runs-on: ubuntu-latest
            steps:
              - uses: pypa/gh-action-pypi-publish@v1.8.14
                with:
                  repository_url: https://test.pypi.org/legacy/

    Good::

        on: push
        jobs:
          publish:
            runs-on: ubuntu-latest
            steps:
              - uses: pypa/gh-action-pypi-publish@v1.8.14
                with:
                  repository-url: https://test.pypi.org/legacy/
    """
    yield from model.found("inputs-are-current")


@rule(Stage.NOTICE)
def actions_are_served(model: Repository) -> Findings:
    """No step uses a version of an action that GitHub has switched off: the run fails at once.

    Source: https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/upload-artifact@v3
                with:
                  path: dist

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/upload-artifact@v4
                with:
                  path: dist
    """
    yield from model.found("actions-are-served")


@rule(Stage.NOTICE)
def not_judged(model: Repository) -> Findings:
    """What an action does with its inputs is judged where the action is known here.

    Source: https://docs.github.com/en/actions/how-tos/write-workflows/choose-what-workflows-do/find-and-customize-actions

    Bad::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: octo-org/private-action@v1
                with:
                  level: 3

    Good::

        on: push
        jobs:
          build:
            runs-on: ubuntu-latest
            steps:
              - uses: actions/setup-python@v5
                with:
                  python-version: "3.12"
    """
    yield from model.found("not-judged")
