"""What cannot be judged."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def includes_are_not_seen(pipeline: Pipeline) -> Findings:
    """The pipeline is whole: nothing that an `include` brings can be judged.

    Source: https://docs.gitlab.com/ci/yaml/#include

    Bad::

        include:
          - local: /ci/test.yml
        test:
          script: [make test]

    Good::

        test:
          script: [make test]
    """
    return pipeline.examine().get("includes-are-not-seen", ())
