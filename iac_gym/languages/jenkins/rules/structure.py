"""What a declarative pipeline is made of: sections, stages, steps."""

from __future__ import annotations

from iac_gym.check import Findings, Rule, rule
from iac_gym.languages.jenkins.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SCHEMA)
def pipeline_block(pipeline: Pipeline) -> Findings:
    """The `pipeline` block stands at the top of the file and has a block.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-pipeline

    Bad::

        node {
          pipeline {
            agent any
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("pipeline-block", ())


@rule(Stage.SCHEMA)
def known_section(pipeline: Pipeline) -> Findings:
    """A pipeline, a stage, a matrix and an axis hold only the sections that they know.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#sections

    Bad::

        pipeline {
          agent any
          notifications {
            always { echo 'done' }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          post {
            always {
              echo 'done'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("known-section", ())


@rule(Stage.SCHEMA)
def section_once(pipeline: Pipeline) -> Findings:
    """A section occurs once in a block.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#sections

    Bad::

        pipeline {
          agent any
          agent none
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("section-once", ())


@rule(Stage.SCHEMA)
def section_form(pipeline: Pipeline) -> Findings:
    """A section is a name with a block; nothing else stands between sections.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#sections

    Bad::

        pipeline {
          agent any
          def version = '1.0'
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("section-form", ())


@rule(Stage.SCHEMA)
def required_section(pipeline: Pipeline) -> Findings:
    """A pipeline has `agent` and `stages`, a matrix `axes` and `stages`, an axis a name and values.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#sections

    Bad::

        pipeline {
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("required-section", ())


@rule(Stage.SCHEMA)
def empty_section(pipeline: Pipeline) -> Findings:
    """A section is not empty.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#sections

    Bad::

        pipeline {
          agent any
          options {
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          options {
            timestamps()
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("empty-section", ())


@rule(Stage.SCHEMA)
def stage_form(pipeline: Pipeline) -> Findings:
    """`stages` and `parallel` hold stages, each with a plain name and a block.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#stage

    Bad::

        pipeline {
          agent any
          stages {
            steps {
              sh 'make'
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("stage-form", ())


@rule(Stage.SCHEMA)
def stage_contents(pipeline: Pipeline) -> Findings:
    """A stage has exactly one of `steps`, `stages`, `parallel` and `matrix`, and what fits it.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#stage

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              options {
              timestamps()
            }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("stage-contents", ())


@rule(Stage.SCHEMA)
def unique_names(pipeline: Pipeline) -> Findings:
    """Stages of one level, options, triggers, variables, axes and conditions have different names.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#stage

    Bad::

        pipeline {
          agent any
          options {
            timestamps()
            timestamps()
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          options {
            timestamps()
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("unique-names", ())


@rule(Stage.SCHEMA)
def post_condition(pipeline: Pipeline) -> Findings:
    """`post` holds conditions that exist, each with a block.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#post

    Bad::

        pipeline {
          agent any
          post {
            failed {
              echo 'done'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          post {
            always {
              echo 'done'
            }
          }
          stages {
            stage('Build') {
              steps {
                sh 'make'
              }
            }
          }
        }
    """
    return pipeline.faults.get("post-condition", ())


@rule(Stage.SCHEMA)
def step_form(pipeline: Pipeline) -> Findings:
    """A block of steps holds steps that may stand there; other code stands in `script`.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#steps

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                if (env.TAG_NAME) {
                  sh 'make release'
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              steps {
                script {
                  if (env.TAG_NAME) {
                    sh 'make release'
                  }
                }
              }
            }
          }
        }
    """
    return pipeline.faults.get("step-form", ())


@rule(Stage.SCHEMA)
def boolean_setting(pipeline: Pipeline) -> Findings:
    """`failFast`, `beforeAgent` and their like are followed by true or false.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#parallel

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              failFast 'yes'
              parallel {
                stage('A') {
                  steps {
                    sh 'make a'
                  }
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              failFast true
              parallel {
                stage('A') {
                  steps {
                    sh 'make a'
                  }
                }
              }
            }
          }
        }
    """
    return pipeline.faults.get("boolean-setting", ())


@rule(Stage.SCHEMA)
def matrix_axis(pipeline: Pipeline) -> Findings:
    """An axis has a name like a variable and plain values; an exclusion `values` or `notValues`.

    Source: https://www.jenkins.io/doc/book/pipeline/syntax/#declarative-matrix

    Bad::

        pipeline {
          agent any
          stages {
            stage('Build') {
              matrix {
                axes {
                  axis {
                    name '1OS'
                    values 'linux'
                  }
                }
                stages {
                  stage('Test') {
                    steps {
                      sh 'make'
                    }
                  }
                }
              }
            }
          }
        }

    Good::

        pipeline {
          agent any
          stages {
            stage('Build') {
              matrix {
                axes {
                  axis {
                    name 'OS'
                    values 'linux'
                  }
                }
                stages {
                  stage('Test') {
                    steps {
                      sh 'make'
                    }
                  }
                }
              }
            }
          }
        }
    """
    return pipeline.faults.get("matrix-axis", ())


IN_ORDER: tuple[Rule, ...] = (
    pipeline_block,
    known_section,
    section_once,
    section_form,
    required_section,
    empty_section,
    stage_form,
    stage_contents,
    unique_names,
    post_condition,
    step_form,
    boolean_setting,
    matrix_axis,
)
