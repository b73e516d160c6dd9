"""Rules about `action.yml`."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.github_actions.model import Repository
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def runs_fits_its_kind(model: Repository) -> Findings:
    """`runs` has what its `using` needs: `steps`, `main` or `image`.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax

    Bad::

        name: Build
        description: Builds it
        runs:
          using: node20
          image: Dockerfile

    Good::

        name: Build
        description: Builds it
        runs:
          using: node20
          main: dist/index.js
    """
    yield from model.found("runs-fits-its-kind")


@rule(Stage.NOTICE)
def outputs_have_a_value(model: Repository) -> Findings:
    """Each output of a composite action has a `value`: without one it is always empty.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax

    Bad::

        name: Build
        description: Builds it
        outputs:
          path:
            description: where it is
        runs:
          using: composite
          steps:
            - run: make
              shell: bash

    Good::

        name: Build
        description: Builds it
        outputs:
          path:
            description: where it is
            value: ${{ steps.make.outputs.path }}
        runs:
          using: composite
          steps:
            - id: make
              run: make
              shell: bash
    """
    yield from model.found("outputs-have-a-value")
