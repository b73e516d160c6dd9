"""Rules about names: `extends`, `!reference`, stages, needs, dependencies, stop jobs."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def extends_is_right(pipeline: Pipeline) -> Findings:
    """`extends` names other entries, in at most ten levels and without a circle.

    Source: https://docs.gitlab.com/ci/yaml/#extends

    Bad::

        test:
          extends: .base
          script: [make test]

    Good::

        .base:
          image: python:3.12
        test:
          extends: .base
          script: [make test]
    """
    return pipeline.examine().get("extends-is-right", ())


@rule(Stage.REFERENCES)
def references_are_found(pipeline: Pipeline) -> Findings:
    """`!reference` names a keyword of another entry, without a circle.

    Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags

    Bad::

        test:
          script:
            - !reference [.setup, script]

    Good::

        .setup:
          script: [make setup]
        test:
          script:
            - !reference [.setup, script]
            - make test
    """
    return pipeline.examine().get("references-are-found", ())


@rule(Stage.REFERENCES)
def stages_are_defined(pipeline: Pipeline) -> Findings:
    """The stage of a job is among `stages` (build, test and deploy where there are none).

    Source: https://docs.gitlab.com/ci/yaml/#stage

    Bad::

        stages: [build]
        test:
          script: [make test]
          stage: tests

    Good::

        stages: [build, tests]
        test:
          script: [make test]
          stage: tests
    """
    return pipeline.examine().get("stages-are-defined", ())


@rule(Stage.REFERENCES)
def needs_are_defined(pipeline: Pipeline) -> Findings:
    """A job that is needed exists, or the need is optional.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        test:
          script: [make test]
          needs: [build]

    Good::

        build:
          stage: build
          script: [make]
        test:
          script: [make test]
          needs: [build]
    """
    return pipeline.examine().get("needs-are-defined", ())


@rule(Stage.REFERENCES)
def needs_come_earlier(pipeline: Pipeline) -> Findings:
    """A job that is needed stands in the same stage or an earlier one.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        build:
          stage: build
          script: [make]
          needs: [test]
        test:
          script: [make test]

    Good::

        build:
          stage: build
          script: [make]
        test:
          script: [make test]
          needs: [build]
    """
    return pipeline.examine().get("needs-come-earlier", ())


@rule(Stage.REFERENCES)
def needs_are_not_repeated(pipeline: Pipeline) -> Findings:
    """No job is needed twice by one job.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        build:
          script: [make]
        test:
          script: [make test]
          needs: [build, build]

    Good::

        build:
          script: [make]
        test:
          script: [make test]
          needs: [build]
    """
    return pipeline.examine().get("needs-are-not-repeated", ())


@rule(Stage.REFERENCES)
def needs_have_no_cycle(pipeline: Pipeline) -> Findings:
    """No job needs itself, directly or through others.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        build:
          script: [make]
          needs: [test]
        test:
          script: [make test]
          needs: [build]

    Good::

        build:
          script: [make]
          needs: []
        test:
          script: [make test]
          needs: [build]
    """
    return pipeline.examine().get("needs-have-no-cycle", ())


@rule(Stage.REFERENCES)
def needs_are_few(pipeline: Pipeline) -> Findings:
    """A job needs at most fifty others.

    Source: https://docs.gitlab.com/ci/yaml/#needs

    Bad::

        x: &x {script: [make]}
        j0: *x
        j1: *x
        j2: *x
        j3: *x
        j4: *x
        j5: *x
        j6: *x
        j7: *x
        j8: *x
        j9: *x
        j10: *x
        j11: *x
        j12: *x
        j13: *x
        j14: *x
        j15: *x
        j16: *x
        j17: *x
        j18: *x
        j19: *x
        j20: *x
        j21: *x
        j22: *x
        j23: *x
        j24: *x
        j25: *x
        j26: *x
        j27: *x
        j28: *x
        j29: *x
        j30: *x
        j31: *x
        j32: *x
        j33: *x
        j34: *x
        j35: *x
        j36: *x
        j37: *x
        j38: *x
        j39: *x
        j40: *x
        j41: *x
        j42: *x
        j43: *x
        j44: *x
        j45: *x
        j46: *x
        j47: *x
        j48: *x
        j49: *x
        j50: *x
        test:
          script: [make test]
          needs: [j0, j1, j2, j3, j4, j5, j6, j7, j8, j9, j10, j11, j12, j13, j14, j15, j16,
            j17, j18, j19, j20, j21, j22, j23, j24, j25, j26, j27, j28, j29, j30, j31, j32, j33,
            j34, j35, j36, j37, j38, j39, j40, j41, j42, j43, j44, j45, j46, j47, j48, j49, j50]

    Good::

        build:
          script: [make]
        test:
          script: [make test]
          needs: [build]
    """
    return pipeline.examine().get("needs-are-few", ())


@rule(Stage.REFERENCES)
def dependencies_are_defined(pipeline: Pipeline) -> Findings:
    """`dependencies` name jobs of the same stage or earlier ones, all of them in `needs`, if any.

    Source: https://docs.gitlab.com/ci/yaml/#dependencies

    Bad::

        test:
          script: [make test]
          dependencies: [build]

    Good::

        build:
          stage: build
          script: [make]
        test:
          script: [make test]
          dependencies: [build]
    """
    return pipeline.examine().get("dependencies-are-defined", ())


@rule(Stage.REFERENCES)
def stop_jobs_are_right(pipeline: Pipeline) -> Findings:
    """`on_stop` names a job with the same environment and `action: stop`.

    Source: https://docs.gitlab.com/ci/yaml/#environmenton_stop

    Bad::

        review:
          script: [make review]
          environment:
            name: review
            on_stop: stop
        stop:
          script: [make stop]
          when: manual
          environment: review

    Good::

        review:
          script: [make review]
          environment:
            name: review
            on_stop: stop
        stop:
          script: [make stop]
          when: manual
          environment:
            name: review
            action: stop
    """
    return pipeline.examine().get("stop-jobs-are-right", ())
