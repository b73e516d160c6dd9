"""Rules about what a pipeline means: order, types, what runs."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.kfp.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.SEMANTICS)
def no_cycles(pipeline: Pipeline) -> Findings:
    """No task waits for itself, directly or through others.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/argocompiler/dag.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                dependentTasks: [check]
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
              check:
                componentRef: {name: comp-check}
                dependentTasks: [fit]
        components:
          comp-check: {executorLabel: exec-check}
          comp-fit:
            executorLabel: exec-fit
            inputDefinitions:
              parameters: {epochs: {parameterType: NUMBER_INTEGER}}
        deploymentSpec:
          executors:
            exec-fit: {container: {image: "python:3.12", command: [python, fit.py]}}
            exec-check: {container: {image: "python:3.12"}}

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
    return pipeline.faults.get("no-cycles", ())


@rule(Stage.SEMANTICS)
def tasks_given(pipeline: Pipeline) -> Findings:
    """A DAG has a task that is no exit task.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/argocompiler/dag.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root: {dag: {tasks: {}}}

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
    return pipeline.faults.get("tasks-given", ())


@rule(Stage.SEMANTICS)
def implementation(pipeline: Pipeline) -> Findings:
    """A component is a DAG or names an executor.

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
    return pipeline.faults.get("implementation", ())


@rule(Stage.SEMANTICS)
def executor_kind(pipeline: Pipeline) -> Findings:
    """An executor is a container or an importer.

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
            exec-fit: {}

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
    return pipeline.faults.get("executor-kind", ())


@rule(Stage.SEMANTICS)
def container_image(pipeline: Pipeline) -> Findings:
    """A container has an image.

    Source: https://github.com/kubeflow/pipelines/blob/master/api/v2alpha1/pipeline_spec.proto

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
            exec-fit: {container: {command: [python, fit.py]}}

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
    return pipeline.faults.get("container-image", ())


@rule(Stage.SEMANTICS)
def parameter_types(pipeline: Pipeline) -> Findings:
    """A value and the parameter it is given to are of one type.

    Integers and floating point numbers stand for one another.

    Source: https://www.kubeflow.org/docs/components/pipelines/user-guides/data-handling/parameters/

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
                inputs:
                  parameters: {epochs: {runtimeValue: {constant: [3]}}}
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
    return pipeline.faults.get("parameter-types", ())
