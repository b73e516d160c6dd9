"""Rules about keywords, names and types: what GitLab checks entry by entry."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.gitlab_ci.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def keywords_are_known(pipeline: Pipeline) -> Findings:
    """Every keyword is one that GitLab knows at its place.

    Source: https://docs.gitlab.com/ci/yaml/

    Bad::

        test:
          scripts: [make test]
          script: [make test]

    Good::

        test:
          script: [make test]
    """
    return pipeline.examine().get("keywords-are-known", ())


@rule(Stage.SCHEMA)
def jobs_have_work(pipeline: Pipeline) -> Findings:
    """Every job has a `script`, `run` steps or a `trigger`; hidden entries are not empty.

    Source: https://docs.gitlab.com/ci/yaml/#script

    Bad::

        test:
          image: python:3.12

    Good::

        test:
          image: python:3.12
          script: [pytest]
    """
    return pipeline.examine().get("jobs-have-work", ())


@rule(Stage.SCHEMA)
def jobs_are_named_right(pipeline: Pipeline) -> Findings:
    """Names of jobs are text of up to 255 characters.

    Source: https://docs.gitlab.com/ci/jobs/#job-names

    Bad::

        2024:
          script: [make test]

    Good::

        "2024":
          script: [make test]
    """
    return pipeline.examine().get("jobs-are-named-right", ())


@rule(Stage.SCHEMA)
def there_is_a_visible_job(pipeline: Pipeline) -> Findings:
    """At least one job is visible: names that start with a dot hide.

    Source: https://docs.gitlab.com/ci/jobs/#hide-a-job

    Bad::

        .test:
          script: [make test]

    Good::

        test:
          script: [make test]
    """
    return pipeline.examine().get("there-is-a-visible-job", ())


@rule(Stage.SCHEMA)
def scripts_are_text(pipeline: Pipeline) -> Findings:
    """Every line of a script is text; a colon and a blank in a plain line make a mapping.

    Source: https://docs.gitlab.com/ci/yaml/#script

    Bad::

        test:
          script:
            - echo Result: good

    Good::

        test:
          script:
            - 'echo Result: good'
    """
    return pipeline.examine().get("scripts-are-text", ())


@rule(Stage.SCHEMA)
def stages_are_names(pipeline: Pipeline) -> Findings:
    """`stages` is a list of names.

    Source: https://docs.gitlab.com/ci/yaml/#stages

    Bad::

        stages: test
        test:
          script: [make test]

    Good::

        stages: [test]
        test:
          script: [make test]
    """
    return pipeline.examine().get("stages-are-names", ())


@rule(Stage.SCHEMA)
def booleans_are_booleans(pipeline: Pipeline) -> Findings:
    """`interruptible` is true or false.

    Source: https://docs.gitlab.com/ci/yaml/#interruptible

    Bad::

        test:
          script: [make test]
          interruptible: "true"

    Good::

        test:
          script: [make test]
          interruptible: true
    """
    return pipeline.examine().get("booleans-are-booleans", ())


@rule(Stage.SCHEMA)
def texts_are_text(pipeline: Pipeline) -> Findings:
    """`stage`, `resource_group`, `publish` and `manual_confirmation` are text.

    Source: https://docs.gitlab.com/ci/yaml/#resource_group

    Bad::

        test:
          script: [make test]
          resource_group: 7

    Good::

        test:
          script: [make test]
          resource_group: "7"
    """
    return pipeline.examine().get("texts-are-text", ())


@rule(Stage.SCHEMA)
def lists_hold_text(pipeline: Pipeline) -> Findings:
    """`tags` and `dependencies` are lists of texts.

    Source: https://docs.gitlab.com/ci/yaml/#tags

    Bad::

        test:
          script: [make test]
          tags: docker

    Good::

        test:
          script: [make test]
          tags: [docker]
    """
    return pipeline.examine().get("lists-hold-text", ())


@rule(Stage.SCHEMA)
def defaults_are_right(pipeline: Pipeline) -> Findings:
    """`default` and `inherit` hold what jobs can inherit, and nothing stands in two places.

    Source: https://docs.gitlab.com/ci/yaml/#default

    Bad::

        image: python:3.12
        default:
          image: python:3.13
        test:
          script: [make test]

    Good::

        default:
          image: python:3.13
        test:
          inherit:
            default: [image]
          script: [make test]
    """
    return pipeline.examine().get("defaults-are-right", ())


@rule(Stage.SCHEMA)
def workflow_is_right(pipeline: Pipeline) -> Findings:
    """`workflow` has a name, `auto_cancel` and rules that say `always` or `never`.

    Source: https://docs.gitlab.com/ci/yaml/#workflow

    Bad::

        workflow:
          rules:
            - if: $CI_COMMIT_TAG
              when: manual
        test:
          script: [make test]

    Good::

        workflow:
          rules:
            - if: $CI_COMMIT_TAG
              when: never
            - when: always
        test:
          script: [make test]
    """
    return pipeline.examine().get("workflow-is-right", ())


@rule(Stage.SCHEMA)
def includes_are_right(pipeline: Pipeline) -> Findings:
    """Each `include` names one YAML file, template or component.

    Source: https://docs.gitlab.com/ci/yaml/#include

    Bad::

        include:
          - project: group/templates
        test:
          script: [make test]

    Good::

        downstream:
          trigger:
            include:
              - project: group/templates
                ref: v1.2.0
                file: /ci/test.yml
    """
    return pipeline.examine().get("includes-are-right", ())


@rule(Stage.SCHEMA)
def inputs_are_right(pipeline: Pipeline) -> Findings:
    """Inputs of a file or a job have a known type, and a default of that type.

    Source: https://docs.gitlab.com/ci/yaml/#specinputs

    Bad::

        spec:
          inputs:
            replicas:
              type: number
              default: two
        ---
        test:
          script: [make test]

    Good::

        spec:
          inputs:
            replicas:
              type: number
              default: 2
        ---
        test:
          script: [make test]
    """
    return pipeline.examine().get("inputs-are-right", ())


@rule(Stage.SCHEMA)
def inputs_are_declared(pipeline: Pipeline) -> Findings:
    """What `$[[ inputs.name ]]` names is declared in `spec:inputs`.

    Source: https://docs.gitlab.com/ci/inputs/

    Bad::

        spec:
          inputs:
            target:
              default: all
        ---
        test:
          script: ["make $[[ inputs.goal ]]"]

    Good::

        spec:
          inputs:
            target:
              default: all
        ---
        test:
          script: ["make $[[ inputs.target ]]"]
    """
    return pipeline.examine().get("inputs-are-declared", ())
