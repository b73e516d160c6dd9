"""What is said and does not count."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.kfp.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.NOTICE)
def unused_component(pipeline: Pipeline) -> Findings:
    """Every component is used by a task.

    A component that no task uses never runs; the compiler ignores it.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/visitor.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
          comp-old: {executorLabel: exec-fit}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("unused-component", ())


@rule(Stage.NOTICE)
def declared_inputs(pipeline: Pipeline) -> Findings:
    """A task gives only inputs that its component declares.

    What is given beside them is accepted, and read by nothing but placeholders.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/driver/resolver/parameters.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters:
                    epochs: {runtimeValue: {constant: 3}}
                    rounds: {runtimeValue: {constant: 1}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("declared-inputs", ())


@rule(Stage.NOTICE)
def ignored_fields(pipeline: Pipeline) -> Findings:
    """The deployment spec has only fields that are read.

    The compiler discards unknown fields there, so a misspelt one has no effect.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/visitor.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", commands: [python, fit.py]}}

    Good::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
        components:
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
    """
    return pipeline.faults.get("ignored-fields", ())
