"""Rules about what refers to what: components, executors, tasks, inputs and outputs."""

from __future__ import annotations

from iac_gym.check import Findings, rule
from iac_gym.languages.kfp.model import Pipeline
from iac_gym.verdict import Stage


@rule(Stage.REFERENCES)
def known_components(pipeline: Pipeline) -> Findings:
    """A task refers to a component of the spec.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/visitor.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-train}
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
    return pipeline.faults.get("known-components", ())


@rule(Stage.REFERENCES)
def known_executors(pipeline: Pipeline) -> Findings:
    """A component's executor exists in the deployment spec.

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
            executorLabel: exec-train
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
    return pipeline.faults.get("known-executors", ())


@rule(Stage.REFERENCES)
def known_tasks(pipeline: Pipeline) -> Findings:
    """A task that others wait for or read from stands in the same DAG.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/compiler/argocompiler/dag.go

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
              check:
                componentRef: {name: comp-check}
                dependentTasks: [train]
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
    return pipeline.faults.get("known-tasks", ())


@rule(Stage.REFERENCES)
def known_outputs(pipeline: Pipeline) -> Findings:
    """An output that is read is declared by the component that makes it.

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
                  parameters: {epochs: {runtimeValue: {constant: 3}}}
              check:
                componentRef: {name: comp-check}
                inputs:
                  artifacts:
                    model: {taskOutputArtifact: {producerTask: fit, outputArtifactKey: model}}
        components:
          comp-check:
            executorLabel: exec-check
            inputDefinitions: {artifacts: {model: {artifactType: {schemaTitle: system.Model}}}}
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
    return pipeline.faults.get("known-outputs", ())


@rule(Stage.REFERENCES)
def known_inputs(pipeline: Pipeline) -> Findings:
    """An input that a task takes from its DAG is declared by the DAG's component.

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
                  parameters: {epochs: {componentInputParameter: epochs}}
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
    return pipeline.faults.get("known-inputs", ())


@rule(Stage.REFERENCES)
def inputs_given(pipeline: Pipeline) -> Findings:
    """A task gives every input that its component needs.

    Inputs with a default and optional ones may be left out; an iterator gives its own.

    Source: https://github.com/kubeflow/pipelines/blob/master/backend/src/v2/driver/resolver/parameters.go

    Bad::

        pipelineInfo: {name: train}
        schemaVersion: 2.1.0
        root:
          dag:
            tasks:
              fit:
                componentRef: {name: comp-fit}
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
    return pipeline.faults.get("inputs-given", ())
